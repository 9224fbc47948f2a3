internal import Columns
internal import Events
internal import Segments

/// Answers every form of retention: events are walked in the order of time, and each start keeps a bit for every period
/// in which its member returned.
///
/// ```
/// starts    member  cohort  instant      periods with a return
///   0       7       0       03-01 09:12  1 0 1 1 0 …
///   1       7       2       03-03 20:40  1 1 0 …            ──▶ 0, the member's start before
/// ```
struct RetentionWalkRun: QuestionPlan {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = RetentionTable.columns
    let table = RetentionTable(question: question, resolved: resolved)
    let periods = resolved.periods(question.cohort)
    guard let days = resolved.days, let data = resolved.dataDays, !periods.isEmpty else { return }
    var starts = RetentionStarts(question: question, resolved: resolved, days: days)
    var read = days.lowerBound...max(days.upperBound, data.upperBound)
    if let instants = try knownStarts() {
      try starts.preload(instants)
    } else if !question.isRecurring {
      // Whoever started before the range is in none of its cohorts.
      read = min(data.lowerBound, days.lowerBound)...read.upperBound
    }
    if read.overlaps(data) {
      let marks = RetentionMarks(question: question, passive: resolved.store.settings.schema.passiveEvents)
      var scan = try EventScan(
        resolved, days: read.clamped(to: data), events: marks.events(hasStarts: starts.isPreloaded))
      scan.readsTimestamps = true
      scan.columns = [question.startFilter, question.returnFilter].compactMap(\.self).flatMap { Array($0.columns) }
      let isPreloaded = starts.isPreloaded
      try TimelineScan(scan: scan, resolved: resolved).forEachStretch(
        into: &answer, marks: { marks.reader(of: $0, hasStarts: isPreloaded) }
      ) { try starts.add($0) }
    }
    let (cohorts, clusters) = starts.counted(by: table, periods: periods)
    answer.rows = table.rows(cohorts, clusters: question.isRecurring ? clusters : nil)
    table.addNotes(to: &answer)
  }

  func read(_ resolved: ResolvedQuestion) -> PlannedRead {
    guard let days = resolved.days, let data = resolved.dataDays, days.lowerBound <= data.upperBound else {
      return PlannedRead(days: nil)
    }
    let knowsStarts = !question.isRecurring && question.filter == nil && question.startFilter == nil
    let first = knowsStarts || question.isRecurring ? max(days.lowerBound, data.lowerBound) : data.lowerBound
    let marks = RetentionMarks(question: question, passive: [])
    if case .named(let names) = marks.events(hasStarts: knowsStarts) {
      return PlannedRead(days: first...data.upperBound, events: names)
    }
    return PlannedRead(days: first...data.upperBound)
  }

  /// First instants ever by member, where the member dictionary knows them; it still does when the events expired.
  private func knownStarts() throws -> [Int64]? {
    guard case .first(let kind) = question.start, question.filter == nil, question.startFilter == nil else {
      return nil
    }
    guard let kind else { return try resolved.firstInstants() }
    return try resolved.store.firstInstants(ofEvent: kind, resolved.snapshot)
  }
}

/// Which events start and which are returns.
private struct RetentionMarks: Sendable {
  let question: RetentionQuestion
  let passive: Set<String>

  func events(hasStarts: Bool) -> EventChoice {
    let starts = hasStarts ? question.returns : question.startKind.map { [$0] } ?? []
    let takesAll = question.returns.isEmpty || !hasStarts && question.startKind == nil
    let named = Set(starts + question.returns).sorted()
    return takesAll ? .qualifyingAnd(named) : .named(named)
  }

  /// Starts come before other events of their instant, so that a return at the same instant finds its start.
  func reader(of block: EventBlock, hasStarts: Bool) -> (EventRun) -> RunMarks {
    let count = block.members.count
    let startTruth = question.startFilter?.evaluate(rowCount: count) { block.columns[$0] }
    let returnTruth = question.returnFilter?.evaluate(rowCount: count) { block.columns[$0] }
    return { run in
      let isStart = !hasStarts && matches(run.name, question.startKind.map { [$0] } ?? [])
      let isReturn = matches(run.name, question.returns)
      if startTruth == nil, returnTruth == nil {
        let mark = Self.mark(isStart: isStart, isReturn: isReturn)
        return mark < 0 ? .each([Int32](repeating: mark, count: count)) : .all(mark)
      }
      var marks = [Int32](repeating: -1, count: count)
      for row in run.rows {
        marks[row] = Self.mark(
          isStart: isStart && startTruth.map { $0[row] == 1 } ?? true,
          isReturn: isReturn && returnTruth.map { $0[row] == 1 } ?? true)
      }
      return .each(marks)
    }
  }

  private static func mark(isStart: Bool, isReturn: Bool) -> Int32 {
    if !isStart, !isReturn { return -1 }
    return (isStart ? 0 : RetentionMark.noStart) + (isReturn ? RetentionMark.isReturn : 0)
  }

  private func matches(_ name: String, _ kinds: [String]) -> Bool {
    kinds.isEmpty ? !passive.contains(name) : kinds.contains { $0.utf8.elementsEqual(name.utf8) }
  }
}

/// The bits of a mark.
enum RetentionMark {
  static let isReturn: Int32 = 1
  static let noStart: Int32 = 2
}
