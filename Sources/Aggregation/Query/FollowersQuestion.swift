package import Events
internal import Segments

/// Who joins and leaves, and who came because a member asked them to.
package struct FollowersQuestion: Sendable, Equatable {
  /// What is looked at.
  package enum View: String, Sendable, CaseIterable {
    /// Joins, leaves and the leave rate, by interval.
    case growth
    /// Invites, the share of them that converted, and the k-factor, by interval.
    case referral
    /// How many members stand how deep in the tree of referrals.
    case tree
    /// The members whose invites brought most.
    case inviters
  }

  package var scope = QuestionScope()
  package var view = View.growth
  package var granularity = Granularity.day
  /// Events that mean it; nil is what the workspace says.
  package var join: [String]?
  package var leave: [String]?
  package var invite: [String]?
  /// The property that an invite and the join that came of it share; nil is what the workspace says.
  package var link: String?
  /// How many inviters are listed.
  package var top = 20
  /// Whether inviters are listed with their raw ids.
  package var showsIDs = false

  package init() {}

  /// An invite converts where the join follows within so long.
  static let windowDays = 7
  static let windowMicroseconds: Int64 = 7 * 86_400_000_000

  /// What events mean, the workspace's words where the question has none.
  func events(_ settings: CommunitySettings) -> (join: [String], leave: [String], invite: [String], link: String) {
    (
      join ?? settings.joinEvents, leave ?? settings.leaveEvents, invite ?? settings.inviteEvents,
      link ?? settings.inviteLink
    )
  }
}

extension FollowersQuestion: Question {
  package static var metric: String { "followers" }
  package var definition: String { "followers.\(view.rawValue)/1" }
  package var interval: Granularity { granularity }
  package var eventNames: [String] { (join ?? []) + (leave ?? []) + (invite ?? []) }
  package var columns: Set<String> {
    let read = filters.reduce(into: Set<String>()) { $0.formUnion($1.columns) }
    return view == .growth ? read : read.union(["properties"])
  }

  package var flags: [QuestionFlag] {
    [
      QuestionFlag("view", view == .growth ? nil : view.rawValue),
      QuestionFlag("granularity", granularity == .day ? nil : granularity.rawValue),
      QuestionFlag("join", join?.joined(separator: ",")), QuestionFlag("leave", leave?.joined(separator: ",")),
      QuestionFlag("invite", invite?.joined(separator: ",")), QuestionFlag("link", link),
      QuestionFlag("top", top == 20 ? nil : String(top)), QuestionFlag("show-ids", showsIDs),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    switch view {
    case .growth: FollowersRun(question: self, resolved: resolved)
    case .referral, .tree, .inviters: ReferralRun(question: self, resolved: resolved)
    }
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    switch view {
    case .growth: FollowersSQL(question: self, resolved: resolved, days: days, source: source).text
    case .referral, .tree, .inviters:
      ReferralSQL(question: self, resolved: resolved, days: days, source: source).text
    }
  }
}
