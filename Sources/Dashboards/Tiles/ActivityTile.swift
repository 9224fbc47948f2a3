internal import Aggregation
internal import Events
internal import Segments

extension ActivityQuestion: TileQuestion {
  static let keys = ["granularity", "by", "trailing", "where"]
  var chart: TileDescription.Chart { .line }
  var suppression: SuppressionRule { .rows(base: "active_members", keys: Set(["period"] + by), alone: ["new_members"]) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["granularity"] { granularity = try value.granularity() }
    if let value = keys["trailing"] { trailing = try value.int(in: 1...3650) }
    if let value = keys["where"] { filter = try value.filter(schema) }
    by = try keys["by"]?.breakdown(schema) ?? []
    if trailing != nil, granularity != .day {
      throw yaml.error("'trailing' counts by day", hint: "Leave out 'granularity'.")
    }
  }
}
