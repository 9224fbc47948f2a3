internal import Events
internal import Segments

/// Answers what share of the trailing days' members each day has.
///
/// A member's last active day is an array look-up; the trailing members of a day are those whose last one so far lies
/// among its days.
struct StickinessRun: QuestionPlan {
  let question: StickinessQuestion
  let resolved: ResolvedQuestion
  let scan: DayScan

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("period", .date), AnswerColumn("active", .int), AnswerColumn("trailing", .int),
      AnswerColumn("ratio", .float), AnswerColumn("complete", .bool),
    ]
    guard let days = resolved.days else { return }
    let firstRatio = resolved.dataDays.map { $0.lowerBound + (question.window - 1) }
    var lastDay = [Int32](repeating: .min, count: scan.snapshot.memberCount)
    var countByLastDay: [Int32: Int] = [:]
    var trailing = 0
    var sums = (active: 0, trailing: 0, days: 0)
    var rows: [[Cell]] = []
    let walk = PeriodScan(resolved: resolved, scan: scan, granularity: .day)
    try walk.forEachPeriod(from: days.lowerBound - (question.window - 1), through: days.upperBound, into: &answer) {
      period in
      let day = period.start
      trailing -= countByLastDay.removeValue(forKey: day.number - Int32(question.window)) ?? 0
      period.whole.forEach { member in
        let before = lastDay[Int(member)]
        lastDay[Int(member)] = day.number
        if before > day.number - Int32(question.window) { countByLastDay[before]! -= 1 } else { trailing += 1 }
      }
      countByLastDay[day.number] = period.whole.count
      guard day >= days.lowerBound else { return }
      let isComplete = resolved.hasEnded(before: day + 1)
      guard resolved.hasBegun(day) else {
        rows.append([.day(day), .null, .null, .null, .bool(isComplete)])
        return
      }
      let hasRatio = firstRatio.map { day >= $0 } ?? false
      let active = period.whole.count
      rows.append([
        .day(day), .int(active), .int(trailing), hasRatio ? .ratio(active, of: trailing) : .null, .bool(isComplete),
      ])
      if hasRatio, isComplete { sums = (sums.active + active, sums.trailing + trailing, sums.days + 1) }
    }
    answer.rows = rows
    addNotes(to: &answer, days, firstRatio, sums)
  }

  private func addNotes(
    to answer: inout Answer, _ days: ClosedRange<CommunityDay>, _ firstRatio: CommunityDay?,
    _ sums: (active: Int, trailing: Int, days: Int)
  ) {
    if let firstRatio, days.lowerBound < firstRatio {
      answer.notes.append("No ratio before \(firstRatio): the \(question.window) days reach back before the data.")
    }
    if case .float(let ratio) = Cell.ratio(sums.active, of: sums.trailing) {
      answer.notes.append(
        "Over \(sums.days) complete days: \(sums.active) active / \(sums.trailing) trailing = \(ratio).")
    }
  }
}

/// Answers on how many of the days asked for members are active.
struct DistributionRun: QuestionPlan {
  let resolved: ResolvedQuestion
  let scan: DayScan

  func run(into answer: inout Answer) throws {
    answer.columns = ["days", "exactly", "at_least"].map { AnswerColumn($0, .int) }
    guard let days = resolved.days else { return }
    var dayCounts = [Int32](repeating: 0, count: scan.snapshot.memberCount)
    let walk = PeriodScan(resolved: resolved, scan: scan, granularity: .day)
    try walk.forEachPeriod(from: days.lowerBound, through: days.upperBound, into: &answer) { period in
      period.whole.forEach { dayCounts[Int($0)] += 1 }
    }
    let begun = (days.lowerBound.number...days.upperBound.number).count { resolved.hasBegun(CommunityDay($0)) }
    var exactly = [Int](repeating: 0, count: begun + 1)
    for count in dayCounts where count > 0 { exactly[Int(count)] += 1 }
    var atLeast = exactly.dropFirst().reduce(0, +)
    for count in exactly.indices.dropFirst() {
      answer.rows.append([.int(count), .int(exactly[count]), .int(atLeast)])
      atLeast -= exactly[count]
    }
    if !resolved.hasEnded(before: days.upperBound + 1) {
      answer.notes.append("The last day has not ended by as-of: members may still become active on it.")
    }
  }
}
