internal import Columns
internal import Dispatch
internal import Events
internal import Segments
internal import Synchronization

/// What a scan of one day finds.
struct DayActivity {
  struct Group {
    /// Values of the breakdown, in its order.
    var values: GroupValues
    var eventCount: Int
    var members: MemberSet
  }

  var groups: [Group]
  var rowsScanned: Int
  var segmentsRead: Int
}

/// Reads qualifying events day by day: passive ones, those at or after as-of and those that a filter does not
/// hold true are left out. Days are read on all cores and delivered in order.
struct DayScan {
  let store: Store
  let snapshot: Snapshot
  let filter: Filter?
  let by: [String]
  let asOf: Timestamp
  /// Attributes of members that the question names.
  var facts = FactColumns()

  /// Calls `body` with each day of `days` that holds segments, ascending.
  /// - Throws: what reading throws, of the earliest day that fails.
  func forEachDay(
    in days: ClosedRange<CommunityDay>, _ body: (CommunityDay, DayActivity) throws -> Void
  ) throws {
    let byDay = Dictionary(grouping: snapshot.segments.filter { days.contains($0.day) }, by: \.day)
    let ordered = byDay.keys.sorted()
    let width = 8
    for start in stride(from: 0, to: ordered.count, by: width) {
      let part = Array(ordered[start..<min(ordered.count, start + width)])
      let results = Mutex<[Int: Result<DayActivity, any Error>]>([:])
      DispatchQueue.concurrentPerform(iterations: part.count) { index in
        let result = Result { try scan(byDay[part[index]]!) }
        results.withLock { $0[index] = result }
      }
      let finished = results.withLock { $0 }
      for index in part.indices { try body(part[index], finished[index]!.get()) }
    }
  }

  /// The first qualifying instant of each member on `day`, by key.
  func firstInstants(on day: CommunityDay) throws -> [UInt32: Int64] {
    var firsts: [UInt32: Int64] = [:]
    for record in snapshot.segments where record.day == day {
      let segment = try SegmentReader(record, of: store)
      for group in 0..<segment.rowGroupCount {
        var table = GroupTable(columnCount: 0)
        let rows = try RowGroupRows(segment, group, scan: self, by: [], table: &table)
        let timestamps = try segment.timestamps(rowGroup: group)
        rows.forEachQualifying { row, _, member in
          firsts[member] = min(firsts[member] ?? .max, timestamps[row])
        }
      }
    }
    return firsts
  }

  private func scan(_ segments: [SegmentRecord]) throws -> DayActivity {
    var table = GroupTable(columnCount: by.count)
    var counts: [Int] = []
    var members: [MemberSet] = []
    var rowsScanned = 0
    let conditions = filter?.conditions ?? []
    for record in segments {
      let segment = try SegmentReader(record, of: store)
      for group in 0..<segment.rowGroupCount where segment.reasonToSkip(rowGroup: group, conditions) == nil {
        let rows = try RowGroupRows(segment, group, scan: self, by: by, table: &table)
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
      return DayActivity.Group(values: table.values(group), eventCount: counts[group], members: members[group])
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

  init(_ segment: SegmentReader, _ rowGroup: Int, scan: DayScan, by: [String], table: inout GroupTable) throws {
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
    if segment.record.timestamps.upperBound >= scan.asOf.microseconds {
      for (row, ts) in try segment.timestamps(rowGroup: rowGroup).enumerated() where ts >= scan.asOf.microseconds {
        rows[row] = false
      }
    }
    qualifies = rows
    groups = table.groups(rowCount: count, columns: by.map { loaded[$0] })
  }

  private static func active(_ events: TextColumn, passive: Set<String>) -> [Bool] {
    let isActive = events.values.strings.map { !passive.contains($0) }
    return events.codes.map { isActive[Int($0)] }
  }

  func forEachQualifying(_ body: (_ row: Int, _ group: Int, _ member: UInt32) -> Void) {
    for row in 0..<count where qualifies[row] { body(row, Int(groups[row]), UInt32(bitPattern: members[row])) }
  }
}
