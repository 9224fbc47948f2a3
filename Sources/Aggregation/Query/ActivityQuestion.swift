package import Events

/// How many events and active members, by interval.
package struct ActivityQuestion: Sendable, Equatable {
  package var scope = QuestionScope()
  package var granularity = Granularity.day
  /// Count the members of the N days that end with each day, instead of the day's own.
  package var trailing: Int?
  /// Columns to break down by: `event` or declared dimensions.
  package var by: [String] = []

  package init() {}
}

extension ActivityQuestion: Question {
  package static var metric: String { "activity" }
  package var definition: String { trailing == nil ? "activity.active_members/1" : "activity.trailing/1" }
  package var interval: Granularity { granularity }
  package var daysReadBefore: Int { (trailing ?? 1) - 1 }

  package var flags: [QuestionFlag] {
    [
      QuestionFlag("granularity", granularity == .day ? nil : granularity.rawValue),
      QuestionFlag("trailing", trailing.map(String.init)),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    let scan = try resolved.dayScan(by: by)
    guard let trailing else { return ActivityRun(question: self, resolved: resolved, scan: scan) }
    return TrailingRun(question: self, dayCount: trailing, resolved: resolved, scan: scan)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    let sql = ActivitySQL(question: self, resolved: resolved, days: days, source: source)
    return trailing == nil ? sql.periods : sql.trailing
  }
}
