/// What the units of one arm say of a figure, with its uncertainty: all that a comparison needs.
package struct Estimate: Sendable, Equatable {
  package let value: Double
  /// Of the value, not of one unit.
  package let standardError: Double
  /// Independent units behind it: members, communities or slots, never sends.
  package let units: Int
  /// The value before covariates adjusted it: what lift divides by.
  package let unadjusted: Double

  /// - Precondition: the standard error is a number from 0 up.
  package init(value: Double, standardError: Double, units: Int, unadjusted: Double? = nil) {
    precondition(standardError >= 0, "a standard error is not negative")
    self.value = value
    self.standardError = standardError
    self.units = units
    self.unadjusted = unadjusted ?? value
  }

  /// The square of the standard error.
  package var variance: Double { standardError * standardError }

  /// The interval with t of n − 1 degrees of freedom, of one look at this arm alone.
  package func interval(level: Double = 0.95) -> (low: Double, high: Double) {
    let half = StudentDistribution(degreesOfFreedom: Double(units - 1)).upperQuantile((1 - level) / 2) * standardError
    return (value - half, value + half)
  }

  /// The band of this arm that holds at every look: its own units count.
  package func band(_ sequence: ConfidenceSequence, level: Double = 0.95) -> (low: Double, high: Double) {
    let half = sequence.halfWidth(units: units, alpha: 1 - level) * standardError
    return (value - half, value + half)
  }

  /// The estimate with the value that it had before adjustment.
  func adjusted(from unadjusted: Double) -> Estimate {
    Estimate(value: value, standardError: standardError, units: units, unadjusted: unadjusted)
  }
}
