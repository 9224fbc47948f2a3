package import Events

/// Whom sends of some days may reach, and which sends they have had.
package struct RosterQuestion: Sendable, Equatable {
  /// On facts of members; nil is all members.
  package var condition: Filter?
  /// Only members with activity on one of so many days before as-of.
  package var activeWithinDays: Int?
  /// Days that sends are planned for.
  package var days: ClosedRange<CommunityDay>
  /// How many days before the first of them sends count.
  package var daysBefore = 0
  /// The event that is a delivery, and the one that is a planned send.
  package var sent = "push_sent"
  package var planned = "push_planned"
  /// The arm whose planned units are not sent.
  package var holdout: String?
  /// Whether sends count that are planned for days after as-of.
  package var readsAhead = true
  /// Pushes that are being planned: a planned unit of one of them is not planned again.
  package var pushes: Set<String> = []

  package init(days: ClosedRange<CommunityDay>) { self.days = days }
}
