package import Events

/// How many members go through steps one after another, and how fast.
///
/// A *path* is a step-1 event and, within the window [t₁, t₁ + W) that it opens, an event for each further step. Of
/// each member the deepest path counts, of equally deep ones that with the least (t₁, t₂, …).
package struct FunnelQuestion: Sendable, Equatable {
  /// Which step-1 events open a window.
  package enum Entry: String, Sendable, CaseIterable {
    /// The member's first one in the days asked for.
    case first
    /// Each of them.
    case any
  }

  /// How the events of a path lie.
  package enum Order: String, Sendable, CaseIterable {
    /// In the order of the steps, with anything between.
    case ordered
    /// In the order of the steps, and no event of the member strictly between two of them.
    case strict
    /// In any order: the first of them opens the window, and row k counts members with k of the steps.
    case any
  }

  /// Whether two events of one instant may follow each other.
  package enum Ties: String, Sendable, CaseIterable {
    /// In either order, each used once.
    case either
    /// Not at all.
    case strictlyLater = "strictly-later"
  }

  /// What becomes of members whose window is open at as-of.
  package enum OpenWindows: String, Sendable, CaseIterable {
    case leaveOut = "leave-out"
    case include
  }

  /// Whose values a breakdown takes.
  package enum Attribution: String, Sendable, CaseIterable {
    /// Those of the path's first event.
    case first
    /// Those of its last.
    case last
  }

  /// A path starts in its days; later steps count up to the window's end. Every event must match its filter.
  package var scope = QuestionScope()
  /// Names of events; at least two.
  package var steps: [String]
  package var windowSeconds: Int64 = 7 * 86400
  package var entry = Entry.any
  package var order = Order.ordered
  package var ties = Ties.either
  package var openWindows = OpenWindows.leaveOut
  /// Names of events that drop a member: strictly after t₁, and before completion or else the window's end.
  package var exclude: [String] = []
  /// A dimension, a fact or a property that has one and the same value in all events of a path.
  package var hold: String?
  package var by: [String] = []
  package var attribution = Attribution.first

  /// More steps are refused.
  package static let stepCountMax = 20

  /// A funnel of `steps`, in this order.
  package init(steps: [String]) { self.steps = steps }
}

extension FunnelQuestion: Question {
  package static var metric: String { "funnel" }
  package var definition: String { "funnel.\(order.rawValue)/1" }
  package var eventNames: [String] { steps + exclude }
  package var columns: Set<String> {
    let hold = self.hold.map { $0.hasPrefix("properties.") ? "properties" : $0 }
    return filters.reduce(into: Set(by + (hold.map { [$0] } ?? []))) { $0.formUnion($1.columns) }
  }

  package var flags: [QuestionFlag] {
    [
      QuestionFlag("steps", steps.joined(separator: ",")),
      QuestionFlag("window", durationText(windowSeconds)),
      QuestionFlag("entry", entry == .any ? nil : entry.rawValue),
      QuestionFlag("order", order == .ordered ? nil : order.rawValue),
      QuestionFlag("ties", ties == .either ? nil : ties.rawValue),
      QuestionFlag("open-windows", openWindows == .leaveOut ? nil : openWindows.rawValue),
      QuestionFlag("exclude", exclude.isEmpty ? nil : exclude.joined(separator: ",")),
      QuestionFlag("hold", hold),
      QuestionFlag("by", by.isEmpty ? nil : by.joined(separator: ",")),
      QuestionFlag("attribution", attribution == .first ? nil : attribution.rawValue),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    try FunnelRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    FunnelSQL(question: self, resolved: resolved, days: days, source: source).text
  }

  /// Complains of what no funnel can be.
  func check(_ dimensions: [String]) throws {
    guard steps.count >= 2 else {
      throw AggregationError(
        .usage, "a funnel has two steps or more, not \(steps.count)",
        hint: "Name events in their order: --steps post_view,comment.")
    }
    guard steps.count <= Self.stepCountMax else {
      throw AggregationError(
        .usage, "a funnel has at most \(Self.stepCountMax) steps, not \(steps.count)", hint: "Leave some out.")
    }
    if let hold { _ = try HeldColumn(hold, dimensions: dimensions) }
  }
}
