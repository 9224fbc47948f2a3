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
  private var needsSessions: Bool {
    question.triangle || question.attribution != .direct && question.guardrails.isEmpty
  }
  private var isGuarded: Bool { !question.guardrails.isEmpty }

  /// Whether each push stands for itself.
  private var isJoined: Bool { !needsSessions && !question.fatigue }

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    if isJoined { return try join(days, data, into: &answer) }
    let numbers = PushNumbers(groups: SharedGroups(question.fatigue ? [] : question.by), plans: SharedGroups([]))
    let runs = try memberRuns(days, data, numbers, into: &answer)
    let (order, rank) = Self.order(question.fatigue ? [] : numbers.groups.values)
    var walk = PushWalk(self, rank: rank, pushes: numbers.pushes.texts, firstDay: data.lowerBound)
    walk.settle(runs)
    var states = runs.fold(walk) { walk, _, rows in walk.add(rows) }
    var total = states.removeFirst().tally
    for state in states { total.add(state.tally) }
    answer.rows = rows(&total, order)
    note(total, into: &answer)
  }

  /// The rows to be walked member by member.
  func memberRuns(
    _ days: ClosedRange<CommunityDay>, _ data: ClosedRange<CommunityDay>, _ numbers: PushNumbers,
    into answer: inout Answer
  ) throws -> MemberRuns {
    let parts = try scan(days, data).map(into: &answer) { block in
      block.runs.map { part(of: $0, in: block, numbers) }
    }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: resolved.snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "pushes and what followed them")
    return runs
  }

  /// Answers push by push.
  private func join(
    _ days: ClosedRange<CommunityDay>, _ data: ClosedRange<CommunityDay>, into answer: inout Answer
  ) throws {
    let (groups, pushes) = (SharedGroups(question.by), SharedTexts())
    let span = resolved.span(of: days)
    let parts = try scan(days, data).map(into: &answer) { block in
      block.runs.map { run -> JoinPart in
        switch run.place {
        case 0: .sends(PushRows(run, of: block, in: span, texts: pushes, groups: groups))
        case 1 where !isGuarded: .taps(PushRows(run, of: block, in: .min..<(.max), texts: pushes, groups: nil))
        default: .others(MemberRun(run, of: block))
        }
      }
    }.flatMap(\.self)
    let (order, rank) = Self.order(groups.values)
    let (memberCount, others) = (resolved.snapshot.memberCount, parts.compactMap(\.others))
    let join = PushJoin(
      sends: RowsByPush(parts.compactMap(\.sends), pushCount: pushes.count),
      taps: RowsByPush(parts.compactMap(\.taps), pushCount: pushes.count),
      others: (isGuarded ? 1..<names.count : 2..<3).map { name in
        MemberInstants(others.filter { Int($0.name) == name }, memberCount: memberCount)
      },
      windows: windows, hasTaps: !isGuarded, asOf: resolved.asOf.microseconds, rank: rank,
      isOneEach: question.by.contains(PushQuestion.pushColumn), memberCount: memberCount)
    try EngineLimits.check(
      bytes: join.sends.byteCount + join.taps.byteCount + others.reduce(0) { $0 + $1.members.count * 12 },
      of: "pushes and what followed them")
    var total = join.tally()
    answer.rows = rows(&total, order)
    note(total, into: &answer)
  }

  /// Rows of a block as the join takes them.
  private enum JoinPart {
    case sends(PushRows)
    case taps(PushRows)
    case others(MemberRun)

    var sends: PushRows? { if case .sends(let rows) = self { rows } else { nil } }
    var taps: PushRows? { if case .taps(let rows) = self { rows } else { nil } }
    var others: MemberRun? { if case .others(let run) = self { run } else { nil } }
  }

  /// By outcome, in microseconds.
  var windows: [Int64] {
    let leave = question.triangle ? [] : [question.leave.windowSeconds]
    let seconds = isGuarded ? question.guardrails.map(\.windowSeconds) : [question.windowSeconds] + leave
    return seconds.map { $0 * 1_000_000 }
  }

  /// The groups in the order of their values, and by number the place of each.
  private static func order(_ values: [GroupValues]) -> ([GroupValues], rank: [Int]) {
    let order = values.indices.sorted { GroupValues.precedes(values[$0], values[$1]) }
    var rank = [Int](repeating: 0, count: values.count)
    for (place, group) in order.enumerated() { rank[group] = place }
    return (order.map { values[$0] }, rank)
  }

  private func scan(_ days: ClosedRange<CommunityDay>, _ data: ClosedRange<CommunityDay>) throws -> EventScan {
    let longest =
      ([question.windowSeconds, question.leave.windowSeconds] + question.guardrails.map(\.windowSeconds)).max() ?? 0
    // A session may begin long before, and a mean gap is of all that went before.
    let first = needsSessions ? min(data.lowerBound, days.lowerBound) : days.lowerBound - question.daysReadBefore
    // Under braze a window is the member's own, and may be as long as the data.
    let isOpenEnded = needsSessions && (question.attribution == .braze || question.triangle)
    let last = max(data.upperBound, days.upperBound)
    let end = isOpenEnded ? last : min(days.upperBound + Int(longest / 86400) + 2, last)
    var scan = try EventScan(resolved, days: first...end, events: needsSessions ? .qualifyingAnd(names) : .named(names))
    scan.readsTimestamps = true
    let plans = question.triangle ? PlanKinds.columns(question) : []
    scan.columns = Array(Set((question.fatigue ? [] : question.by) + plans + [PushQuestion.pushColumn]))
    return scan
  }

  /// Sends have the number of the push and of the group, taps that of the push, planned pushes that and their kind's.
  private func part(of run: EventRun, in block: EventBlock, _ numbers: PushNumbers) -> MemberRun {
    var part = MemberRun(run, of: block)
    if run.place < 0 { part.name = Int32(names.count) }
    let isSend = run.place == 0
    let isPlan = question.triangle && run.place == PushQuestion.plannedPlace
    guard isSend || isPlan || run.place == 1 && !isGuarded else { return part }
    var rows: [Int] = []
    rows.reserveCapacity(part.members.count)
    block.forEachRow(of: run) { rows.append($0) }
    part.first = numbers.pushes.numbers(of: block.columns[PushQuestion.pushColumn], rows: rows)
    if isSend, !question.fatigue { part.second = numbers.groups.numbers(of: block, rows: rows) }
    if isPlan { part.second = numbers.plans.numbers(of: block, rows: rows) }
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
