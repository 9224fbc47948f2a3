package import Events

/// How many events and members, by local weekday and hour.
package struct HoursQuestion: Sendable, Equatable {
  /// Whose clock tells the hour.
  package enum Clock: String, Sendable, CaseIterable {
    /// That of the community, or of `--zone`.
    case community
    /// The member's own, where facts of members carry one (`time-zone`, or else `zone`); else the community's.
    case member
  }

  package var scope = QuestionScope()
  package var clock = Clock.community
  /// Columns to break down by: of each group what is asked of the events that have its values.
  package var by: [String] = []

  package init() {}
}

extension HoursQuestion: Question {
  package static var metric: String { "hours" }
  package var definition: String { "hours.\(clock.rawValue)/1" }
  package var flags: [QuestionFlag] {
    [
      QuestionFlag("clock", clock == .community ? nil : clock.rawValue),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    if !by.isEmpty { return GroupedRun(question: self, resolved: resolved) }
    return HoursRun(question: self, resolved: resolved, zones: try MemberZones(self, resolved))
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    let zones = try? MemberZones(self, resolved)
    return HoursSQL(question: self, resolved: resolved, days: days, source: source, zones: zones).text
  }
}
