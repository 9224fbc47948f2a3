/// What two ratios rest on when the same units are in both arms, as members are whose sends draw an arm each time: the
/// arms' errors are then not independent. Sums of disjoint units add.
///
/// ```
/// eᵢ = (y₁ᵢ − r₁ d₁ᵢ) / d̄₁ − (y₀ᵢ − r₀ d₀ᵢ) / d̄₀,   se² = Σ eᵢ² / (n (n − 1))
/// ```
package struct CrossedRatioSums: Sendable, Equatable {
  /// Over all units of the experiment; a unit without sends of an arm adds nothing to it but counts.
  package let treatment: RatioSums
  package let control: RatioSums
  /// Σ of treatment times control: numerators, numerator by denominator, denominator by numerator, denominators.
  package let products: SIMD4<Double>

  package static let zero = CrossedRatioSums(treatment: .zero, control: .zero, products: .zero)

  private init(treatment: RatioSums, control: RatioSums, products: SIMD4<Double>) {
    self.treatment = treatment
    self.control = control
    self.products = products
  }

  /// One unit with its totals in both arms.
  package init(
    treatment: (numerator: Double, denominator: Double), control: (numerator: Double, denominator: Double)
  ) {
    self.treatment = RatioSums(numerator: treatment.numerator, denominator: treatment.denominator)
    self.control = RatioSums(numerator: control.numerator, denominator: control.denominator)
    products = SIMD4(
      treatment.numerator * control.numerator, treatment.numerator * control.denominator,
      treatment.denominator * control.numerator, treatment.denominator * control.denominator)
  }

  /// The sums of two disjoint sets of units.
  package static func + (a: CrossedRatioSums, b: CrossedRatioSums) -> CrossedRatioSums {
    CrossedRatioSums(
      treatment: a.treatment + b.treatment, control: a.control + b.control, products: a.products + b.products)
  }

  /// Both ratios with their covariance; the units are counted once.
  ///
  /// - Throws: ``InsufficientData`` as ``RatioSums/estimate(arm:requirement:)``.
  package func estimates(requirement: SampleRequirement = .standard) throws(InsufficientData) -> TwoEstimates {
    let one = try treatment.estimate(arm: "treatment", requirement: requirement)
    let zero = try control.estimate(arm: "control", requirement: requirement)
    let n = Double(treatment.units)
    let (r1, r0) = (one.value, zero.value)
    let residuals = products[0] - r0 * products[1] - r1 * products[2] + r1 * r0 * products[3]
    let covariance = residuals / (n - 1) * n / (treatment.denominator * control.denominator)
    return TwoEstimates(treatment: one, control: zero, covariance: covariance, units: treatment.units)
  }
}
