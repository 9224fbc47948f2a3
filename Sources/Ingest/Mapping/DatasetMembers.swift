internal import Events
internal import Segments

/// Datasets of members: an id and attributes, no time.
///
/// ```yaml
/// kind: members
/// member: userid
/// attributes: rest              # every other column; or [city, role], or {arm: version}
/// ```
extension DatasetDescription {
  /// Keys that describe events, and mean nothing for members.
  private static let eventWords = [
    "time", "event", "event-id", "dimensions", "properties", "properties-from", "duplicates", "events", "ahead",
  ]

  mutating func readMembers(_ keys: [String: YAMLValue], of yaml: YAMLValue) throws {
    for word in Self.eventWords {
      guard let value = keys[word] else { continue }
      throw value.error(
        "members have no '\(word)'", hint: "kind: members takes member and attributes; leave 'kind' out for events.")
    }
    guard let member = keys["member"] else {
      throw yaml.error("the key 'member' is missing", hint: "Name the field that holds the id.")
    }
    let path = try fieldPath(member)
    // A record's instant and event are never asked for; its attributes are read as dimensions are.
    kinds = [EventKind(time: TimeField(field: path), member: .path(path), event: .constant("member"))]
    properties = .none
    if let value = keys["attributes"] {
      attributes = try Self.properties(value)
      guard attributes != .none else { throw value.error("members without attributes say nothing") }
    }
  }

  /// The same with its attributes in the place of dimensions, and their names.
  /// - Parameter header: the names of the columns; nil where there are none.
  /// - Throws: ``IngestError`` `configuration` where all columns are asked for and have no names.
  func withAttributes(header: [String]?) throws -> (description: DatasetDescription, names: [String]) {
    var described = self
    switch attributes {
    case .named(let fields): described.kinds[0].dimensions = fields
    case .none: break
    case .rest:
      if header == nil, self.header == .firstRow, rowFormat != nil { return (self, []) }  // an empty source
      guard let header, case .path(let member) = kinds[0].member else {
        throw IngestError(
          .configuration, "the attributes of members are not known: this log does not name its columns", file: name,
          hint: "List them in dataset.yaml: attributes: [city, role], or {name: field}.")
      }
      described.kinds[0].dimensions = header.filter { $0 != member.text }.map {
        NamedField(name: $0, source: .path(FieldPath($0)))
      }
    }
    return (described, described.kinds[0].dimensions.map(\.name))
  }
}
