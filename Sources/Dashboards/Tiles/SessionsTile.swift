internal import Aggregation
internal import Events
internal import Segments

extension SessionsQuestion: TileQuestion {
  static let keys = ["granularity", "gap", "by", "where"]
  var chart: TileDescription.Chart { .line }
  var suppression: SuppressionRule { .rows(base: "members", keys: []) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["granularity"] { granularity = try value.granularity() }
    if let value = keys["gap"] {
      guard let seconds = durationSeconds(try value.string()) else {
        throw value.error("'\(try value.string())' is no duration", hint: "Write 30m or 1h.")
      }
      gapSeconds = seconds
    }
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
