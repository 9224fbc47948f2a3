internal import Events
internal import Segments

/// Answers retention with a start in every cohort: a bit for each interval in which a member was active, from the
/// active members of each day, so that indexes answer it.
///
/// ```
/// member 7     intervals with a start      1 0 1 1 0
///              intervals with a return     1 0 1 1 0 1
///              the same, one later         0 1 1 0 1        and with the starts: who came back in period 1
/// ```
/// That is all that counts where the start is itself a return: any other return of its interval changes nothing, and
/// those of later intervals come after it.
struct RecurringRun: QuestionPlan {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion

  /// Whether intervals are enough: of the calendar, with one filter for starts and returns.
  static func serves(_ question: RetentionQuestion, _ resolved: ResolvedQuestion) -> Bool {
    guard case .recurring(let kind) = question.start, question.clock == .calendar, question.startFilter == nil,
      question.returnFilter == nil
    else { return false }
    let returnsWithStart = question.returns.isEmpty || kind.map(question.returns.contains) ?? false
    guard returnsWithStart, resolved.store.settings.schema.passiveEvents.isDisjoint(with: question.eventNames) else {
      return false
    }
    guard let days = read(resolved) else { return true }
    // Where clocks turn back over midnight, an interval goes on after the next one began.
    return (days.lowerBound.number...days.upperBound.number + 1).allSatisfy {
      !resolved.zone.turnsBackOver(midnightOf: CommunityDay($0))
    }
  }

  /// The days that can hold starts and returns.
  private static func read(_ resolved: ResolvedQuestion) -> ClosedRange<CommunityDay>? {
    guard let days = resolved.days, let data = resolved.dataDays else { return nil }
    let first = max(days.lowerBound, data.lowerBound)
    return first <= data.upperBound ? first...data.upperBound : nil
  }

  func read(_ resolved: ResolvedQuestion) -> PlannedRead { PlannedRead(days: Self.read(resolved)) }

  func run(into answer: inout Answer) throws {
    answer.columns = RetentionTable.columns
    let table = RetentionTable(question: question, resolved: resolved)
    let periods = resolved.periods(question.cohort)
    guard let days = resolved.days, !periods.isEmpty else { return }
    var intervals = try ActiveIntervals(
      memberCount: resolved.snapshot.memberCount,
      intervalCount: count(from: periods[0], through: Self.read(resolved)?.upperBound ?? periods[0]))
    if let read = Self.read(resolved) {
      let scan = try resolved.dayScan(by: question.eventNames.isEmpty ? [] : ["event"])
      try scan.forEachDay(in: read) { day, activity in
        let place = count(from: periods[0], through: day) - 1
        for group in activity.groups {
          let isReturn = matches(group, question.returns)
          let isStart = days.contains(day) && matches(group, question.startKind.map { [$0] } ?? [])
          intervals.insert(group.members, place: place, isStart: isStart, isReturn: isReturn)
        }
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    let isComplete = question.cells.map { cell in periods.map { table.state($0, cell) == .complete } }
    let counts = intervals.counts(question, cohortCount: periods.count, isComplete: isComplete)
    let cohorts = periods.indices.map { place in
      RetentionTable.Cohort(
        start: periods[place], size: counts.sizes[place],
        returned: question.cells.indices.map { counts.returned[$0 * periods.count + place] })
    }
    answer.rows = table.rows(cohorts, clusters: counts.clusters)
    table.addNotes(to: &answer)
  }

  /// Intervals from the one that starts on `first` to the one that holds `day`.
  private func count(from first: CommunityDay, through day: CommunityDay) -> Int {
    let start = resolved.calendar.start(of: question.cohort, holding: day)
    return resolved.calendar.distance(from: first, to: start, question.cohort) + 1
  }

  private func matches(_ group: DayActivity.Group, _ kinds: [String]) -> Bool {
    if kinds.isEmpty { return true }
    guard let name = group.values.texts.first ?? nil else { return false }
    return kinds.contains { $0.utf8.elementsEqual(name.utf8) }
  }
}
