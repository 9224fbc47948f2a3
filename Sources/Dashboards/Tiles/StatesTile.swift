internal import Aggregation
internal import Events
internal import Segments

extension StatesQuestion: TileQuestion {
  static let keys = ["states", "start", "table", "horizons", "where"]
  var chart: TileDescription.Chart { .table }
  /// Every figure of a row rests on the members that it counts.
  var suppression: SuppressionRule {
    switch table {
    case .states: .rows(base: "ever", keys: [], alone: ["now"])
    case .time: .rows(base: "at_risk", keys: [])
    case .transitions, .impossible, .ageing: .rows(base: "members", keys: [])
    }
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    let description = try StatesDescription(states: keys.require("states", of: yaml), start: keys["start"])
    self.init(description, file: yaml.file)
    if let value = keys["table"] { table = try value.choice(of: Table.self, "a table of states") }
    if let value = keys["horizons"] { horizonSeconds = try value.list().map { try $0.duration() } }
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
