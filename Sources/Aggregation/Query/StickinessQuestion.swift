package import Events

/// How many of a month's members come on a day, or on how many days members come.
package struct StickinessQuestion: Sendable, Equatable {
  package var scope = QuestionScope()
  /// The trailing days that a day is compared with.
  package var window = 28
  /// Count members by the number of their active days instead.
  package var distribution = false
  /// Columns to break down by: of each group what is asked of the events that have its values.
  package var by: [String] = []

  package init() {}

  /// A longer window is refused.
  package static let windowMax = 3650
}

extension StickinessQuestion: Question {
  package static var metric: String { "stickiness" }
  package var definition: String { distribution ? "stickiness.distribution/1" : "stickiness.ratio/1" }
  package var daysReadBefore: Int { distribution ? 0 : window - 1 }
  package var flags: [QuestionFlag] {
    [
      QuestionFlag("window", window == 28 ? nil : String(window)), QuestionFlag("distribution", distribution),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    if !by.isEmpty { return GroupedRun(question: self, resolved: resolved) }
    let scan = try resolved.dayScan()
    if distribution { return DistributionRun(resolved: resolved, scan: scan) }
    return StickinessRun(question: self, resolved: resolved, scan: scan)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    let sql = StickinessSQL(question: self, resolved: resolved, days: days, source: source)
    return distribution ? sql.distribution : sql.ratio
  }
}
