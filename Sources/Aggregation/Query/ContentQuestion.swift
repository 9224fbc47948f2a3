package import Events

/// What members look at and how they answer it: a leaderboard, its curve by age, or what a segment prefers.
package struct ContentQuestion: Sendable, Equatable {
  /// What orders the leaderboard; a rate orders by the lower end of its 95 % Wilson interval.
  package enum Rank: String, Sendable, CaseIterable {
    case viewers, views
    case likeRate = "like_rate"
    case commentRate = "comment_rate"
    case shareRate = "share_rate"
    /// Viewers by followers.
    case reachRate = "reach_rate"

    /// Whether a rate decides.
    var isRate: Bool { self != .viewers && self != .views }

    /// The place of a rate among the reactions.
    var reaction: Int? {
      switch self {
      case .viewers, .views, .reachRate: nil
      case .likeRate: 0
      case .commentRate: 1
      case .shareRate: 2
      }
    }
  }

  /// Whose members a rate is a share of.
  package enum Denominator: String, Sendable, CaseIterable {
    /// Members who viewed the item.
    case viewers
    /// Members to whom the item was delivered.
    case delivered
    /// Those who followed at the start of the day: that of an item's first view, or of the row of an age.
    case followers
  }

  package var scope = QuestionScope()
  /// The event that is a view.
  package var event = "post_view"
  /// The events that are likes, comments and shares.
  package var reactions = ["like", "comment", "share"]
  /// The event that is a delivery.
  package var delivery = "push_sent"
  /// The column that names the item.
  package var item = "content"
  package var top = 20
  package var rank = Rank.viewers
  package var denominator = Denominator.viewers
  /// Rows by item and days since its first view, instead of one an item.
  package var byAge = false
  /// The column of topics or types whose share in a segment is asked for.
  package var preference: String?
  /// Segments of a preference.
  package var by: [String] = []

  package init() {}

  /// More items are refused.
  package static let topMax = 100_000
}

extension ContentQuestion: Question {
  package static var metric: String { "content" }
  package var definition: String {
    if preference != nil { return "content.preference/1" }
    return byAge ? "content.age/1" : "content.\(denominator.rawValue)/1"
  }
  package var columns: Set<String> {
    let own = preference.map { by + [$0] } ?? [item]
    return filters.reduce(into: Set(own)) { $0.formUnion($1.columns) }
  }
  package var eventNames: [String] {
    [event] + reactions + (denominator == .delivered && preference == nil ? [delivery] : [])
  }

  package var flags: [QuestionFlag] {
    let isStandard = reactions == ["like", "comment", "share"]
    return [
      QuestionFlag("event", event == "post_view" ? nil : event),
      QuestionFlag("reactions", isStandard ? nil : reactions.joined(separator: ",")),
      QuestionFlag("item", item == "content" ? nil : item),
      QuestionFlag("top", preference != nil || top == 20 ? nil : String(top)),
      QuestionFlag("rank", rank == .viewers ? nil : rank.rawValue),
      QuestionFlag("per", denominator == .viewers ? nil : denominator.rawValue),
      QuestionFlag("delivery", delivery == "push_sent" ? nil : delivery),
      QuestionFlag("age", byAge),
      QuestionFlag("preference", preference),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    try check(resolved)
    if preference != nil { return PreferenceRun(question: self, resolved: resolved) }
    return ContentRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    let sql = ContentSQL(question: self, resolved: resolved, days: days, source: source)
    if preference != nil { return sql.preferences }
    return byAge ? sql.ages : sql.leaderboard
  }

  /// Complains of columns that are not there and of flags that contradict each other.
  private func check(_ resolved: ResolvedQuestion) throws {
    let known = resolved.dimensions
    for name in [preference ?? item] where !known.contains(name) && !(preference != nil && name.hasPrefix("member.")) {
      let near = nearestWord(to: name, among: known).map { "Did you mean '\($0)'? " } ?? ""
      throw AggregationError(
        .unknownName, "'\(name)' is not a dimension", hint: near + "Known: \(known.joined(separator: ", ")).")
    }
    guard reactions.count == 3 else {
      throw AggregationError(
        .usage, "content has three reactions, not \(reactions.count)",
        hint: "Name those for likes, comments and shares.")
    }
    guard Set(eventNames).count == eventNames.count else {
      throw AggregationError(
        .usage, "an event is named twice", hint: "Views and each reaction are events of their own.")
    }
    if rank == .reachRate, denominator != .followers {
      throw AggregationError(
        .usage, "--rank reach_rate needs --per followers", hint: "Reach is viewers by followers.")
    }
    if preference == nil, !by.isEmpty {
      throw AggregationError(.usage, "--by needs --preference", hint: "Name the column whose share is asked for.")
    }
    if preference != nil, byAge {
      throw AggregationError(.usage, "--age and --preference are two questions", hint: "Ask one of them.")
    }
  }
}
