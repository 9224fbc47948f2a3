internal import Events
internal import Segments

/// Answers how many sessions began in each interval.
///
/// ```
/// from      |           day 1            |           day 2            |     to
/// member    ·  ·   (pause)  · · ·        |  · ·    (pause)   ·  ·  ·  |  ·   (pause)
///           session 1       session 2    …continues          session 3   …continues
/// ```
/// Events are walked in the order of time with a state a member, ranges of members on all cores. Reading begins early
/// enough, and goes on late enough, that a pause is found on both sides: a session is never cut by the range.
struct SessionsRun: QuestionPlan {
  let question: SessionsQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns =
      [AnswerColumn("period", .date)] + ["sessions", "members", "events"].map { AnswerColumn($0, .int) }
      + ["mean_seconds", "median_seconds", "p90_seconds"].map { AnswerColumn($0, .float) }
      + [AnswerColumn("complete", .bool)]
    guard let days = resolved.days else { return }
    let periods = resolved.periods(question.granularity)
    var tallies = [SessionTally](repeating: SessionTally(), count: periods.count)
    if let data = resolved.dataDays, data.overlaps(days) {
      tallies = try self.tallies(days, data: data, into: &answer)
    }
    let openCount = tallies.reduce(0) { $0 + $1.openCount }
    for (period, cells) in zip(periods, SessionTally.cells(of: &tallies)) {
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      let complete = Cell.bool(resolved.hasEnded(before: end))
      guard resolved.hasBegun(period) else {
        answer.rows.append([.day(period)] + Array(repeating: Cell.null, count: 6) + [complete])
        continue
      }
      answer.rows.append([.day(period)] + cells + [complete])
    }
    if let note = resolved.partialNote(question.granularity) { answer.notes.append(note) }
    if openCount > 0 {
      answer.notes.append(
        "\(openCount) session\(openCount == 1 ? " was" : "s were") open at as-of, and may still grow longer.")
    }
  }

  /// Reads `days` and as many beside them as it takes to find pauses; by interval.
  private func tallies(_ days: ClosedRange<CommunityDay>, data: ClosedRange<CommunityDay>, into answer: inout Answer)
    throws -> [SessionTally]
  {
    var margin = 1
    while true {
      let read = (days.lowerBound - margin...days.upperBound + margin).clamped(to: data)
      var walks = SessionWalks(question: question, resolved: resolved, days: days, read: read)
      var scan = try EventScan(resolved, days: read)
      scan.readsTimestamps = true
      var cost = answer
      try TimelineScan(scan: scan, resolved: resolved).forEachStretch(into: &cost, marks: { _ in { _ in .all(0) } }) {
        walks.add($0)
      }
      walks.finish()
      if !walks.needMore(than: read, of: data) {
        answer.statistics = cost.statistics
        return walks.tallies
      }
      margin *= 4
    }
  }
}
