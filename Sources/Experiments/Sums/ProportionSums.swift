/// What a proportion rests on: units, and those of them with the event. Sums of disjoint parts add.
package struct ProportionSums: Sendable, Equatable {
  package let events: Int
  package let units: Int

  package static let zero = ProportionSums(events: 0, units: 0)

  /// - Precondition: 0 ≤ events ≤ units.
  package init(events: Int, units: Int) {
    precondition(events >= 0 && events <= units, "events are among the units")
    self.events = events
    self.units = units
  }

  /// events / units, nil where there is no unit.
  package var proportion: Double? { units == 0 ? nil : Double(events) / Double(units) }

  /// The sums of two disjoint sets of units.
  package static func + (a: ProportionSums, b: ProportionSums) -> ProportionSums {
    ProportionSums(events: a.events + b.events, units: a.units + b.units)
  }

  /// The proportion with its standard error √(p (1 − p) / n).
  ///
  /// - Throws: ``InsufficientData`` where there is less than `requirement`.
  package func estimate(
    arm: String? = nil, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    let shortfalls = requirement.shortfalls(of: self, arm: arm)
    guard shortfalls.isEmpty else { throw InsufficientData(shortfalls) }
    let n = Double(units)
    let p = Double(events) / n
    return Estimate(value: p, standardError: (p * (1 - p) / n).squareRoot(), units: units)
  }

  /// The score interval of the proportion, the p that a two-sided normal test keeps; nil without a unit.
  ///
  /// Both ends lie within 0…1. Source: Wilson, *JASA* 22 (1927).
  package func wilsonInterval(level: Double = 0.95) -> (low: Double, high: Double)? {
    guard units > 0 else { return nil }
    let n = Double(units)
    let p = Double(events) / n
    let z = NormalDistribution.upperQuantile((1 - level) / 2)
    let centre = p + z * z / (2 * n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    let low = events == 0 ? 0 : max(0, (centre - half) / scale)
    return (low, events == units ? 1 : min(1, (centre + half) / scale))
  }
}
