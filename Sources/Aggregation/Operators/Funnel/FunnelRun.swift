internal import Columns
internal import Events
internal import Segments

/// Answers a funnel: only rows of its events are read, and of these only what the question needs.
///
/// The plain kind (first entry, in order, no breakdown) is swept event by event over an array a step, see
/// ``FunnelSweep``; any other is walked member by member, see ``FunnelSearch``.
struct FunnelRun: QuestionPlan {
  let question: FunnelQuestion
  let resolved: ResolvedQuestion
  /// Names of the steps, then of what excludes, each once. In strict order other activity is read too: its place is the
  /// one behind them.
  let names: [String]
  /// The place in `names` of each step.
  let steps: [Int]
  /// Places in `names` of events that exclude.
  let exclusions: [Int]
  private let held: HeldColumn?

  init(question: FunnelQuestion, resolved: ResolvedQuestion) throws {
    (self.question, self.resolved) = (question, resolved)
    let schema = resolved.store.settings.schema
    try question.check(schema.dimensions)
    held = try question.hold.map { try HeldColumn($0, dimensions: schema.dimensions) }
    var names: [String] = []
    func place(_ name: String) -> Int {
      if let known = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return known }
      names.append(name)
      return names.count - 1
    }
    steps = question.steps.map { place($0) }
    exclusions = question.exclude.map { place($0) }
    self.names = names
  }

  /// Half-open: where a path may start.
  var entrySpan: Range<Int64> {
    guard let days = resolved.days else { return 0..<0 }
    let start = resolved.zone.start(of: days.lowerBound).microseconds
    return start..<max(start, resolved.zone.start(of: days.upperBound + 1).microseconds)
  }

  var windowMicroseconds: Int64 { question.windowSeconds * 1_000_000 }

  func run(into answer: inout Answer) throws {
    answer.columns = question.by.map { AnswerColumn($0, .string) }
    answer.columns += [
      AnswerColumn("step", .int), AnswerColumn("event", .string), AnswerColumn("members", .int),
      AnswerColumn("from_start", .float), AnswerColumn("from_previous", .float),
      AnswerColumn("median_seconds", .float), AnswerColumn("p90_seconds", .float),
    ]
    guard let days = resolved.days else { return }
    // Windows go on after the last day; a day of 25 hours, and the rest of the first one, are one more.
    let windowDays = Int(question.windowSeconds / 86400) + 2
    let last = min(days.upperBound + windowDays, max(days.upperBound, resolved.dataDays?.upperBound ?? days.upperBound))
    let isPlain =
      question.entry == .first && question.order == .ordered && held == nil && question.by.isEmpty
      && Set(steps).count == steps.count
    let read = days.lowerBound...last
    var tally = isPlain ? try FunnelSweep(self).tally(read, into: &answer) : try walk(read, into: &answer)
    note(tally, into: &answer)
    answer.rows = tally.rows(question)
  }

  /// Members that do not count, and what row k means in any order.
  private func note(_ tally: FunnelTally, into answer: inout Answer) {
    if tally.leftOut > 0 {
      answer.notes.append("Left out: \(tally.leftOut) members, whose window is open at as-of.")
    }
    if tally.excluded > 0 {
      answer.notes.append(
        "Dropped: \(tally.excluded) members, who did \(question.exclude.joined(separator: " or ")) on the way.")
    }
    if question.order == .any {
      answer.notes.append("In any order: row k counts members with at least k of the steps.")
    }
    if question.openWindows == .include {
      answer.notes.append("Open windows are included: recent members had less time to go on.")
    }
  }

  private func walk(_ days: ClosedRange<CommunityDay>, into answer: inout Answer) throws -> FunnelTally {
    var scan = try EventScan(
      resolved, days: days, events: question.order == .strict ? .qualifyingAnd(names) : .named(names))
    scan.readsTimestamps = true
    scan.columns = question.by + (held.map { [$0.column] } ?? [])
    let texts = SharedTexts()
    let groups = SharedGroups(question.by)
    let (held, by, other) = (held, question.by, Int32(names.count))
    let parts = try scan.map(into: &answer) { block in
      let column = held.flatMap { held in block.columns[held.column].map { held.texts(of: $0) } }
      return block.runs.map { run in
        var part = MemberRun(run, of: block)
        if run.place < 0 { part.name = other }
        if held == nil, by.isEmpty { return part }
        var rows: [Int] = []
        block.forEachRow(of: run) { rows.append($0) }
        if held != nil { part.first = texts.numbers(of: column, rows: rows) }
        if !by.isEmpty { part.second = groups.numbers(of: block, rows: rows) }
        return part
      }
    }
    let values = by.isEmpty ? [GroupValues(texts: [])] : groups.values
    let order = values.indices.sorted { GroupValues.precedes(values[$0], values[$1]) }
    var rank = [Int](repeating: 0, count: values.count)
    for (place, group) in order.enumerated() { rank[group] = place }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: resolved.snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "events of the steps")
    let initial = FunnelWalk(
      search: FunnelSearch(self, rank: rank),
      tally: FunnelTally(stepCount: steps.count, groups: order.map { values[$0] }))
    let asOf = resolved.asOf.microseconds
    let window = windowMicroseconds
    let isIncluded = question.openWindows == .include
    let states = runs.fold(initial) { state, _, rows in
      guard state.search.find(in: rows) else { return }
      if !isIncluded, state.search.best[0] + window > asOf {
        state.tally.leftOut += 1
      } else if state.search.isExcluded(in: rows) {
        state.tally.excluded += 1
      } else {
        state.tally.add(state.search.best, group: state.search.bestRank)
      }
    }
    var total = states[0].tally
    for state in states.dropFirst() { total.add(state.tally) }
    return total
  }
}

/// What a core needs to walk.
private struct FunnelWalk {
  var search: FunnelSearch
  var tally: FunnelTally
}
