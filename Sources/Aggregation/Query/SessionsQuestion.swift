package import Events

/// How many sessions members had, how long and how rich, by the interval in which they began.
package struct SessionsQuestion: Sendable, Equatable {
  package var scope = QuestionScope()
  package var granularity = Granularity.day
  /// A longer pause between two events of a member ends a session.
  package var gapSeconds = Self.gapSecondsDefault
  /// Columns to break down by: of each group what is asked of the events that have its values.
  package var by: [String] = []

  package init() {}

  /// Half an hour.
  package static let gapSecondsDefault: Int64 = 1800
}

extension SessionsQuestion: Question {
  package static var metric: String { "sessions" }
  package var definition: String { "sessions.gap/1" }
  package var interval: Granularity { granularity }
  package var daysReadBefore: Int { 1 }
  package var flags: [QuestionFlag] {
    [
      QuestionFlag("granularity", granularity == .day ? nil : granularity.rawValue),
      QuestionFlag("gap", gapSeconds == Self.gapSecondsDefault ? nil : "\(gapSeconds)s"),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    if !by.isEmpty { return GroupedRun(question: self, resolved: resolved) }
    return SessionsRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    SessionsSQL(question: self, resolved: resolved, days: days, source: source).text
  }
}
