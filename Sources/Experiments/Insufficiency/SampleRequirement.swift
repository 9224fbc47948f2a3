/// How much each arm must hold before it is compared.
package struct SampleRequirement: Sendable, Equatable {
  package let units: Int
  package let events: Int
  package let nonEvents: Int

  /// The rule of the product: nothing is shown below 100 units, 25 events and 25 non-events an arm.
  package static let standard = SampleRequirement(units: 100, events: 25, nonEvents: 25)

  /// - Precondition: each is at least 1; without any event there is no variance to compare by.
  package init(units: Int, events: Int, nonEvents: Int) {
    precondition(units >= 1 && events >= 1 && nonEvents >= 1, "a comparison needs units, events and non-events")
    self.units = units
    self.events = events
    self.nonEvents = nonEvents
  }

  /// What `sums` lacks; empty where nothing.
  package func shortfalls(of sums: ProportionSums, arm: String?) -> [InsufficientData.Shortfall] {
    if sums.units >= units, sums.events >= events, sums.units - sums.events >= nonEvents { return [] }
    let checks: [(InsufficientData.Shortfall.Quantity, Int, Int)] = [
      (.units, sums.units, units), (.events, sums.events, events), (.nonEvents, sums.units - sums.events, nonEvents),
    ]
    return checks.filter { $0.1 < $0.2 }.map { .init(arm: arm, $0.0, found: $0.1, needed: $0.2) }
  }

  /// Throws where there are too few units, or where they do not differ, so that nothing is known of their spread.
  /// Counts that have no events to count, sums and ratios, are held to this.
  func check(units found: Int, variance: Double, arm: String?) throws(InsufficientData) {
    if found < max(units, 2) { throw InsufficientData(.units, found: found, needed: max(units, 2), arm: arm) }
    if !(variance > 0) { throw InsufficientData(.distinctValues, found: 1, needed: 2, arm: arm) }
  }
}
