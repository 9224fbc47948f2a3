import Aggregation
import Events
import Segments
import Trials

/// One unit of a table that a test makes.
struct UnitRow {
  var member: Int32
  var day: Int32 = 0
  var arm: UInt8
  var value: Double
  var propensity = 0.5
  var push = ""
  /// By segment column; nil is none.
  var segments: [String?] = []
}

extension UnitTable {
  /// A table of one outcome, all of whose windows have closed by `lastMatureDay`.
  init(_ rows: [UnitRow], lastMatureDay: Int32 = .max, segmentCount: Int = 0) {
    self.init(asOf: Timestamp(iso8601: "2026-08-10T00:00:00Z")!, timeZone: "UTC")
    let rows = rows.sorted { ($0.member, $0.day) < ($1.member, $1.day) }
    (members, clusters) = (rows.map(\.member), rows.map(\.member))
    (arms, days) = (rows.map(\.arm), rows.map(\.day))
    propensities = rows.map(\.propensity)
    isDelivered = rows.map { _ in true }
    pushes = Labels(rows.map { .some($0.push) })
    outcomes = [Outcome(values: rows.map(\.value), lastMatureDay: CommunityDay(lastMatureDay))]
    segments = (0..<segmentCount).map { column in Labels(rows.map { $0.segments[column] }) }
  }
}

extension UnitTable.Labels {
  init(_ texts: [String?]) {
    self.init()
    for text in texts {
      guard let text else {
        codes.append(-1)
        continue
      }
      if let known = values.firstIndex(of: text) {
        codes.append(Int32(known))
      } else {
        values.append(text)
        codes.append(Int32(values.count - 1))
      }
    }
  }
}

/// An experiment read from `text`, with the dimensions that the plain log has.
func experiment(_ text: String, file: String = "e.yaml") throws -> ExperimentDescription {
  try ExperimentDescription(
    YAMLValue(text: text, file: file), name: "push_time",
    schema: EventSchema(
      dimensions: ["community", "platform", "content", "push", "arm"], passiveEvents: ["push_sent", "push_planned"]))
}

/// Three hours and a holdout, as most tests have them.
let threeHours = """
  design: send-randomised
  from: 2026-08-03
  arms:
    "08:30": {weight: 0.3, at: "08:30"}
    "12:30": {weight: 0.3, at: "12:30"}
    "20:20": {weight: 0.3, at: "20:20"}
    none: {weight: 0.1}
  control: "12:30"
  holdout: none
  primary: opened
  goals:
    opened: {event: push_open, of: push, within: 24h}

  """
