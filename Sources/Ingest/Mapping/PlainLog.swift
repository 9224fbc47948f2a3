package import Events

extension DatasetDescription {
  /// The log that needs no `dataset.yaml`: `event_id`, `ts`, `user_id`, `event`, `community_id`, `platform`,
  /// `content_id` and `properties`, in JSON lines or in rows with a header.
  ///
  /// A declared dimension comes from the field below, any other from `properties` under its own name. What is used
  /// for no column stays in the properties: fields of `properties`, and fields beside it. `ts` is ISO 8601 or a unix
  /// number.
  ///
  /// | dimension | field | dimension | field |
  /// |---|---|---|---|
  /// | community | community_id | push | properties.push_id |
  /// | platform | platform | arm | properties.arm |
  /// | content | content_id | experiment | properties.experiment |
  package static func plainLog(schema: EventSchema) -> DatasetDescription {
    let dimensions = schema.dimensions.map { name in
      NamedField(name: name, source: .path(FieldPath(EventSchema.plainLogField(ofDimension: name))))
    }
    let kind = EventKind(
      time: TimeField(field: FieldPath("ts")), member: .path(FieldPath("user_id")), event: .path(FieldPath("event")),
      eventID: .path(FieldPath("event_id")), dimensions: dimensions)
    var description = DatasetDescription(name: "plain log", title: "Plain log", kinds: [kind])
    description.flattened = FieldPath("properties")
    description.needsAllColumns = false
    return description
  }
}
