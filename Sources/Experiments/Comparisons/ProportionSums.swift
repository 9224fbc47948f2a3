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
}
