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
