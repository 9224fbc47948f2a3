/// Two independent proportions at one fixed look: treatment minus control.
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
/// let comparison = try TwoProportionComparison(
///   treatment: ProportionSums(events: 20_119, units: 45_489), control: ProportionSums(events: 20_034, units: 44_700))
/// comparison.p  // 0.0744
/// ```
package struct TwoProportionComparison: Sendable, Equatable {
  package let treatment: ProportionSums
  package let control: ProportionSums
  /// Treatment minus control, a fraction.
  package let difference: Double
  /// The ends of the 95 % interval of the difference.
  package let low: Double
  package let high: Double
  /// The difference over the control's proportion.
  package let lift: Double
  package let z: Double
  /// Two-sided.
  package let p: Double

  /// - Throws: ``InsufficientData`` where an arm is below `requirement`.
  package init(
    treatment: ProportionSums, control: ProportionSums, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) {
    let shortfalls =
      requirement.shortfalls(of: treatment, arm: "treatment") + requirement.shortfalls(of: control, arm: "control")
    guard shortfalls.isEmpty else { throw InsufficientData(shortfalls) }
    self.treatment = treatment
    self.control = control
    let (n1, n0) = (Double(treatment.units), Double(control.units))
    let (p1, p0) = (Double(treatment.events) / n1, Double(control.events) / n0)
    let all = treatment + control
    let pooled = Double(all.events) / Double(all.units)
    difference = p1 - p0
    lift = difference / p0
    z = difference / (pooled * (1 - pooled) * (1 / n1 + 1 / n0)).squareRoot()
    p = NormalDistribution.bothTails(z)
    let half = NormalDistribution.quantile(0.975) * (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0).squareRoot()
    low = difference - half
    high = difference + half
  }
}
