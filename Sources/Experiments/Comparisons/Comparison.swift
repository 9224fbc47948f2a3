/// Treatment minus control, with what is known of it at one look.
package struct Comparison: Sendable, Equatable {
  package let treatment: Estimate
  package let control: Estimate
  package let standardError: Double
  /// Of both arms together, each counted once.
  package let units: Int
  /// The ends of the interval of the difference.
  package let low: Double
  package let high: Double
  /// How often such intervals hold the truth: at one look, or over all looks together where they are sequential.
  package let level: Double
  /// Two-sided. Sequential ones are the least so far, and may be read at any look.
  package let p: Double
  /// Of Student's distribution; ∞ where the normal one is used.
  package let degreesOfFreedom: Double

  /// Treatment minus control.
  package var difference: Double { treatment.value - control.value }

  /// The difference over the control before covariates adjusted it; nil where that is 0.
  package var lift: Double? { control.unadjusted == 0 ? nil : difference / control.unadjusted }

  /// The difference in standard errors.
  package var z: Double { difference / standardError }
}
