/// What an adjusted ratio rests on: numerator and denominator of each unit, and of those whose past is known, the same
/// two from the past. Sums of disjoint parts add.
package struct RatioCovariateSums: Sendable, Equatable {
  /// Numerator and denominator of all units.
  package let outcome: RatioSums
  /// Past numerator and denominator of the units that have a past.
  package let covariate: RatioSums
  /// Sums of numerator and denominator over the units that have a past.
  package let observedNumerator: Double
  package let observedDenominator: Double
  /// Σ over the units that have a past: numerator and denominator, each times past numerator and past denominator.
  package let numeratorProducts: (numerator: Double, denominator: Double)
  package let denominatorProducts: (numerator: Double, denominator: Double)

  package static let zero = RatioCovariateSums(
    outcome: .zero, covariate: .zero, observedNumerator: 0, observedDenominator: 0, numeratorProducts: (0, 0),
    denominatorProducts: (0, 0))

  /// - Precondition: at most as many pasts as units.
  package init(
    outcome: RatioSums, covariate: RatioSums, observedNumerator: Double, observedDenominator: Double,
    numeratorProducts: (numerator: Double, denominator: Double),
    denominatorProducts: (numerator: Double, denominator: Double)
  ) {
    precondition(covariate.units <= outcome.units, "covariates belong to units")
    self.outcome = outcome
    self.covariate = covariate
    self.observedNumerator = observedNumerator
    self.observedDenominator = observedDenominator
    self.numeratorProducts = numeratorProducts
    self.denominatorProducts = denominatorProducts
  }

  /// One unit; its past is nil where it is not known.
  package init(numerator: Double, denominator: Double, past: (numerator: Double, denominator: Double)?) {
    let x = past ?? (0, 0)
    self.init(
      outcome: RatioSums(numerator: numerator, denominator: denominator),
      covariate: past.map { RatioSums(numerator: $0.numerator, denominator: $0.denominator) } ?? .zero,
      observedNumerator: past == nil ? 0 : numerator, observedDenominator: past == nil ? 0 : denominator,
      numeratorProducts: (numerator * x.numerator, numerator * x.denominator),
      denominatorProducts: (denominator * x.numerator, denominator * x.denominator))
  }

  /// The sums of two disjoint sets of units.
  package static func + (a: Self, b: Self) -> Self {
    Self(
      outcome: a.outcome + b.outcome, covariate: a.covariate + b.covariate,
      observedNumerator: a.observedNumerator + b.observedNumerator,
      observedDenominator: a.observedDenominator + b.observedDenominator,
      numeratorProducts: (
        a.numeratorProducts.numerator + b.numeratorProducts.numerator,
        a.numeratorProducts.denominator + b.numeratorProducts.denominator
      ),
      denominatorProducts: (
        a.denominatorProducts.numerator + b.denominatorProducts.numerator,
        a.denominatorProducts.denominator + b.denominatorProducts.denominator
      ))
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.outcome == b.outcome && a.covariate == b.covariate && a.observedNumerator == b.observedNumerator
      && a.observedDenominator == b.observedDenominator && a.numeratorProducts == b.numeratorProducts
      && a.denominatorProducts == b.denominatorProducts
  }

  /// The numerator with its past, as a mean.
  var numerators: CovariateSums {
    CovariateSums(
      outcome: MeanSums(units: outcome.units, sum: outcome.numerator, sumOfSquares: outcome.numeratorSquares),
      covariate: MeanSums(units: covariate.units, sum: covariate.numerator, sumOfSquares: covariate.numeratorSquares),
      observedOutcome: observedNumerator, products: numeratorProducts.numerator)
  }

  /// The denominator with its past, as a mean.
  var denominators: CovariateSums {
    CovariateSums(
      outcome: MeanSums(units: outcome.units, sum: outcome.denominator, sumOfSquares: outcome.denominatorSquares),
      covariate: MeanSums(
        units: covariate.units, sum: covariate.denominator, sumOfSquares: covariate.denominatorSquares),
      observedOutcome: observedDenominator, products: denominatorProducts.denominator)
  }
}
