internal import Aggregation
internal import Events
internal import Segments

extension FunnelQuestion: TileQuestion {
  static let keys = [
    "steps", "window", "entry", "order", "ties", "open-windows", "exclude", "hold", "by", "attribution", "where",
  ]
  var chart: TileDescription.Chart { .table }
  /// The times of a step rest on its members; so do the rates, of which one count tells another.
  var suppression: SuppressionRule { .rows(base: "members", keys: Set(["step"] + by)) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    let keys = try yaml.mapping(knowing: Self.keys)
    self.init(steps: try keys.require("steps", of: yaml).strings())
    guard (2...Self.stepCountMax).contains(steps.count) else {
      throw yaml.error("a funnel has 2 to \(Self.stepCountMax) steps", hint: "Name events in their order.")
    }
    if let value = keys["window"] { windowSeconds = try value.duration() }
    if let value = keys["entry"] { entry = try value.choice(of: Entry.self, "an entry") }
    if let value = keys["order"] { order = try value.choice(of: Order.self, "an order") }
    if let value = keys["ties"] { ties = try value.choice(of: Ties.self, "a rule for ties") }
    if let value = keys["open-windows"] {
      openWindows = try value.choice(of: OpenWindows.self, "a rule for open windows")
    }
    if let value = keys["attribution"] { attribution = try value.choice(of: Attribution.self, "an attribution") }
    exclude = try keys["exclude"]?.strings() ?? []
    hold = try keys["hold"]?.string()
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
