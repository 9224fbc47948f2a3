internal import Columns
internal import Dispatch
internal import Events
internal import Segments
internal import Synchronization

/// Answers the leaderboard: pairs of item and member of all events named, counted item by item.
struct ContentRun: QuestionPlan {
  let question: ContentQuestion
  let resolved: ResolvedQuestion

  private var isDelivered: Bool { question.denominator == .delivered }

  func run(into answer: inout Answer) throws {
    answer.columns = [AnswerColumn(question.item, .string)]
    answer.columns += question.byAge ? ContentAges.columns : Self.columns
    guard let days = resolved.days else { return }
    let names = [question.event] + question.reactions + (isDelivered ? [question.delivery] : [])
    let isByRate = question.rank.reaction != nil
    var events = try ItemEvents(question, resolved, days, names: names, into: &answer)
    if isByRate { events.addOthers() }
    // Where a rate decides, all items are counted in full; else only those that are shown.
    var shown = top(counts(of: events.numbers, events, isWhole: isByRate), events.names)
    if question.byAge {
      return try ContentAges(question: question, resolved: resolved).rows(shown, days, into: &answer)
    }
    if !isByRate {
      let numbers = shown.map(\.number)
      events.addOthers(of: numbers)
      shown = top(counts(of: numbers, events, isWhole: true), events.names)
    }
    answer.rows = shown.map(row)
    note(into: &answer)
  }

  /// Counts items on all cores.
  private func counts(of items: [Int], _ events: ItemEvents, isWhole: Bool) -> [ItemCounts] {
    let chunk = 256
    let next = Atomic<Int>(0)
    let parts = Mutex<[(start: Int, counts: [ItemCounts])]>([])
    DispatchQueue.concurrentPerform(iterations: EngineLimits.coreCount) { _ in
      var counter = ItemCounter(memberCount: resolved.snapshot.memberCount, isDelivered: isDelivered)
      while true {
        let start = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
        if start >= items.count { break }
        let part = items[start..<min(items.count, start + chunk)]
        let counts = isWhole ? part.map { counter.counts(of: $0, events) } : counter.views(of: part, events)
        parts.withLock { $0.append((start, counts)) }
      }
    }
    return parts.withLock { $0.sorted { $0.start < $1.start }.flatMap(\.counts) }
  }

  private static var columns: [AnswerColumn] {
    ["views", "viewers", "likes", "comments", "shares"].map { AnswerColumn($0, .int) }
      + ["like_rate", "comment_rate", "share_rate", "low"].map { AnswerColumn($0, .float) }
  }

  private func note(into answer: inout Answer) {
    let who = isDelivered ? "members to whom it was delivered" : "viewers"
    answer.notes.append(
      "Rates are shares of an item's \(who) who also did it; low is the lower end of "
        + "\(question.rank.reaction == nil ? "like_rate" : question.rank.rawValue)'s 95 % Wilson interval.")
  }

  private func low(_ item: ItemCounts) -> Double? {
    WilsonInterval(successes: item.reacted[question.rank.reaction ?? 0], trials: item.base)?.low
  }

  /// The first of the order, greatest first; equal ones by viewers, then by name.
  private func top(_ items: [ItemCounts], _ names: StringTable) -> [ItemCounts] {
    let values = items.map { item in
      switch question.rank {
      case .viewers: Double(item.viewers)
      case .views: Double(item.views)
      default: low(item) ?? -1
      }
    }
    let least = values.leastOfGreatest(question.top)
    var items = items
    let reaching = items.indices.filter { values[$0] >= least }
    for place in reaching { items[place].name = names.string(UInt32(items[place].number)) }
    let kept = reaching.sorted { a, b in
      if values[a] != values[b] { return values[a] > values[b] }
      if items[a].viewers != items[b].viewers { return items[a].viewers > items[b].viewers }
      return items[a].name.utf8.lexicographicallyPrecedes(items[b].name.utf8)
    }
    return kept.prefix(question.top).map { items[$0] }
  }

  private func row(_ item: ItemCounts) -> [Cell] {
    [.text(item.name), .int(item.views), .int(item.viewers)] + item.reactions.map(Cell.int)
      + item.reacted.map { .ratio($0, of: item.base) } + [low(item).map(Cell.float) ?? .null]
  }
}

extension [Double] {
  /// The least of the `count` greatest; of fewer, less than all of them.
  fileprivate func leastOfGreatest(_ count: Int) -> Double {
    if self.count <= count { return -.infinity }
    if count > 256 { return sorted(by: >)[count - 1] }
    var greatest = [Double](repeating: -.infinity, count: count)
    for value in self where value > greatest[count - 1] {
      var place = count - 1
      while place > 0, greatest[place - 1] < value {
        greatest[place] = greatest[place - 1]
        place -= 1
      }
      greatest[place] = value
    }
    return greatest[count - 1]
  }
}
