package import Events
internal import Segments

/// How many members there are of each kind on a day; one by one only where their ids are asked for.
package struct MembersQuestion: Sendable, Equatable {
  /// What members are told apart by.
  package enum Segment: String, Sendable, CaseIterable {
    /// New, returning, resurrected, dormant or lost, by the 28 days that end with the day and the 28 before.
    case lifecycle
    /// The quarter of the scale of value, of members active in 90 days.
    case value
    /// The risk of no activity in the next 14 days, of members active in 28.
    case risk
  }

  /// The last day of its scope is the one that it looks at; the first is of no account.
  package var scope = QuestionScope()
  package var segments = [Segment.lifecycle]
  /// Whether members are listed with their raw ids, most valuable first.
  package var showsIDs = false
  /// How many members are listed.
  package var top = 100
  /// Gives the rows that risk is reckoned from, in place of its own.
  package var givesInputs = false

  package init() {}

  static let windowDays = 28
  static let valueDays = 90
}

extension MembersQuestion: Question {
  package static var metric: String { "members" }
  package var definition: String { "members.\(segments.map(\.rawValue).joined(separator: "+"))/1" }
  package var columns: Set<String> {
    let read = filters.reduce(into: Set<String>()) { $0.formUnion($1.columns) }
    return segments.contains(.value) || showsIDs ? read.union(["properties"]) : read
  }

  package var flags: [QuestionFlag] {
    [
      QuestionFlag("by", segments == [.lifecycle] ? nil : segments.map(\.rawValue).joined(separator: ",")),
      QuestionFlag("show-ids", showsIDs), QuestionFlag("top", top == 100 ? nil : String(top)),
      QuestionFlag("inputs", givesInputs),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    MembersRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    MembersSQL(question: self, resolved: resolved, day: days.upperBound, source: source).text
  }
}
