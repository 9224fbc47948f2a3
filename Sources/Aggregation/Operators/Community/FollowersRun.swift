internal import Events
internal import Segments

/// Answers how many joined and left, and what share of the followers of each day's start left.
///
/// ```
/// opening(d) = count + net of [date, d)        the settings give the followers at the start of one day;
///            = count − net of [d, date)        the log carries them on, and back
/// ```
struct FollowersRun: QuestionPlan {
  let question: FollowersQuestion
  let resolved: ResolvedQuestion

  /// One interval, or the whole range.
  private struct Tally {
    var joins = 0
    var leaves = 0
    var openings = 0
    var first: CommunityDay?
    var isBelowZero = false
  }

  /// What each day brought; nil where the log never holds such events.
  private struct Moves {
    var joins: [Int32: Int]?
    var leaves: [Int32: Int]?
  }

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("period", .date), AnswerColumn("joins", .int), AnswerColumn("leaves", .int),
      AnswerColumn("net", .int), AnswerColumn("opening", .int), AnswerColumn("leave_rate", .float),
      AnswerColumn("complete", .bool),
    ]
    let periods = resolved.periods(question.granularity)
    guard let days = resolved.days, let data = resolved.dataDays, !periods.isEmpty else { return }
    let moves = try moves(of: data, into: &answer)
    let openings = openings(of: days, data: data, moves)
    var tallies = [Tally](repeating: Tally(), count: periods.count)
    var range = Tally()
    for number in days.lowerBound.number...days.upperBound.number {
      let day = CommunityDay(number)
      guard resolved.hasBegun(day) else { break }
      let start = resolved.calendar.start(of: question.granularity, holding: day)
      let place = resolved.calendar.distance(from: periods[0], to: start, question.granularity)
      add(day, moves, openings, to: &tallies[place])
      if resolved.hasEnded(before: day + 1) { add(day, moves, openings, to: &range) }
    }
    answer.rows.append(row(nil, range, isComplete: range.first != nil, moves, openings))
    for (period, tally) in zip(periods, tallies) {
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      answer.rows.append(row(period, tally, isComplete: resolved.hasEnded(before: end), moves, openings))
    }
    answer.notes += notes(moves, openings, days)
  }

  private func moves(of data: ClosedRange<CommunityDay>, into answer: inout Answer) throws -> Moves {
    let events = question.events(resolved.store.settings.community)
    let kept = try KeptEvents(resolved, days: data, names: events.join + events.leave, into: &answer)
    var moves = Moves()
    for row in 0..<kept.count {
      if Int(kept.places[row]) < events.join.count {
        moves.joins = moves.joins ?? [:]
        moves.joins![kept.days[row], default: 0] += 1
      } else {
        moves.leaves = moves.leaves ?? [:]
        moves.leaves![kept.days[row], default: 0] += 1
      }
    }
    return moves
  }

  /// Followers at the start of each day asked for; nil where that is not known.
  private func openings(
    of days: ClosedRange<CommunityDay>, data: ClosedRange<CommunityDay>, _ moves: Moves
  ) -> [Int32: Int]? {
    guard let anchor = resolved.store.settings.community.followersOpening, let joins = moves.joins,
      let leaves = moves.leaves
    else { return nil }
    func net(_ number: Int32) -> Int { joins[number, default: 0] - leaves[number, default: 0] }
    let first = min(days.lowerBound.number, anchor.date.number, data.lowerBound.number)
    let last = max(days.upperBound.number, anchor.date.number)
    var openings: [Int32: Int] = [:]
    var count = 0
    for number in first...last {
      openings[number] = count
      count += net(number)
    }
    let shift = anchor.count - (openings[anchor.date.number] ?? 0)
    return openings.mapValues { $0 + shift }
  }

  private func add(_ day: CommunityDay, _ moves: Moves, _ openings: [Int32: Int]?, to tally: inout Tally) {
    tally.joins += moves.joins?[day.number] ?? 0
    tally.leaves += moves.leaves?[day.number] ?? 0
    let opening = openings?[day.number] ?? 0
    tally.openings += opening
    tally.isBelowZero = tally.isBelowZero || opening < 0
    if tally.first == nil { tally.first = day }
  }

  private func row(
    _ period: CommunityDay?, _ tally: Tally, isComplete: Bool, _ moves: Moves, _ openings: [Int32: Int]?
  ) -> [Cell] {
    let label = period.map(Cell.day) ?? .null
    guard let first = tally.first else { return [label, .null, .null, .null, .null, .null, .bool(isComplete)] }
    let isKnown = moves.joins != nil && moves.leaves != nil
    let opening = openings?[first.number]
    return [
      label, moves.joins == nil ? .null : .int(tally.joins), moves.leaves == nil ? .null : .int(tally.leaves),
      isKnown ? .int(tally.joins - tally.leaves) : .null, opening.map(Cell.int) ?? .null,
      opening == nil || tally.isBelowZero ? .null : .ratio(tally.leaves, of: tally.openings), .bool(isComplete),
    ]
  }

  private func notes(_ moves: Moves, _ openings: [Int32: Int]?, _ days: ClosedRange<CommunityDay>) -> [String] {
    let events = question.events(resolved.store.settings.community)
    var notes: [String] = []
    func missing(_ word: String, _ names: [String]) -> String {
      "No \(word)s are known: the store holds no event called \(names.joined(separator: ", ")). "
        + "Name yours with --\(word), or \(word)-events in muster.yaml."
    }
    if moves.joins == nil { notes.append(missing("join", events.join)) }
    if moves.leaves == nil { notes.append(missing("leave", events.leave)) }
    if resolved.store.settings.community.followersOpening == nil {
      notes.append("No leave rate: muster.yaml does not say how many followed on a day (followers-opening).")
    }
    let below = openings?.filter { $0.value < 0 && days.contains(CommunityDay($0.key)) }.keys.min()
    if let below {
      notes.append(
        "No leave rate where followers fall below 0, first on \(CommunityDay(below)): followers-opening does not fit "
          + "the log.")
    }
    notes.append("The line without a period is the range, over days that have ended.")
    if let note = resolved.partialNote(question.granularity) { notes.append(note) }
    return notes
  }
}
