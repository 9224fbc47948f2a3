/// Two independent proportions at one fixed look.
///
/// The test asks whether both arms share one proportion, so it pools; the interval does not assume
/// that, so it does not:
///
/// ```
/// z  = (p₁ − p₀) / √( p (1 − p) (1/n₁ + 1/n₀) ),  p = (x₁ + x₀) / (n₁ + n₀)
/// CI = (p₁ − p₀) ± 1.96 √( p₁ (1 − p₁)/n₁ + p₀ (1 − p₀)/n₀ )
/// ```
///
/// Near p = 0.05 the two can disagree. Looking repeatedly at a fixed-look p overstates: nightly figures are
/// sequential. Source: Fleiss, Levin, Paik, *Statistical Methods for Rates and Proportions*, 3rd ed., 2.3–2.4,
/// without continuity correction.
///
/// ```swift
/// let arms = TwoProportions(
///   treatment: ProportionSums(events: 20_119, units: 45_489), control: ProportionSums(events: 20_034, units: 44_700))
/// try arms.comparison().p  // 0.0744
/// ```
package struct TwoProportions: Sendable, Equatable {
  package let treatment: ProportionSums
  package let control: ProportionSums

  package init(treatment: ProportionSums, control: ProportionSums) {
    self.treatment = treatment
    self.control = control
  }

  /// (p₁ − p₀) over the pooled standard error; nil where an arm is empty or no unit differs from the others.
  package var pooledZ: Double? {
    let all = treatment + control
    guard let p1 = treatment.proportion, let p0 = control.proportion, all.events > 0, all.events < all.units else {
      return nil
    }
    let pooled = Double(all.events) / Double(all.units)
    return (p1 - p0) / (pooled * (1 - pooled) * (1 / Double(treatment.units) + 1 / Double(control.units))).squareRoot()
  }

  /// - Throws: ``InsufficientData`` where an arm is below `requirement`.
  package func comparison(
    level: Double = 0.95, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Comparison {
    let shortfalls =
      requirement.shortfalls(of: treatment, arm: "treatment") + requirement.shortfalls(of: control, arm: "control")
    guard shortfalls.isEmpty, let z = pooledZ else { throw InsufficientData(shortfalls) }
    let (one, zero) = (try treatment.estimate(requirement: requirement), try control.estimate(requirement: requirement))
    let error = (one.variance + zero.variance).squareRoot()
    let half = NormalDistribution.upperQuantile((1 - level) / 2) * error
    let difference = one.value - zero.value
    return Comparison(
      treatment: one, control: zero, standardError: error, units: one.units + zero.units, low: difference - half,
      high: difference + half,
      level: level, p: NormalDistribution.bothTails(z), degreesOfFreedom: .infinity)
  }
}
