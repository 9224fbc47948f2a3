internal import Columns
internal import Events
internal import Segments

/// Answers what pushes did: the rows of sends, taps and guardrails, and for influenced opens those of sessions, member
/// by member.
struct PushRun: QuestionPlan {
  let question: PushQuestion
  let resolved: ResolvedQuestion

  /// Names of events by place: sends, then taps, then guardrails; other activity behind them.
  var names: [String] { question.eventNames }
  private var needsSessions: Bool { question.attribution != .direct && question.guardrails.isEmpty }
  private var isGuarded: Bool { !question.guardrails.isEmpty }

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let groups = SharedGroups(question.fatigue ? [] : question.by)
    let pushes = SharedTexts()
    let parts = try scan(days, data).map(into: &answer) { block in
      block.runs.map { part(of: $0, in: block, groups, pushes) }
    }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: resolved.snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "pushes and what followed them")
    let values = question.fatigue ? [] : groups.values
    let order = values.indices.sorted { GroupValues.precedes(values[$0], values[$1]) }
    var rank = [Int](repeating: 0, count: values.count)
    for (place, group) in order.enumerated() { rank[group] = place }
    var walk = PushWalk(self, rank: rank, pushes: pushes.texts, firstDay: data.lowerBound)
    walk.settle(runs)
    var states = runs.fold(walk) { walk, _, rows in walk.add(rows) }
    var total = states.removeFirst().tally
    for state in states { total.add(state.tally) }
    answer.rows = rows(&total, order.map { values[$0] })
    note(total, into: &answer)
  }

  private func scan(_ days: ClosedRange<CommunityDay>, _ data: ClosedRange<CommunityDay>) throws -> EventScan {
    let longest =
      ([question.windowSeconds, question.leave.windowSeconds] + question.guardrails.map(\.windowSeconds)).max() ?? 0
    // A session may begin long before, and a mean gap is of all that went before.
    let first = needsSessions ? min(data.lowerBound, days.lowerBound) : days.lowerBound - question.daysReadBefore
    let end = min(days.upperBound + Int(longest / 86400) + 2, max(data.upperBound, days.upperBound))
    var scan = try EventScan(resolved, days: first...end, events: needsSessions ? .qualifyingAnd(names) : .named(names))
    scan.readsTimestamps = true
    scan.columns = Array(Set((question.fatigue ? [] : question.by) + [PushQuestion.pushColumn]))
    return scan
  }

  /// Sends have the number of the push and of the group, taps that of the push.
  private func part(of run: EventRun, in block: EventBlock, _ groups: SharedGroups, _ pushes: SharedTexts) -> MemberRun
  {
    var part = MemberRun(run, of: block)
    if run.place < 0 { part.name = Int32(names.count) }
    let isSend = run.place == 0
    guard isSend || run.place == 1 && !isGuarded else { return part }
    var rows: [Int] = []
    rows.reserveCapacity(part.members.count)
    block.forEachRow(of: run) { rows.append($0) }
    part.first = pushes.numbers(of: block.columns[PushQuestion.pushColumn], rows: rows)
    if isSend, !question.fatigue { part.second = groups.numbers(of: block, rows: rows) }
    return part
  }

  private var columns: [AnswerColumn] {
    let groups = question.fatigue ? [AnswerColumn("received", .int)] : question.by.map { AnswerColumn($0, .string) }
    if isGuarded {
      return groups + [AnswerColumn("guardrail", .string)]
        + ["sent", "matured", "affected"].map { AnswerColumn($0, .int) }
        + ["rate", "low", "high"].map { AnswerColumn($0, .float) }
    }
    let opened = AnswerColumn("opened", question.attribution == .baselineAdjusted ? .float : .int)
    return groups + ["sent", "matured"].map { AnswerColumn($0, .int) } + [opened]
      + ["open_rate", "low", "high"].map { AnswerColumn($0, .float) }
      + ["left_matured", "left"].map { AnswerColumn($0, .int) } + [AnswerColumn("left_rate", .float)]
  }

  private func rows(_ tally: inout PushTally, _ groups: [GroupValues]) -> [[Cell]] {
    tally.sent.indices.filter { tally.sent[$0] > 0 }.flatMap { group -> [[Cell]] in
      let head = question.fatigue ? [Cell.int(group)] : groups[group].cells
      let sent = Cell.int(tally.sent[group])
      if isGuarded {
        return question.guardrails.indices.map { place in
          let sums = tally.sums[group][place]
          return head + [.text(question.guardrails[place].event), sent, .int(sums.n), .int(sums.x)] + rate(sums)
        }
      }
      let (opens, left) = (tally.sums[group][0], tally.sums[group][1])
      var middle = [Cell.int(opens.n), .int(opens.x)] + rate(opens)
      if question.attribution == .baselineAdjusted {
        // Counted in twelfths, which a mean of one to four weeks is.
        let opened = Double(opens.x) / 12
        middle = [.int(opens.n), .float(opened), opens.n == 0 ? .null : .float(opened / Double(opens.n)), .null, .null]
      }
      return [head + [sent] + middle + [.int(left.n), .int(left.x), .ratio(left.x, of: left.n)]]
    }
  }

  private func rate(_ sums: ClusterSums) -> [Cell] {
    let interval = sums.interval
    return [
      .ratio(sums.x, of: sums.n), interval.map { .float($0.low) } ?? .null, interval.map { .float($0.high) } ?? .null,
    ]
  }

  private func note(_ tally: PushTally, into answer: inout Answer) {
    if tally.nameless > 0 {
      answer.notes.append("Not counted: \(tally.nameless) rows of \(question.send) without a push.")
    }
    guard question.guardrails.isEmpty else { return }
    switch question.attribution {
    case .direct: break
    case .window, .braze:
      answer.notes.append(
        "Influenced opens follow the traffic of the hour: \(tally.credits) credits for \(tally.distinct) distinct "
          + "sessions. Opens by a tap are not among them.")
    case .baselineAdjusted:
      answer.notes.append(
        "Sessions beyond the baseline, which may be fewer than none; \(tally.withoutBaseline) sends have no week "
          + "without a push before them and are left out.")
    }
  }
}
