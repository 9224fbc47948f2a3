internal import Aggregation
internal import Events
internal import Segments

extension StickinessQuestion: TileQuestion {
  static let keys = ["window", "distribution", "by", "where"]
  var chart: TileDescription.Chart { distribution ? .table : .line }
  /// A count of exactly N is the difference of two of at least N.
  var suppression: SuppressionRule {
    distribution ? .distribution(count: "exactly", running: "at_least") : .rows(base: "active", keys: [])
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["window"] { window = try value.int(in: 1...StickinessQuestion.windowMax) }
    if let value = keys["distribution"] { distribution = try value.bool() }
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
    if distribution, keys["window"] != nil {
      throw yaml.error("a distribution counts the days of its range", hint: "Leave out 'window'.")
    }
  }
}
