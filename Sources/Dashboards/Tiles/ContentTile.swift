internal import Aggregation
internal import Events
internal import Segments

extension ContentQuestion: TileQuestion {
  static let keys = [
    "event", "reactions", "item", "top", "rank", "per", "delivery", "age", "preference", "by", "where",
  ]
  var chart: TileDescription.Chart { .table }
  /// Rates and reactions rest on the viewers, who are in the denominator too unless it is deliveries or followers.
  var suppression: SuppressionRule {
    preference == nil
      ? .rows(base: "viewers", others: ["followers"], keys: [item, "age"])
      : .rows(base: "members", keys: Set(by + [preference ?? ""]))
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["event"] { event = try value.string() }
    if let value = keys["reactions"] { reactions = try value.strings() }
    if let value = keys["item"] { item = try value.string() }
    if let value = keys["top"] { top = try value.int(in: 1...Self.topMax) }
    if let value = keys["rank"] { rank = try value.choice(of: Rank.self, "a rank") }
    if let value = keys["per"] { denominator = try value.choice(of: Denominator.self, "a denominator") }
    if let value = keys["delivery"] { delivery = try value.string() }
    if let value = keys["age"] { byAge = try value.bool() }
    if let value = keys["preference"] { preference = try value.string() }
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
