internal import Events
internal import Segments

/// Answers how many events and active members each interval has.
struct ActivityRun: QuestionPlan {
  let question: ActivityQuestion
  let resolved: ResolvedQuestion
  let scan: DayScan

  fileprivate struct Tally {
    var eventCount = 0
    var members: MemberSet
    /// Of a single day.
    var memberCount = 0
  }

  func run(into answer: inout Answer) throws {
    var scan = scan
    scan.countsOnly = question.granularity == .day
    let countsNew = question.by.isEmpty && question.filter == nil
    answer.columns =
      [AnswerColumn("period", .date)] + question.by.map { AnswerColumn($0, .string) }
      + [AnswerColumn("events", .int), AnswerColumn("active_members", .int)]
      + (countsNew ? [AnswerColumn("new_members", .int)] : []) + [AnswerColumn("complete", .bool)]
    guard let days = resolved.days else { return }
    let newMembers = countsNew ? try newMembers(MemberStarts(resolved: resolved).find(), in: days) : [:]
    var tallies: [GroupValues: Tally] = [:]
    let periods = resolved.periods(question.granularity)
    var next = 0
    func emit(until index: Int) {
      while next < index {
        rows(of: periods[next], tallies, newMembers, into: &answer)
        tallies = [:]
        next += 1
      }
    }
    if let data = resolved.dataDays, data.overlaps(days) {
      try scan.forEachDay(in: days.clamped(to: data)) { day, activity in
        let period = resolved.calendar.start(of: question.granularity, holding: day)
        emit(until: periods.firstIndex(of: period)!)
        for group in activity.groups {
          tallies[group.values, default: Tally(members: MemberSet(memberCount: scan.snapshot.memberCount))]
            .add(group, countsOnly: scan.countsOnly)
        }
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    emit(until: periods.count)
    addNotes(to: &answer, countsNew: countsNew, days: days)
  }

  /// New members by the first day of the interval.
  private func newMembers(_ firsts: FirstDays, in days: ClosedRange<CommunityDay>) -> [CommunityDay: Int] {
    var counts: [CommunityDay: Int] = [:]
    var start = 0
    for run in firsts.runs {
      if run.day != FirstDays.none, days.contains(CommunityDay(run.day)) {
        let period = resolved.calendar.start(of: question.granularity, holding: CommunityDay(run.day))
        counts[period, default: 0] += run.end - start
      }
      start = run.end
    }
    return counts
  }

  private func rows(
    of period: CommunityDay, _ tallies: [GroupValues: Tally], _ newMembers: [CommunityDay: Int],
    into answer: inout Answer
  ) {
    let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
    let complete = Cell.bool(resolved.hasEnded(before: end))
    if question.by.isEmpty {
      var cells: [Cell] = [.day(period), .null, .null]
      if answer.columns.count == 5 { cells.append(.null) }
      if resolved.hasBegun(period) {
        var tally = tallies[GroupValues(texts: [])]
        tally?.members.finish()
        cells[1] = .int(tally?.eventCount ?? 0)
        cells[2] = .int(tally.map { $0.memberCount + $0.members.count } ?? 0)
        if answer.columns.count == 5 { cells[3] = .int(newMembers[period] ?? 0) }
      }
      answer.rows.append(cells + [complete])
      return
    }
    for (values, tally) in tallies.sorted(by: { GroupValues.precedes($0.key, $1.key) }) {
      var tally = tally
      tally.members.finish()
      answer.rows.append(
        [.day(period)] + values.cells
          + [.int(tally.eventCount), .int(tally.memberCount + tally.members.count), complete])
    }
  }

  private func addNotes(to answer: inout Answer, countsNew: Bool, days: ClosedRange<CommunityDay>) {
    if let note = resolved.partialNote(question.granularity) { answer.notes.append(note) }
    // Where days expired, first instants reach farther back than the days.
    if countsNew, scan.snapshot.expiredBefore == nil, let first = resolved.dataDays?.lowerBound,
      days.lowerBound < first + 28, days.upperBound >= first
    {
      answer.notes.append(
        "No history before \(first): until \(first + 27), members who came earlier count as new.")
    }
    if !question.by.isEmpty { answer.notes.append("Only groups with events have rows.") }
  }
}

extension ActivityRun.Tally {
  /// - Parameter countsOnly: the group is all that the interval has.
  fileprivate mutating func add(_ group: DayActivity.Group, countsOnly: Bool) {
    eventCount += group.eventCount
    if countsOnly { memberCount += group.memberCount } else { members.formUnion(group.members) }
  }
}
