internal import Columns
internal import Events
internal import Segments

/// What a scan of one day finds.
struct DayActivity {
  struct Group {
    /// Values of the breakdown, in its order.
    var values: GroupValues
    var eventCount: Int
    /// Empty where only counts were asked for and an index had them.
    var members: MemberSet
    var memberCount: Int
  }

  var groups: [Group]
  var rowsScanned: Int
  var segmentsRead: Int
}

/// Gives qualifying events day by day, from activity indexes where they can say and by reading segments where they
/// cannot: passive ones, those at or after as-of and those that a filter does not
/// hold true are left out. Days are read on all cores and delivered in order.
struct DayScan {
  let store: Store
  let snapshot: Snapshot
  let filter: Filter?
  let by: [String]
  let asOf: Timestamp
  /// Attributes of members that the question names.
  var facts = FactColumns()
  /// Days of another zone than the store's; nil where the stored days serve.
  var foreignZone: TimeZoneRules?
  /// How many members a group has is enough: nobody asks who.
  var countsOnly = false
  var tally = ScanTally()

  /// Calls `body` with each day of `days` that holds segments, ascending.
  /// - Throws: what reading throws, of the earliest day that fails.
  func forEachDay(
    in days: ClosedRange<CommunityDay>, _ body: (CommunityDay, DayActivity) throws -> Void
  ) throws {
    if let zone = foreignZone { return try ForeignDays(scan: self, zone: zone).forEachDay(in: days, body) }
    let byDay = segments(of: days)
    let ordered = byDay.keys.sorted()
    let width = 32
    for start in stride(from: 0, to: ordered.count, by: width) {
      let part = Array(ordered[start..<min(ordered.count, start + width)])
      let results = onAllCores(part.count) { place in Result { try scan(byDay[part[place]]!, part[place]) } }
      for (day, result) in zip(part, results) { try body(day, result.get()) }
    }
  }

  /// The first qualifying instant of each member on `day`, by key.
  func firstInstants(on day: CommunityDay) throws -> [UInt32: Int64] {
    var firsts: [UInt32: Int64] = [:]
    for record in segments(of: day...day)[day] ?? [] {
      let segment = try SegmentReader(record, of: store)
      for group in 0..<segment.rowGroupCount {
        var table = GroupTable(columnCount: 0)
        let rows = try RowGroupRows(segment, group, scan: self, by: [], table: &table)
        let timestamps = try segment.timestamps(rowGroup: group)
        rows.forEachQualifying { row, member in
          if rows.days.isEmpty || rows.days[row] == day.number {
            firsts[member] = min(firsts[member] ?? .max, timestamps[row])
          }
        }
      }
    }
    return firsts
  }

  /// The segments that may hold events of each of `days`; days without are absent.
  func segments(of days: ClosedRange<CommunityDay>) -> [CommunityDay: [SegmentRecord]] {
    guard let zone = foreignZone else {
      return Dictionary(grouping: snapshot.segments.filter { days.contains($0.day) }, by: \.day)
    }
    var byDay: [CommunityDay: [SegmentRecord]] = [:]
    for number in days.lowerBound.number...days.upperBound.number {
      let day = CommunityDay(number)
      let found = snapshot.segments.filter { $0.mayHold(day...day, of: zone) }
      if !found.isEmpty { byDay[day] = found }
    }
    return byDay
  }

  private func scan(_ segments: [SegmentRecord], _ day: CommunityDay) throws -> DayActivity {
    let indexed = try IndexedDay(self)?.activity(segments)
    tally.count(fromIndex: indexed != nil)
    if let indexed { return indexed }
    return try read(segments, ofDays: day...day)[0]
  }

  /// What reading `segments` gives for each of `days`; what was read is counted with the first.
  func read(_ segments: [SegmentRecord], ofDays days: ClosedRange<CommunityDay>) throws -> [DayActivity] {
    let (first, dayCount) = (days.lowerBound.number, days.upperBound - days.lowerBound + 1)
    var found = [[DayActivity.Group?]](repeating: [], count: dayCount)
    var table = GroupTable(columnCount: by.count)
    var rowsScanned = 0
    let conditions = filter?.conditions ?? []
    for record in segments {
      let segment = try SegmentReader(record, of: store)
      for rowGroup in 0..<segment.rowGroupCount where segment.reasonToSkip(rowGroup: rowGroup, conditions) == nil {
        let rows = try RowGroupRows(segment, rowGroup, scan: self, by: by, table: &table)
        for day in found.indices { found[day] += Array(repeating: nil, count: table.count - found[day].count) }
        rows.forEachGroup(from: first, dayCount: dayCount, groupCount: table.count) { day, group, members in
          if found[day][group] == nil { found[day][group] = emptyGroup(table.values(group)) }
          found[day][group]!.eventCount += members.count
          found[day][group]!.members.insert(members)
        }
        rowsScanned += rows.count
      }
    }
    return found.enumerated().map { place, groups in
      let groups = groups.compactMap { group in
        group.map { group in
          var group = group
          group.members.finish()
          group.memberCount = group.members.count
          return group
        }
      }
      return DayActivity(
        groups: groups, rowsScanned: place == 0 ? rowsScanned : 0, segmentsRead: place == 0 ? segments.count : 0)
    }
  }

  private func emptyGroup(_ values: GroupValues) -> DayActivity.Group {
    DayActivity.Group(
      values: values, eventCount: 0, members: MemberSet(memberCount: snapshot.memberCount), memberCount: 0)
  }
}

extension SegmentRecord {
  /// Whether events of `days` in `zone` may be among its rows.
  func mayHold(_ days: ClosedRange<CommunityDay>, of zone: TimeZoneRules) -> Bool {
    // Where clocks turn back over midnight, a day goes on for up to so long after the next one began.
    let margin: Int64 = 3 * 3600
    return timestamps.upperBound >= zone.start(of: days.lowerBound).microseconds
      && timestamps.lowerBound < zone.start(of: days.upperBound + 1).adding(seconds: margin).microseconds
  }
}
