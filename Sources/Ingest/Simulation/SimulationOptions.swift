package import Events

/// What a synthetic community log shall be; the same options give the same bytes on every machine.
package struct SimulationOptions: Sendable {
  package var seed: UInt64 = 7
  /// The community day of the first file.
  package var firstDay = CommunityDay(year: 2026, month: 8, day: 1)
  package var dayCount = 60
  /// Members there are by the last day; an old member who never shows up in the period leaves no event.
  package var memberCount = 40_000
  /// Events to aim for; what comes out is within 5 %. Below about 17 events a member (of 60 days) visits are thinned
  /// out, and retention falls with them.
  package var eventCount = 1_000_000
  /// The zone of the community and of its members' habits.
  package var zone = TimeZoneRules.utc
  /// Share of the records that arrive in the file of a later day (one to seven days).
  package var lateShare = 0.0
  /// Share of the records that are written twice, the second time in the same or a later file.
  package var duplicateShare = 0.0

  package init() {}

  /// What is wrong with these options, nil where a simulation can run.
  package var complaint: String? {
    if dayCount < 1 || dayCount > 3660 { return "the number of days must be 1 to 3660, not \(dayCount)" }
    if memberCount < 1 || memberCount > 100_000_000 {
      return "the number of members must be 1 to 100000000, not \(memberCount)"
    }
    if eventCount < memberCount {
      return "\(memberCount) members need at least as many events, not \(eventCount)"
    }
    if eventCount > 100_000_000_000 { return "the number of events must be at most 100000000000, not \(eventCount)" }
    for (name, share) in [("late", lateShare), ("duplicate", duplicateShare)] where !(0...1).contains(share) {
      return "the share of \(name) records must be 0 to 1, not \(share)"
    }
    return nil
  }
}

/// What a simulation wrote, and the truth that an analysis of its log should find.
package struct SimulationSummary: Sendable, Equatable {
  /// Distinct records.
  package var events = 0
  /// Members with at least one record.
  package var members = 0
  package var days = 0
  /// Lines in all files: `events + repeatedLines`.
  package var lines = 0
  /// Records that came in the file of a later day.
  package var lateRecords = 0
  package var repeatedLines = 0
  /// The experiment's arms, by plan and then in the order of the day, the holdout last; plans without a push are left out.
  package var arms: [PushArmTruth] = []

  /// Nothing yet.
  package init() {}
}
