package import Events

/// What pushes did: opens and their rate, members who left, fatigue and guardrails.
///
/// The unit is the (member, push), sent at the first instant at which the push was sent to the member.
package struct PushQuestion: Sendable, Equatable {
  /// What counts as opened.
  package enum Attribution: String, Sendable, CaseIterable {
    /// A tap: an open of that push within the window.
    case direct
    /// No tap, but the first session within 24 h that began without one; the member's latest push takes the credit.
    case window
    /// No tap, but such a session within 30 min or half the member's mean session gap; every push takes the credit.
    case braze
    /// Sessions within 12 h beyond those of the same 12 h in up to four weeks without a push.
    case baselineAdjusted = "baseline-adjusted"

    /// The window where none is asked for.
    var windowSeconds: Int64 {
      switch self {
      case .direct, .window: 24 * 3600
      case .braze: 1800
      case .baselineAdjusted: 12 * 3600
      }
    }
  }

  /// An event that should stay rare, and how long after a send it counts.
  package struct Guardrail: Sendable, Equatable {
    package var event: String
    package var windowSeconds: Int64

    package init(event: String, windowSeconds: Int64) { (self.event, self.windowSeconds) = (event, windowSeconds) }
  }

  /// Sends lie in its days, and must match its filter as all events must.
  package var scope = QuestionScope()
  /// Nil is the attribution's own.
  package var window: Int64?
  package var attribution = Attribution.direct
  package var by = ["push", "arm"]
  /// The event that is a send, and the one that is a tap.
  package var send = "push_sent"
  package var open = "push_open"
  package var leave = Guardrail(event: "leave", windowSeconds: 72 * 3600)
  /// Rows by pushes received in the 7 days before, instead of groups.
  package var fatigue = false
  /// Rows by group and guardrail, instead of opens.
  package var guardrails: [Guardrail] = []
  /// Rows by group and rule of attribution, with what they count twice, and the difference from the holdout.
  package var triangle = false
  /// The event that plans a push for a member, with the arm that was drawn.
  package var planned = "push_planned"
  /// The arm of those who are sent nothing.
  package var holdout = "none"

  package init() {}

  /// The window that holds.
  package var windowSeconds: Int64 { window ?? attribution.windowSeconds }
  /// The column that tells pushes apart.
  static let pushColumn = "push"
  /// The column that tells the arms of planned pushes apart.
  static let armColumn = "arm"
  /// Where planned pushes stand among the names of events of a triangle.
  static let plannedPlace = 2
  /// A pause longer than this ends a session.
  static let sessionGapSeconds: Int64 = 1800
  /// What fatigue looks back.
  static let fatigueSeconds: Int64 = 7 * 86400
  /// Weeks that a baseline takes, and how far it looks for them.
  static let baselineWeekCount = 4
  static let baselineWeekMax = 26

  /// The question that one rule of the triangle asks; two of them have windows of their own.
  func alone(_ rule: Attribution) -> PushQuestion {
    var question = self
    question.attribution = rule
    if rule == .braze || rule == .baselineAdjusted { question.window = nil }
    return question
  }

  /// Whole days in which activity after a planned push is looked for.
  var dayCount: Int { max(1, Int((windowSeconds + 86399) / 86400)) }
}

extension PushQuestion: Question {
  package static var metric: String { "push" }
  package var definition: String {
    if triangle { return "push.triangle/1" }
    if !guardrails.isEmpty { return "push.guardrails/1" }
    return fatigue ? "push.fatigue/1" : "push.\(attribution.rawValue)/1"
  }
  package var columns: Set<String> {
    let own = by + [Self.pushColumn] + (triangle ? [Self.armColumn] : [])
    return filters.reduce(into: Set(own)) { $0.formUnion($1.columns) }
  }
  package var eventNames: [String] {
    if triangle { return [send, open, planned] }
    return guardrails.isEmpty ? [send, open, leave.event] : [send] + guardrails.map(\.event)
  }
  /// Fatigue looks back; so does a baseline.
  package var daysReadBefore: Int {
    if attribution == .baselineAdjusted || triangle { return Self.baselineWeekMax * 7 + 1 }
    return fatigue ? Int(Self.fatigueSeconds / 86400) + 1 : 0
  }

  package var flags: [QuestionFlag] {
    let isStandardLeave = leave == Guardrail(event: "leave", windowSeconds: 72 * 3600)
    let guardrails = self.guardrails.map { "\($0.event):\(durationText($0.windowSeconds))" }.joined(separator: ",")
    return [
      QuestionFlag("window", window.map(durationText)),
      QuestionFlag("attribution", attribution == .direct ? nil : attribution.rawValue),
      QuestionFlag("by", fatigue || by == ["push", "arm"] ? nil : by.joined(separator: ",")),
      QuestionFlag("send", send == "push_sent" ? nil : send),
      QuestionFlag("open", open == "push_open" ? nil : open),
      QuestionFlag("leave", isStandardLeave ? nil : "\(leave.event):\(durationText(leave.windowSeconds))"),
      QuestionFlag("fatigue", fatigue),
      QuestionFlag("guardrails", guardrails.isEmpty ? nil : guardrails),
      QuestionFlag("triangle", triangle),
      QuestionFlag("planned", planned == "push_planned" ? nil : planned),
      QuestionFlag("holdout", holdout == "none" ? nil : holdout),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    try check(resolved)
    return triangle
      ? TriangleRun(question: self, resolved: resolved) : PushRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    triangle
      ? TriangleSQL(question: self, resolved: resolved, days: days, source: source).text
      : PushSQL(question: self, resolved: resolved, days: days, source: source).text
  }

  private func check(_ resolved: ResolvedQuestion) throws {
    guard resolved.dimensions.contains(Self.pushColumn) else {
      throw AggregationError(
        .unknownName, "this store has no dimension 'push', which tells pushes apart",
        hint: "Declare it in muster.yaml, dimensions: [push, …], and run muster store reindex.")
    }
    if triangle, fatigue || !guardrails.isEmpty || attribution != .direct {
      throw AggregationError(
        .usage, "--triangle has a row for every attribution, and is a question of its own",
        hint: "Leave out --attribution, --fatigue and --guardrails.")
    }
    if triangle, !resolved.dimensions.contains(Self.armColumn) {
      throw AggregationError(
        .unknownName, "this store has no dimension 'arm', which tells the holdout apart",
        hint: "Declare it in muster.yaml, dimensions: [arm, …], and run muster store reindex.")
    }
    if fatigue, !guardrails.isEmpty {
      throw AggregationError(.usage, "--fatigue and --guardrails are two questions", hint: "Ask one of them.")
    }
    if fatigue, attribution == .baselineAdjusted {
      throw AggregationError(.usage, "a baseline is of groups, not of single sends", hint: "Leave out --fatigue.")
    }
    guard Set(eventNames).count == eventNames.count else {
      throw AggregationError(
        .usage, "an event is named twice", hint: "Sends, opens and guardrails are events of their own.")
    }
  }
}
