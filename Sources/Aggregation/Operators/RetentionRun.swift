internal import Events
internal import Segments

/// Answers how many members of each cohort came back on exactly the k-th interval after their first.
///
/// Each interval's active members are walked once; a member's cohort is an array look-up, so a triangle costs
/// one pass over the active members of the days from the first cohort on, and under a filter one more for starts.
struct RetentionRun {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion
  let scan: DayScan

  /// One row of the triangle.
  private struct Cohort {
    var start: CommunityDay
    var size = 0
    var returned: [Int]
  }

  private static let none = Int32.min

  func run(into answer: inout Answer, firsts: () throws -> [Int64]) throws {
    answer.columns = [
      AnswerColumn("cohort", .date), AnswerColumn("size", .int), AnswerColumn("period", .int),
      AnswerColumn("returned", .int), AnswerColumn("complete", .bool), AnswerColumn("rate", .float),
      AnswerColumn("low", .float), AnswerColumn("high", .float),
    ]
    let starts = resolved.periods(question.cohort)
    guard let days = resolved.days, let data = resolved.dataDays, !starts.isEmpty else { return }
    var cohorts = starts.map { Cohort(start: $0, returned: Array(repeating: 0, count: question.lastPeriod + 1)) }
    // A member's cohort by key: its place in `cohorts`, or `none` where it started outside the range or never.
    let cohortOf = try startDays(firsts, counting: &answer).map { cohort(ofDay: $0, from: starts[0], in: days) }
    for place in cohortOf where place != Self.none { cohorts[Int(place)].size += 1 }
    var period: (start: CommunityDay, members: MemberSet)?
    func close() {
      guard var closing = period else { return }
      closing.members.finish()
      let now = resolved.calendar.distance(from: starts[0], to: closing.start, question.cohort)
      closing.members.forEach { member in
        let place = cohortOf[Int(member)]
        guard place != Self.none else { return }
        let elapsed = now - Int(place)
        if elapsed >= 0, elapsed <= question.lastPeriod { cohorts[Int(place)].returned[elapsed] += 1 }
      }
      period = nil
    }
    let first = max(data.lowerBound, days.lowerBound)
    if first <= data.upperBound {
      try scan.forEachDay(in: first...data.upperBound) { day, activity in
        let start = resolved.calendar.start(of: question.cohort, holding: day)
        if period?.start != start { close() }
        if period == nil { period = (start, MemberSet(memberCount: scan.snapshot.memberCount)) }
        for group in activity.groups { period!.members.formUnion(group.members) }
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    close()
    answer.rows = pooledRows(cohorts) + cohorts.filter { $0.size > 0 }.flatMap(rows)
    if let note = resolved.partialNote(question.cohort) { answer.notes.append(note) }
    answer.notes.append("Pooled line: sum of returned / sum of sizes over complete cells.")
  }

  /// The day of each member's start: from the member dictionary, or under a filter from a scan.
  private func startDays(_ firsts: () throws -> [Int64], counting answer: inout Answer) throws -> [Int32] {
    guard question.filter == nil else {
      return try StartDays(resolved: resolved, scan: scan).find(counting: &answer)
    }
    var clock = DayClock(resolved.zone)
    return try firsts().map { $0 < resolved.asOf.microseconds ? clock.day(of: $0).number : StartDays.none }
  }

  private func cohort(ofDay number: Int32, from first: CommunityDay, in days: ClosedRange<CommunityDay>) -> Int32 {
    guard number != StartDays.none, days.contains(CommunityDay(number)) else { return Self.none }
    let start = resolved.calendar.start(of: question.cohort, holding: CommunityDay(number))
    return Int32(resolved.calendar.distance(from: first, to: start, question.cohort))
  }

  private enum CellState { case complete, inProgress, future }

  private func state(_ cohort: CommunityDay, _ period: Int) -> CellState {
    let start = resolved.calendar.start(cohort, advancedBy: period, question.cohort)
    let end = resolved.calendar.start(start, advancedBy: 1, question.cohort)
    return resolved.hasEnded(before: end) ? .complete : resolved.hasBegun(start) ? .inProgress : .future
  }

  private func rows(of cohort: Cohort) -> [[Cell]] {
    cohort.returned.indices.map { period in
      let head: [Cell] = [.day(cohort.start), .int(cohort.size), .int(period)]
      let state = state(cohort.start, period)
      if state == .future { return head + [.null, .bool(false), .null, .null, .null] }
      return head + Self.figures(cohort.returned[period], of: cohort.size, complete: state == .complete)
    }
  }

  private static func figures(_ returned: Int, of size: Int, complete: Bool) -> [Cell] {
    let interval = WilsonInterval(successes: returned, trials: size)
    return [
      .int(returned), .bool(complete), .ratio(returned, of: size), interval.map { .float($0.low) } ?? .null,
      interval.map { .float($0.high) } ?? .null,
    ]
  }

  /// Sums over complete cells; null where no cell of the period is complete.
  private func pooledRows(_ cohorts: [Cohort]) -> [[Cell]] {
    let present = cohorts.filter { $0.size > 0 }
    if present.isEmpty { return [] }
    return (0...question.lastPeriod).map { period in
      let complete = present.filter { state($0.start, period) == .complete }
      guard !complete.isEmpty else {
        return [.null, .null, .int(period), .null, .bool(false), .null, .null, .null]
      }
      let size = complete.reduce(0) { $0 + $1.size }
      let returned = complete.reduce(0) { $0 + $1.returned[period] }
      return [.null, .int(size), .int(period)] + Self.figures(returned, of: size, complete: true)
    }
  }
}
