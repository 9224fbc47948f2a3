internal import Aggregation
internal import Events
internal import Segments

extension MembersQuestion: TileQuestion {
  static let keys = ["by", "where"]
  var chart: TileDescription.Chart { .table }
  /// Shares are of one whole: where one is withheld all are.
  var suppression: SuppressionRule { .counts(["members"], keys: Set(segments.map(\.rawValue))) }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["by"] {
      segments = try value.list().map { try $0.choice(of: Segment.self, "what members are told apart by") }
      if segments.isEmpty || Set(segments).count < segments.count {
        throw value.error("each kind of segment stands once here")
      }
    }
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
