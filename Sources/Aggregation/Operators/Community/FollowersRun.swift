internal import Events
internal import Segments

/// Answers how many joined and left, and what share of the followers of each day's start left.
struct FollowersRun: QuestionPlan {
  let question: FollowersQuestion
  let resolved: ResolvedQuestion

  /// One interval, or the whole range.
  private struct Tally {
    var joins = 0
    var leaves = 0
    var openings = 0
    var first: CommunityDay?
    var isUnknown = false
  }

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("period", .date), AnswerColumn("joins", .int), AnswerColumn("leaves", .int),
      AnswerColumn("net", .int), AnswerColumn("opening", .int), AnswerColumn("leave_rate", .float),
      AnswerColumn("complete", .bool),
    ]
    let periods = resolved.periods(question.granularity)
    guard let days = resolved.days, resolved.dataDays != nil, !periods.isEmpty else { return }
    let counts = try FollowerCounts(question, resolved, into: &answer)
    var tallies = [Tally](repeating: Tally(), count: periods.count)
    var range = Tally()
    for number in days.lowerBound.number...days.upperBound.number {
      let day = CommunityDay(number)
      guard resolved.hasBegun(day) else { break }
      let start = resolved.calendar.start(of: question.granularity, holding: day)
      let place = resolved.calendar.distance(from: periods[0], to: start, question.granularity)
      add(day, counts, to: &tallies[place])
      if resolved.hasEnded(before: day + 1) { add(day, counts, to: &range) }
    }
    answer.rows.append(row(nil, range, isComplete: range.first != nil, counts))
    for (period, tally) in zip(periods, tallies) {
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      answer.rows.append(row(period, tally, isComplete: resolved.hasEnded(before: end), counts))
    }
    answer.notes += counts.notes(without: "leave rate", hasFlags: true)
    answer.notes.append("The line without a period is the range, over days that have ended.")
    if let note = resolved.partialNote(question.granularity) { answer.notes.append(note) }
  }

  private func add(_ day: CommunityDay, _ counts: FollowerCounts, to tally: inout Tally) {
    tally.joins += counts.joins?[day.number] ?? 0
    tally.leaves += counts.leaves?[day.number] ?? 0
    tally.openings += counts.followers(on: day.number) ?? 0
    tally.isUnknown = tally.isUnknown || counts.followers(on: day.number) == nil
    if tally.first == nil { tally.first = day }
  }

  private func row(
    _ period: CommunityDay?, _ tally: Tally, isComplete: Bool, _ counts: FollowerCounts
  ) -> [Cell] {
    let label = period.map(Cell.day) ?? .null
    guard let first = tally.first else { return [label, .null, .null, .null, .null, .null, .bool(isComplete)] }
    let isKnown = counts.joins != nil && counts.leaves != nil
    let opening = counts.openings?[first.number]
    return [
      label, counts.joins == nil ? .null : .int(tally.joins), counts.leaves == nil ? .null : .int(tally.leaves),
      isKnown ? .int(tally.joins - tally.leaves) : .null, opening.map(Cell.int) ?? .null,
      tally.isUnknown ? .null : .ratio(tally.leaves, of: tally.openings), .bool(isComplete),
    ]
  }
}
