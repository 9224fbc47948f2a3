internal import Events
internal import Segments

/// Answers how many members of each cohort came back on exactly the k-th interval after their first.
///
/// Each interval's active members are walked once; a member's cohort is an array look-up, so a triangle costs
/// one pass over the active members of the days from the first cohort on, and under a filter one more for starts.
struct RetentionRun: QuestionPlan {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion
  let scan: DayScan

  private static let none = CohortMap.none

  func run(into answer: inout Answer) throws {
    answer.columns = RetentionTable.columns
    let starts = resolved.periods(question.cohort)
    guard let days = resolved.days, let data = resolved.dataDays, !starts.isEmpty else { return }
    var cohorts = starts.map {
      RetentionTable.Cohort(start: $0, returned: Array(repeating: 0, count: question.lastPeriod + 1))
    }
    // A member's cohort is its place in `cohorts`, or `none` where it started outside the range or never.
    let firstDays = try StartDays(resolved: resolved, scan: scan).firstDays(counting: &answer)
    let cohortMap = CohortMap(firstDays) { cohort(ofDay: $0, from: starts[0], in: days) }
    for (place, size) in cohortMap.sizes(cohortCount: cohorts.count).enumerated() { cohorts[place].size = size }
    var period: (start: CommunityDay, members: MemberSet)?
    func close() {
      guard var closing = period else { return }
      closing.members.finish()
      let now = resolved.calendar.distance(from: starts[0], to: closing.start, question.cohort)
      var counts = Array(repeating: 0, count: cohorts.count)
      cohortMap.count(closing.members, into: &counts)
      for (place, count) in counts.enumerated() {
        let elapsed = now - place
        if elapsed >= 0, elapsed <= question.lastPeriod { cohorts[place].returned[elapsed] += count }
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
    let table = RetentionTable(question: question, resolved: resolved)
    answer.rows = table.rows(cohorts)
    table.addNotes(to: &answer)
  }

  func read(_ resolved: ResolvedQuestion) -> PlannedRead {
    guard let days = resolved.days, let data = resolved.dataDays else { return PlannedRead(days: nil) }
    // Under a filter starts are looked for from the first day on.
    let first = question.filter == nil ? max(data.lowerBound, days.lowerBound) : data.lowerBound
    return PlannedRead(days: first <= data.upperBound ? first...data.upperBound : nil)
  }

  private func cohort(ofDay number: Int32, from first: CommunityDay, in days: ClosedRange<CommunityDay>) -> Int32 {
    guard number != FirstDays.none, days.contains(CommunityDay(number)) else { return Self.none }
    let start = resolved.calendar.start(of: question.cohort, holding: CommunityDay(number))
    return Int32(resolved.calendar.distance(from: first, to: start, question.cohort))
  }
}
