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
        let rows = try RowGroupRows(segment, group, day, scan: self, by: [], table: &table)
        let timestamps = try segment.timestamps(rowGroup: group)
        rows.forEachQualifying { row, _, member in
          firsts[member] = min(firsts[member] ?? .max, timestamps[row])
        }
      }
    }
    return firsts
  }

  /// The segments that may hold events of each of `days`; days without are absent.
  private func segments(of days: ClosedRange<CommunityDay>) -> [CommunityDay: [SegmentRecord]] {
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
    var table = GroupTable(columnCount: by.count)
    var counts: [Int] = []
    var members: [MemberSet] = []
    var rowsScanned = 0
    let conditions = filter?.conditions ?? []
    for record in segments {
      let segment = try SegmentReader(record, of: store)
      for group in 0..<segment.rowGroupCount where segment.reasonToSkip(rowGroup: group, conditions) == nil {
        let rows = try RowGroupRows(segment, group, day, scan: self, by: by, table: &table)
        while counts.count < table.count {
          counts.append(0)
          members.append(MemberSet(memberCount: snapshot.memberCount))
        }
        rows.forEachQualifying { _, group, member in
          counts[group] += 1
          members[group].insert(member)
        }
        rowsScanned += rows.count
      }
    }
    let groups = counts.indices.filter { counts[$0] > 0 }.map { group in
      members[group].finish()
      return DayActivity.Group(
        values: table.values(group), eventCount: counts[group], members: members[group],
        memberCount: members[group].count)
    }
    return DayActivity(groups: groups, rowsScanned: rowsScanned, segmentsRead: segments.count)
  }
}

/// One row group: members, groups, and which rows count.
private struct RowGroupRows {
  let count: Int
  private let members: [Int32]
  private let groups: [UInt32]
  private let qualifies: [Bool]

  init(
    _ segment: SegmentReader, _ rowGroup: Int, _ day: CommunityDay, scan: DayScan, by: [String],
    table: inout GroupTable
  ) throws {
    count = segment.rowCount(ofGroup: rowGroup)
    members = try segment.members(rowGroup: rowGroup)
    var loaded: [String: TextColumn] = [:]
    for name in Set(["event"] + by).union(scan.filter?.columns ?? []) {
      loaded[name] = try segment.text(name, rowGroup: rowGroup)
    }
    for name in scan.facts.names { loaded[name] = scan.facts.column(name, of: members) }
    guard let events = loaded["event"] else {
      throw StoreError(.corrupt, "the column 'event' is missing", file: segment.record.file)
    }
    var rows = Self.active(events, passive: scan.store.settings.schema.passiveEvents)
    if let filter = scan.filter {
      let truth = filter.evaluate(rowCount: count) { loaded[$0] }
      for row in rows.indices where truth[row] != 1 { rows[row] = false }
    }
    if scan.foreignZone != nil || segment.record.timestamps.upperBound >= scan.asOf.microseconds {
      try Self.leaveOut(&rows, segment.timestamps(rowGroup: rowGroup), day, scan)
    }
    qualifies = rows
    groups = table.groups(rowCount: count, columns: by.map { loaded[$0] })
  }

  /// Leaves out rows at or after as-of, and those of other days of a foreign zone.
  private static func leaveOut(_ rows: inout [Bool], _ timestamps: [Int64], _ day: CommunityDay, _ scan: DayScan) {
    var span = Int64.min..<scan.asOf.microseconds
    if let zone = scan.foreignZone {
      if zone.turnsBackOver(midnightOf: day) || zone.turnsBackOver(midnightOf: day + 1) {
        // The day is not one stretch of time.
        var clock = DayClock(zone)
        for row in rows.indices where clock.day(of: timestamps[row]) != day { rows[row] = false }
      } else {
        let end = min(zone.start(of: day + 1).microseconds, scan.asOf.microseconds)
        let begin = min(zone.start(of: day).microseconds, end)
        span = begin..<end
      }
    }
    rows.withUnsafeMutableBufferPointer { rows in
      timestamps.withUnsafeBufferPointer { timestamps in
        for row in rows.indices where timestamps[row] < span.lowerBound || timestamps[row] >= span.upperBound {
          rows[row] = false
        }
      }
    }
  }

  private static func active(_ events: TextColumn, passive: Set<String>) -> [Bool] {
    let isActive = events.values.strings.map { !passive.contains($0) }
    return events.codes.map { isActive[Int($0)] }
  }

  func forEachQualifying(_ body: (_ row: Int, _ group: Int, _ member: UInt32) -> Void) {
    for row in 0..<count where qualifies[row] { body(row, Int(groups[row]), UInt32(bitPattern: members[row])) }
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
