internal import Events
internal import Segments

/// The members of one interval.
struct PeriodMembers {
  /// The interval's first day.
  var start: CommunityDay
  /// Members active on its days that were asked for.
  var inRange: MemberSet
  /// Members active on any of its days.
  var whole: MemberSet
}

/// Walks intervals in order, each once, also those without events.
struct PeriodScan {
  let resolved: ResolvedQuestion
  let scan: DayScan
  let granularity: Granularity

  /// Calls `body` with each interval from the one that starts on `first` to the one that starts on `last`.
  func forEachPeriod(
    from first: CommunityDay, through last: CommunityDay, into answer: inout Answer, _ body: (PeriodMembers) -> Void
  ) throws {
    var period = empty(first)
    func close() {
      period.inRange.finish()
      period.whole.finish()
      body(period)
      period = empty(resolved.calendar.start(period.start, advancedBy: 1, granularity))
    }
    let read = first...resolved.calendar.start(last, advancedBy: 1, granularity) - 1
    if let days = resolved.days, let data = resolved.dataDays, data.overlaps(read) {
      try scan.forEachDay(in: read.clamped(to: data)) { day, activity in
        let start = resolved.calendar.start(of: granularity, holding: day)
        while period.start < start { close() }
        for group in activity.groups {
          period.whole.formUnion(group.members)
          if days.contains(day) { period.inRange.formUnion(group.members) }
        }
        answer.statistics.rowsScanned += activity.rowsScanned
        answer.statistics.segmentsRead += activity.segmentsRead
      }
    }
    while period.start <= last { close() }
  }

  private func empty(_ start: CommunityDay) -> PeriodMembers {
    let none = MemberSet(memberCount: scan.snapshot.memberCount)
    return PeriodMembers(start: start, inRange: none, whole: none)
  }
}
