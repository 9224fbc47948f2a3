internal import Columns
internal import Events
internal import Segments
internal import Synchronization

/// Answers the leaderboard: rows of all events named, counted item by item. Where views or viewers rank, only items that
/// can be shown are counted.
struct ContentRun: QuestionPlan {
  let question: ContentQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = [AnswerColumn(question.item, .string)]
    answer.columns += question.byAge ? ContentAges.columns(of: question) : columns
    guard let days = resolved.days else { return }
    var events = try ItemEvents(question, resolved, days, names: question.eventNames, into: &answer)
    let followers = try followers(into: &answer)
    let items: [ItemCounts]
    if question.rank.isRate {
      events.take()
      items = counts(events.numbers, of: events, followers)
    } else {
      items = leaders(of: &events, followers)
    }
    let shown = top(items, events.names)
    if question.byAge {
      return try ContentAges(question: question, resolved: resolved, followers: followers)
        .rows(shown, days, into: &answer)
    }
    answer.rows = shown.map(row)
    note(into: &answer)
  }

  /// Those whom rates are shares of: of the whole community, whatever the filter of the question.
  private func followers(into answer: inout Answer) throws -> FollowerCounts? {
    guard question.denominator == .followers else { return nil }
    var joined = FollowersQuestion()
    joined.scope.zone = question.scope.zone
    let counts = try FollowerCounts(joined, resolved.asking(joined), into: &answer)
    answer.notes += counts.notes(without: "rate by followers", hasFlags: false)
    return counts
  }

  /// Takes and counts the items that can be among those shown: few, where some have many more views than others.
  private func leaders(of events: inout ItemEvents, _ followers: FollowerCounts?) -> [ItemCounts] {
    let count = min(question.top, 1 << 20)
    let bounds = events.bounds(frequentCount: max(16, 8 * count))
    var least = bounds.bound(reachedBy: 2 * count)
    // What the leaders of a guess reach is a bound that the true ones reach.
    for _ in 0..<2 where least > bounds.others {
      events.take(bounds.names(reaching: least))
      let items = counts(events.numbers, of: events, followers)
      guard items.count >= count else { break }
      let values = items.map { Double(question.rank == .views ? $0.views : $0.viewers) }
      let reached = Int(values.leastOfGreatest(count))
      if reached >= least { return items }
      least = reached
    }
    events.take()
    return counts(top(views(of: events), events.names).map(\.number), of: events, followers)
  }

  /// Views and viewers of all items taken.
  private func views(of events: ItemEvents) -> [ItemCounts] {
    counted(events.numbers) { counter, number in counter.views(of: number, events) }
  }

  /// Counts items in full.
  private func counts(_ numbers: [Int], of events: ItemEvents, _ followers: FollowerCounts?) -> [ItemCounts] {
    counted(numbers) { counter, number in
      var counts = counter.counts(of: number, events)
      if let followers { counts.base = events.firstDay(of: number).flatMap(followers.followers) }
      return counts
    }
  }

  /// What `body` makes of each of `numbers`, in their order; each core has a counter of its own.
  private func counted(
    _ numbers: [Int], _ body: @Sendable (inout ItemCounter, Int) -> ItemCounts
  ) -> [ItemCounts] {
    let chunk = max(1, min(256, numbers.count / (64 * EngineLimits.coreCount)))
    let next = Atomic<Int>(0)
    let parts = onAllCores(EngineLimits.coreCount) { _ in
      var counter = ItemCounter(memberCount: resolved.snapshot.memberCount, denominator: question.denominator)
      var parts: [(start: Int, counts: [ItemCounts])] = []
      while true {
        let start = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
        if start >= numbers.count { return parts }
        let part = numbers[start..<min(numbers.count, start + chunk)]
        parts.append((start, part.map { body(&counter, $0) }))
      }
    }
    return parts.joined().sorted { $0.start < $1.start }.flatMap(\.counts)
  }

  private var columns: [AnswerColumn] {
    ["views", "viewers", "likes", "comments", "shares"].map { AnswerColumn($0, .int) }
      + ["like_rate", "comment_rate", "share_rate", "low"].map { AnswerColumn($0, .float) }
      + (question.denominator == .followers ? Self.reachColumns : [])
  }

  /// Followers and the share of them that viewers are.
  static let reachColumns = [AnswerColumn("followers", .int), AnswerColumn("reach_rate", .float)]

  private func note(into answer: inout Answer) {
    let meaning =
      switch question.denominator {
      case .viewers: "shares of an item's viewers who also did it"
      case .delivered: "shares of an item's members to whom it was delivered who also did it"
      case .followers: "members who did it by followers at the start of the day of the item's first view"
      }
    answer.notes.append(
      "Rates are \(meaning); low is the lower end of "
        + "\(question.rank.isRate ? question.rank.rawValue : "like_rate")'s 95 % Wilson interval.")
  }

  private func low(_ item: ItemCounts) -> Double? {
    guard let base = item.base else { return nil }
    let successes = question.rank == .reachRate ? item.viewers : item.reacted[question.rank.reaction ?? 0]
    return WilsonInterval(successes: min(successes, base), trials: base)?.low
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
      + item.reacted.map { .ratio($0, of: item.base ?? 0) } + [low(item).map(Cell.float) ?? .null]
      + (question.denominator == .followers ? Self.reach(item.viewers, of: item.base) : [])
  }

  /// The cells of ``reachColumns``.
  static func reach(_ viewers: Int, of followers: Int?) -> [Cell] {
    [followers.map(Cell.int) ?? .null, .ratio(viewers, of: followers ?? 0)]
  }
}

extension [Double] {
  /// The least of the `count` greatest; of fewer, less than all of them.
  fileprivate func leastOfGreatest(_ count: Int) -> Double {
    if self.count < count { return -.infinity }
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
