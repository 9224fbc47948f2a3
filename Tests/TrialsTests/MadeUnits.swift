import Aggregation
import Events
import Segments
import TestSupport
import Trials

/// Units of experiments that were never run.
enum MadeUnits {
  static func experiment(_ text: String) throws -> ExperimentDescription {
    try ExperimentDescription(
      YAMLValue(text: text, file: "e.yaml"), name: "e",
      schema: EventSchema(dimensions: ["community", "platform", "push", "arm"], passiveEvents: ["push_sent"]))
  }

  /// A unit by its cluster, arm, day and value; the other columns as they come.
  struct Unit {
    var cluster: Int
    var arm: Int
    var day: Int
    var value: Double
    var past = Double.nan
    var propensity = Double.nan
    var version = 0
    var push = 0
  }

  /// A table of units in any order; all are mature up to `lastMatureDay` from 2026-08-01 on.
  static func table(
    _ units: [Unit], outcomes: Int = 1, lastMatureDay: Int = 1000, readsPast: Bool = false
  ) -> UnitTable {
    let first = CommunityDay(year: 2026, month: 8, day: 1)
    let zone = TimeZoneRules.utc
    let sorted = units.sorted { ($0.cluster, $0.day, $0.push) < ($1.cluster, $1.day, $1.push) }
    let end = first + (units.map(\.day).max() ?? 0) + 1
    var table = UnitTable(asOf: zone.start(of: end + 1), timeZone: "UTC")
    table.members = sorted.map { Int32($0.cluster) }
    table.clusters = table.members
    table.arms = sorted.map { UInt8($0.arm) }
    table.days = sorted.map { (first + $0.day).number }
    table.pushes = UnitTable.Labels(
      codes: sorted.map { Int32($0.push) }, values: (0...(units.map(\.push).max() ?? 0)).map { "p\($0)" })
    table.propensities = sorted.map(\.propensity)
    table.versions = UnitTable.Labels(
      codes: sorted.map { Int32($0.version) }, values: (0...(units.map(\.version).max() ?? 0)).map { "\($0)" })
    table.isDelivered = sorted.map { _ in true }
    table.outcomes = (0..<outcomes).map { _ in
      UnitTable.Outcome(
        values: sorted.map(\.value), past: readsPast ? sorted.map(\.past) : [], lastMatureDay: first + lastMatureDay)
    }
    return table
  }

  static let members = """
    design: member-randomised
    looks: fixed
    arms: {A: {weight: 0.5}, B: {weight: 0.5}}
    control: A
    primary: did
    goals: {did: {event: post, within: 1d}}
    past: false
    """
}
