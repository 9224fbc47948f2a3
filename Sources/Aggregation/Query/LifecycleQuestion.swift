package import Events

/// Who is new, returns, comes back after a pause or falls silent, by interval.
package struct LifecycleQuestion: Sendable, Equatable {
  package var scope = QuestionScope()
  package var granularity = Granularity.week
  /// Columns to break down by: of each group what is asked of the events that have its values.
  package var by: [String] = []

  package init() {}
}

extension LifecycleQuestion: Question {
  package static var metric: String { "lifecycle" }
  package var definition: String { "lifecycle.states/1" }
  package var interval: Granularity { granularity }
  package var daysReadBefore: Int { granularity == .day ? 1 : granularity == .week ? 7 : 31 }
  package var flags: [QuestionFlag] {
    [
      QuestionFlag("granularity", granularity == .week ? nil : granularity.rawValue),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    if !by.isEmpty { return GroupedRun(question: self, resolved: resolved) }
    return LifecycleRun(question: self, resolved: resolved, scan: try resolved.dayScan())
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    LifecycleSQL(question: self, resolved: resolved, days: days, source: source).text
  }
}
