internal import Aggregation
internal import Events
internal import Segments

extension HealthQuestion: TileQuestion {
  static let keys = ["view", "every", "topic", "opens", "replies", "contributions", "where"]
  var chart: TileDescription.Chart { .table }
  var hasPeriods: Bool { view != .calibration }

  var suppression: SuppressionRule {
    switch view {
    case .onion: .counts(["members"], keys: ["period", "layer"])
    case .absence: .rows(base: "contributors", keys: ["period"])
    case .response: .counts(["topics", "answered"], keys: ["period"])
    case .newcomers: .counts(["newcomers", "matured", "retained"], keys: ["period", "group"])
    case .love: .rows(base: "members", keys: ["period"])
    case .churn: .counts(["members", "churned"], keys: ["period"])
    case .calibration: .counts(["members", "churned"], keys: ["tenth"])
    }
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["view"] { view = try value.choice(of: View.self, "a view of health") }
    if let value = keys["every"] { every = try value.choice(of: ReportInterval.self, "an interval") }
    if let value = keys["topic"] {
      topic = try value.string()
      guard schema.dimensions.contains(topic) else {
        throw value.error(
          "'\(topic)' is not a dimension", hint: "Known: \(schema.dimensions.joined(separator: ", ")).")
      }
    }
    opens = try keys["opens"]?.strings()
    replies = try keys["replies"]?.strings()
    contributions = try keys["contributions"]?.strings()
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
