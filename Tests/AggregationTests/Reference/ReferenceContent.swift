import Aggregation

/// One event as a test of content or of pushes made it.
struct PlainEvent: Sendable {
  var ts: Int64
  var member: String
  var name: String
  /// Its item, or its push.
  var item: String?
  var segment: String?
}

/// The slow, obvious leaderboard: sets of names, one pass for each figure.
struct ReferenceContent {
  let question: ContentQuestion
  let events: [PlainEvent]
  /// Followers at the start of the log's first day, where rates are by them.
  var opening: Int?

  /// Followers at the start of the day of an item's first view, event by event.
  private func followers(_ item: String) -> Int? {
    guard let opening, let first = events.filter({ $0.name == question.event && $0.item == item }).map(\.ts).min()
    else { return nil }
    let earlier = events.filter { $0.ts < first - first % 86_400_000_000 }
    let count = opening + earlier.count { $0.name == "join" } - earlier.count { $0.name == "leave" }
    return count < 0 ? nil : count
  }

  private func members(_ name: String, _ item: String) -> Set<String> {
    Set(events.filter { $0.name == name && $0.item == item }.map(\.member))
  }

  private func row(_ item: String) -> (value: Double, viewers: Int, cells: [Cell]) {
    let viewers = members(question.event, item)
    let (base, reacted) = based(item, viewers)
    let views = events.count { $0.name == question.event && $0.item == item }
    let place = [.likeRate: 0, .commentRate: 1, .shareRate: 2][question.rank] ?? 0
    let successes = question.rank == .reachRate ? viewers.count : reacted[place]
    let low = base.flatMap { WilsonInterval(successes: min(successes, $0), trials: $0)?.low }
    let value: Double =
      switch question.rank {
      case .viewers: Double(viewers.count)
      case .views: Double(views)
      default: low ?? -1
      }
    let reactions = question.reactions.map { name in Cell.int(events.count { $0.name == name && $0.item == item }) }
    let rates = reacted.map { Cell.ratio($0, of: base ?? 0) }
    var cells: [Cell] =
      [.text(item), .int(views), .int(viewers.count)] + reactions + rates + [low.map(Cell.float) ?? .null]
    if question.denominator == .followers {
      cells += [base.map(Cell.int) ?? .null, .ratio(viewers.count, of: base ?? 0)]
    }
    return (value, viewers.count, cells)
  }

  /// How many the rates of an item are shares of, and how many members did each reaction.
  private func based(_ item: String, _ viewers: Set<String>) -> (base: Int?, reacted: [Int]) {
    let reacted = question.reactions.map { members($0, item) }
    if question.denominator == .followers { return (followers(item), reacted.map(\.count)) }
    let base = question.denominator == .viewers ? viewers : members(question.delivery, item)
    return (base.count, reacted.map { base.intersection($0).count })
  }

  /// The rows of the leaderboard.
  func rows() -> [[Cell]] {
    let items = Set(events.filter { $0.name == question.event }.compactMap(\.item)).sorted()
    let rows = items.map(row).enumerated().sorted { a, b in
      if a.element.value != b.element.value { return a.element.value > b.element.value }
      if a.element.viewers != b.element.viewers { return a.element.viewers > b.element.viewers }
      return a.offset < b.offset
    }
    return rows.prefix(question.top).map(\.element.cells)
  }

  /// The rows of a preference by segment.
  func preferences() -> [[Cell]] {
    let counted = events.filter { question.eventNames.contains($0.name) && $0.item != nil }
    let segments = Set(counted.map(\.segment)).sorted { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") }
    return segments.flatMap { segment -> [[Cell]] in
      let inside = counted.filter { $0.segment == segment }
      return Set(inside.compactMap(\.item)).sorted().map { item -> [Cell] in
        let part = inside.filter { $0.item == item }
        let share = Double(part.count) / Double(inside.count)
        let ofAll = Double(counted.count { $0.item == item }) / Double(counted.count)
        return [
          segment.map(Cell.text) ?? .null, .text(item), .int(part.count), .int(Set(part.map(\.member)).count),
          .float(share), .float(ofAll), .float(share / ofAll),
        ]
      }
    }
  }
}
