/// Whether the arms hold as many units as their weights promise (sample ratio mismatch).
///
/// ```
/// χ² = Σ (nᵢ − eᵢ)² / eᵢ,  eᵢ = n wᵢ / Σ w,  over the k arms of weight > 0;  k − 1 degrees of freedom
/// ```
///
/// A mismatch means that assignment, sending or logging lost units of some arm, and that no other figure of the
/// experiment can be trusted. Source: Pearson (1900); alarm level after Fabijan et al., *Diagnosing Sample
/// Ratio Mismatch in Online Controlled Experiments*, KDD 2019.
package struct SampleRatioTest: Sendable, Equatable {
  /// Below this p the experiment is in alarm.
  package static let alarmLevel = 0.001
  /// Each arm's expectation must reach this for the distribution to hold (Cochran's rule).
  package static let expectedUnitsMin = 5

  package let chiSquare: Double
  package let degreesOfFreedom: Int
  package let p: Double
  /// Expected units by arm, in the order given; 0 for an arm of weight 0.
  package let expected: [Double]
  /// Units seen in arms of weight 0: they are outside the test, and there should be none.
  package let strayUnits: Int

  /// Whether p lies below the alarm level.
  package var isAlarm: Bool { p < Self.alarmLevel }

  /// - Parameters:
  ///   - units: units by arm.
  ///   - weights: configured weights, or sums of logged propensities; any scale.
  /// - Precondition: one weight an arm; no count or weight is negative or infinite.
  /// - Throws: ``InsufficientData`` under two arms of weight > 0, or where an arm expects under 5 units.
  package init(units: [Int], weights: [Double]) throws(InsufficientData) {
    precondition(units.count == weights.count, "each arm has a weight")
    precondition(units.allSatisfy { $0 >= 0 }, "a count is not negative")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is a number from 0 up")
    let arms = weights.indices.filter { weights[$0] > 0 }
    guard arms.count >= 2 else {
      throw InsufficientData([.init(arm: nil, .arms, found: arms.count, needed: 2)])
    }
    let total = arms.reduce(0) { $0 + units[$1] }
    let weightTotal = weights.reduce(0, +)
    let expected = weights.map { Double(total) * ($0 / weightTotal) }
    let least = arms.map { expected[$0] }.min()!
    guard least >= Double(Self.expectedUnitsMin) else {
      throw InsufficientData([.init(arm: nil, .expectedUnits, found: Int(least), needed: Self.expectedUnitsMin)])
    }
    self.expected = expected
    strayUnits = units.reduce(0, +) - total
    degreesOfFreedom = arms.count - 1
    chiSquare = arms.reduce(0) { sum, arm in
      let excess = Double(units[arm]) - expected[arm]
      return sum + excess * excess / expected[arm]
    }
    p = ChiSquareDistribution(degreesOfFreedom: degreesOfFreedom).upperTail(chiSquare)
  }
}
