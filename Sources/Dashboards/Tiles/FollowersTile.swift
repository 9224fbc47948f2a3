internal import Aggregation
internal import Events
internal import Segments

extension FollowersQuestion: TileQuestion {
  static let keys = ["view", "granularity", "where"]
  var chart: TileDescription.Chart { view == .growth || view == .referral ? .line : .table }

  /// Of inviters nothing is published: each row is one member.
  var suppression: SuppressionRule {
    switch view {
    case .growth: .counts(["joins", "leaves"], keys: ["period"])
    case .referral: .counts(["inviters", "converted", "joined"], keys: ["period"])
    case .tree: .counts(["members"], keys: ["depth"])
    case .inviters: .rows(base: "rank", keys: [])
    }
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["view"] {
      let views = View.allCases.filter { $0 != .inviters }
      guard let known = views.first(where: { (try? value.string()) == $0.rawValue }) else {
        throw value.error(
          "this is no view of followers that can be published",
          hint: "Write one of \(views.map(\.rawValue).joined(separator: ", ")).")
      }
      view = known
    }
    if let value = keys["granularity"] { granularity = try value.granularity() }
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
