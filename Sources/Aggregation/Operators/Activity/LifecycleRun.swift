internal import Events
internal import Segments

/// Answers who is new, returns, comes back or falls silent: the members of each interval are walked once, and each
/// one's last interval and first day are array look-ups.
///
/// ```
///                      active in it   in the one before   before that
/// new                  yes            –                   –              the first day lies in it
/// returning            yes            yes
/// resurrected          yes            no                  yes
/// dormant              no             yes
/// ```
struct LifecycleRun: QuestionPlan {
  let question: LifecycleQuestion
  let resolved: ResolvedQuestion
  let scan: DayScan

  private struct Counts {
    var new = 0
    var returning = 0
    var resurrected = 0
    var dormant = 0
  }

  func run(into answer: inout Answer) throws {
    answer.columns =
      [AnswerColumn("period", .date)] + ["new", "returning", "resurrected", "dormant"].map { AnswerColumn($0, .int) }
      + [AnswerColumn("pulse", .float), AnswerColumn("complete", .bool)]
    let periods = resolved.periods(question.granularity)
    guard let first = periods.first, let last = periods.last else { return }
    let counts = try counts(from: first, through: last, into: &answer)
    let noHistory = resolved.dataDays.map { resolved.calendar.start(of: question.granularity, holding: $0.lowerBound) }
    answer.rows = periods.map { period in
      let hasHistory = noHistory.map { period > $0 } ?? false
      return row(of: period, hasHistory ? counts[period] : nil)
    }
    if let note = resolved.partialNote(question.granularity) {
      answer.notes.append(note + " The interval before counts whole.")
    }
    if let noHistory, first <= noHistory {
      answer.notes.append("No history: nothing is known of who came before the \(word) of \(noHistory).")
    }
  }

  private var word: String { question.granularity.rawValue }

  private func counts(from first: CommunityDay, through last: CommunityDay, into answer: inout Answer) throws
    -> [CommunityDay: Counts]
  {
    let firstDays = try StartDays(resolved: resolved, scan: scan).days(counting: &answer)
    var counts: [CommunityDay: Counts] = [:]
    var before = MemberSet(memberCount: scan.snapshot.memberCount)
    // Whether a member is in `before`, by key.
    var wasActive = [Bool](repeating: false, count: scan.snapshot.memberCount)
    let begin = resolved.calendar.start(first, advancedBy: -1, question.granularity)
    let walk = PeriodScan(resolved: resolved, scan: scan, granularity: question.granularity)
    try walk.forEachPeriod(from: begin, through: last, into: &answer) { period in
      var found = Counts(dormant: before.count)
      period.inRange.forEach { member in
        let member = Int(member)
        if wasActive[member] { found.dormant -= 1 }
        if firstDays[member] >= period.start.number {
          found.new += 1
        } else if wasActive[member] {
          found.returning += 1
        } else {
          found.resurrected += 1
        }
      }
      counts[period.start] = found
      before.forEach { wasActive[Int($0)] = false }
      before = period.whole
      before.forEach { wasActive[Int($0)] = true }
    }
    return counts
  }

  private func row(of period: CommunityDay, _ counts: Counts?) -> [Cell] {
    let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
    let isComplete = resolved.hasEnded(before: end)
    guard let counts, resolved.hasBegun(period) else {
      return [.day(period), .null, .null, .null, .null, .null, .bool(isComplete)]
    }
    let head: [Cell] = [.day(period), .int(counts.new), .int(counts.returning), .int(counts.resurrected)]
    guard isComplete else { return head + [.null, .null, .bool(false)] }
    return head + [.int(counts.dormant), .ratio(counts.new + counts.resurrected, of: counts.dormant), .bool(true)]
  }
}
