package import Events

/// Days asked for, both included; nil is the first or last day that holds data.
package struct DayRange: Sendable, Equatable {
  package var from: CommunityDay?
  package var to: CommunityDay?

  package init(from: CommunityDay? = nil, to: CommunityDay? = nil) {
    self.from = from
    self.to = to
  }
}

/// What every question has.
package struct QuestionScope: Sendable, Equatable {
  package var days = DayRange()
  /// Only events for which it holds count.
  package var filter: Filter?
  /// Days are those of this zone; nil is the store's own. Another than that is scanned for.
  package var zone: TimeZoneRules?

  /// Count by the rules of this product, and say what they change.
  package var rival: Rival?

  package init(
    days: DayRange = DayRange(), filter: Filter? = nil, zone: TimeZoneRules? = nil, rival: Rival? = nil
  ) {
    self.days = days
    self.filter = filter
    self.zone = zone
    self.rival = rival
  }

  /// The flags of the command line that say it.
  var flags: [QuestionFlag] {
    [
      QuestionFlag("from", days.from?.description), QuestionFlag("to", days.to?.description),
      QuestionFlag("where", filter?.text), QuestionFlag("zone", zone?.name),
      QuestionFlag("as", rival?.rawValue),
    ]
  }
}
