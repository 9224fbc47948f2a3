internal import Columns
internal import Events
internal import Segments

/// The community day of each member's first event under a filter: one scan of all days before as-of.
struct StartDays {
  let resolved: ResolvedQuestion
  let scan: DayScan

  /// Stands for members without such an event.
  static let none = FirstDays.none

  /// Day numbers by member key: from the member dictionary, or under a filter from a scan of all days.
  func days(counting answer: inout Answer) throws -> [Int32] {
    if scan.filter != nil { return try find(counting: &answer) }
    return try MemberStarts(resolved: resolved).find().days
  }

  /// The same as runs of keys.
  func firstDays(counting answer: inout Answer) throws -> FirstDays {
    if scan.filter != nil { return FirstDays(try find(counting: &answer)) }
    return try MemberStarts(resolved: resolved).find()
  }

  /// Day numbers by member key, found by a scan.
  func find(counting answer: inout Answer) throws -> [Int32] {
    var starts = [Int32](repeating: Self.none, count: scan.snapshot.memberCount)
    guard let data = resolved.dataDays else { return starts }
    try scan.forEachDay(in: data) { day, activity in
      for group in activity.groups {
        group.members.forEach { member in
          if starts[Int(member)] == Self.none { starts[Int(member)] = day.number }
        }
      }
      if resolved.zone.turnsBackOver(midnightOf: day) { try mend(&starts, day) }
      answer.statistics.rowsScanned += activity.rowsScanned
      answer.statistics.segmentsRead += activity.segmentsRead
    }
    return starts
  }

  /// Where clocks turn back over midnight, the day before goes on after this one began: of members seen on both,
  /// the instants decide.
  private func mend(_ starts: inout [Int32], _ day: CommunityDay) throws {
    let before = try scan.firstInstants(on: day - 1)
    for (member, instant) in try scan.firstInstants(on: day) where starts[Int(member)] == day.number - 1 {
      if instant < before[member] ?? .max { starts[Int(member)] = day.number }
    }
  }
}
