/// Which columns an event has: the fixed ones, and the dimensions that the workspace declares.
package struct EventSchema: Sendable, Equatable {
  /// Names that mean something else in a question; a dimension cannot take them.
  package static let reservedNames: Set<String> = [
    "ts", "member", "event", "event_id", "properties", "day", "period", "events", "active_members", "new_members",
    "complete", "cohort", "size", "returned", "rate", "low", "high", "and", "or", "not", "in", "is", "null", "like",
    "true", "false",
  ]

  /// Dimensions in declared order.
  package var dimensions: [String]
  /// Events that are done *to* a member and are not activity.
  package var passiveEvents: Set<String>

  package init(dimensions: [String], passiveEvents: Set<String>) {
    self.dimensions = dimensions
    self.passiveEvents = passiveEvents
  }

  /// Whether `name` may be a dimension: lower case letters, digits and `_`, first a letter, not reserved.
  package static func isDimensionName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first), !reservedNames.contains(name) else { return false }
    return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

extension EventSchema {
  /// The field of a plain log that fills a dimension: a path from the record inwards.
  package static func plainLogField(ofDimension name: String) -> String {
    switch name {
    case "community", "content": "\(name)_id"
    case "platform": name
    case "push": "properties.push_id"
    default: "properties.\(name)"
    }
  }

  /// Whether a plain log has the dimension's field beside `properties` and not in it.
  package static func isBesideProperties(dimension name: String) -> Bool {
    !plainLogField(ofDimension: name).hasPrefix("properties.")
  }

  /// The property that a plain log's field becomes where the dimension is not declared.
  package static func propertyName(ofDimension name: String) -> String {
    let field = plainLogField(ofDimension: name)
    return isBesideProperties(dimension: name) ? field : String(field.dropFirst("properties.".count))
  }
}
