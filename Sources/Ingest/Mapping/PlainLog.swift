package import Events

extension DatasetDescription {
  /// The log that needs no `dataset.yaml`: `event_id`, `ts`, `user_id`, `event`, `community_id`, `platform`,
  /// `content_id` and `properties`, in JSON lines or in rows with a header.
  ///
  /// A declared dimension comes from the field below, any other from `properties` under its own name; where
  /// `properties` has no field of that name, from the one beside it. What is used for no column stays in the
  /// properties: fields of `properties`, and fields beside it, of which those of `properties` win. `ts` is ISO 8601 or
  /// a unix number.
  ///
  /// | dimension | field | dimension | field |
  /// |---|---|---|---|
  /// | community | community_id | push | properties.push_id |
  /// | platform | platform | arm | properties.arm |
  /// | content | content_id | experiment | properties.experiment |
  package static func plainLog(schema: EventSchema) -> DatasetDescription {
    let dimensions = schema.dimensions.map { NamedField(name: $0, source: plainLogSource(ofDimension: $0, schema)) }
    let kind = EventKind(
      time: TimeField(field: FieldPath("ts")), member: .path(FieldPath("user_id")), event: .path(FieldPath("event")),
      eventID: .path(FieldPath("event_id")), dimensions: dimensions)
    var description = DatasetDescription(name: "plain log", title: "Plain log", kinds: [kind])
    description.flattened = FieldPath("properties")
    description.needsAllColumns = false
    return description
  }

  /// A dimension takes what would be the property of its name if it were not declared: that is what `store reindex`
  /// takes it from.
  private static func plainLogSource(ofDimension name: String, _ schema: EventSchema) -> FieldSource {
    let field = EventSchema.plainLogField(ofDimension: name)
    let beside = EventSchema.propertyName(ofDimension: name)
    let isTaken =
      ["ts", "user_id", "event", "event_id"].contains(beside)
      || schema.dimensions.contains { EventSchema.plainLogField(ofDimension: $0) == beside }
    return isTaken ? .path(FieldPath(field)) : .property(FieldPath(field), beside: FieldPath(beside))
  }
}
