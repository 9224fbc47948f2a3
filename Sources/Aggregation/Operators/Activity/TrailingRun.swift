internal import Columns
internal import Events
internal import Segments

/// Answers how many members were active in the N days that end with each day.
///
/// Days are walked once: each member's last active day is kept, and how many members have each day as their
/// last one. The N days that end with d hold the members whose last day so far lies in them.
struct TrailingRun: QuestionPlan {
  let question: ActivityQuestion
  let dayCount: Int
  let resolved: ResolvedQuestion
  let scan: DayScan

  /// The last active day of each member of one group: an array where there is only one group, which holds
  /// all members, else a dictionary.
  private struct Window {
    private var dense: [Int32]
    private var sparse: [UInt32: Int32] = [:]
    private var countByLastDay: [Int32: Int] = [:]

    init(denseCount: Int) { dense = [Int32](repeating: .min, count: denseCount) }

    mutating func add(_ member: UInt32, _ day: CommunityDay) {
      let before: Int32?
      if Int(member) < dense.count {
        before = dense[Int(member)] == .min ? nil : dense[Int(member)]
        dense[Int(member)] = day.number
      } else {
        before = sparse.updateValue(day.number, forKey: member)
      }
      if before == day.number { return }
      if let before { countByLastDay[before]! -= 1 }
      countByLastDay[day.number, default: 0] += 1
    }

    func count(_ days: ClosedRange<CommunityDay>) -> Int {
      (days.lowerBound.number...days.upperBound.number).reduce(0) { $0 + (countByLastDay[$1] ?? 0) }
    }
  }

  /// A longer window keeps last days and no unions, which take room by the day.
  private static let slidingDayCountMax = 92

  func run(into answer: inout Answer) throws {
    answer.columns =
      [AnswerColumn("period", .date)] + question.by.map { AnswerColumn($0, .string) }
      + [AnswerColumn("active_members", .int), AnswerColumn("complete", .bool)]
    guard let days = resolved.days else { return }
    if question.by.isEmpty, dayCount <= Self.slidingDayCountMax { return try slide(over: days, into: &answer) }
    var windows: [GroupValues: Window] =
      question.by.isEmpty ? [GroupValues(texts: []): Window(denseCount: scan.snapshot.memberCount)] : [:]
    var next = days.lowerBound
    func emit(before end: CommunityDay) {
      while next < end, next <= days.upperBound {
        emitRows(of: next, windows, into: &answer)
        next = next + 1
      }
    }
    let scanned = (days.lowerBound - (dayCount - 1))...days.upperBound
    if let data = resolved.dataDays, data.overlaps(scanned) {
      try scan.forEachDay(in: scanned.clamped(to: data)) { day, activity in
        emit(before: day)
        for group in activity.groups {
          group.members.forEach { windows[group.values, default: Window(denseCount: 0)].add($0, day) }
        }
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    emit(before: days.upperBound + 1)
    addReachNote(scanned, to: &answer)
    if !question.by.isEmpty { answer.notes.append("Only groups with active members have rows.") }
  }

  private func addReachNote(_ scanned: ClosedRange<CommunityDay>, to answer: inout Answer) {
    if let first = resolved.dataDays?.lowerBound, scanned.lowerBound < first {
      answer.notes.append("Before \(first + (dayCount - 1)) the \(dayCount) days reach back before the first data day.")
    }
  }

  /// The same without groups: unions of whole days.
  private func slide(over days: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    var union = SlidingUnion(dayCount: dayCount, memberCount: scan.snapshot.memberCount)
    let scanned = (days.lowerBound - (dayCount - 1))...days.upperBound
    var next = scanned.lowerBound
    func take(_ day: CommunityDay, _ members: MemberSet?) {
      let count = union.count(with: members?.bits)
      if days.contains(day) {
        let cell = resolved.hasBegun(day) ? Cell.int(count) : .null
        answer.rows.append([.day(day), cell, .bool(resolved.hasEnded(before: day + 1))])
      }
      next = day + 1
    }
    if let data = resolved.dataDays, data.overlaps(scanned) {
      try scan.forEachDay(in: scanned.clamped(to: data)) { day, activity in
        while next < day { take(next, nil) }
        take(day, activity.groups.first?.members)
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    while next <= days.upperBound { take(next, nil) }
    addReachNote(scanned, to: &answer)
  }

  private func emitRows(of day: CommunityDay, _ windows: [GroupValues: Window], into answer: inout Answer) {
    let complete = Cell.bool(resolved.hasEnded(before: day + 1))
    let span = (day - (dayCount - 1))...day
    for (values, window) in windows.sorted(by: { GroupValues.precedes($0.key, $1.key) }) {
      let count = window.count(span)
      if !question.by.isEmpty, count == 0 || !resolved.hasBegun(day) { continue }
      let cell = resolved.hasBegun(day) ? Cell.int(count) : .null
      answer.rows.append([.day(day)] + values.cells + [cell, complete])
    }
  }
}
