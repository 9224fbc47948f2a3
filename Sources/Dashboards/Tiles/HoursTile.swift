internal import Aggregation
internal import Events
internal import Segments

extension HoursQuestion: TileQuestion {
  static let keys = ["clock", "by", "where"]
  var chart: TileDescription.Chart { .table }
  var suppression: SuppressionRule { .rows(base: "active_members", keys: ["weekday", "hour"]) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["clock"] {
      guard let known = Clock(rawValue: try value.string()) else {
        throw value.error("'\(try value.string())' is not a clock", hint: "Write community or member.")
      }
      clock = known
    }
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
