internal import Aggregation
internal import Events
internal import Segments

extension LifecycleQuestion: TileQuestion {
  static let keys = ["granularity", "by", "where"]
  var chart: TileDescription.Chart { .bars }
  /// Who returns and who is dormant make up the row before.
  var suppression: SuppressionRule {
    .parts(["new", "returning", "resurrected", "dormant"], derived: ["pulse"])
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    self.init()
    let keys = try yaml.mapping(knowing: Self.keys)
    if let value = keys["granularity"] { granularity = try value.granularity() }
    by = try keys["by"]?.breakdown(schema) ?? []
    if let value = keys["where"] { filter = try value.filter(schema) }
  }
}
