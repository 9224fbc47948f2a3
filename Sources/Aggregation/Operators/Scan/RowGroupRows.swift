internal import Columns
internal import Events
internal import Segments

/// One row group: members, groups, days, and which rows count.
struct RowGroupRows {
  let count: Int
  /// By row: its day in another zone than the store's; empty where the stored day serves.
  let days: [Int32]
  private let members: [Int32]
  private let groups: [UInt32]
  /// 1 for a row that counts.
  private var qualifies: [UInt8]

  init(_ segment: SegmentReader, _ rowGroup: Int, scan: DayScan, by: [String], table: inout GroupTable) throws {
    count = segment.rowCount(ofGroup: rowGroup)
    members = try segment.members(rowGroup: rowGroup)
    guard let events = try segment.textRuns("event", rowGroup: rowGroup) else {
      throw StoreError(.corrupt, "the column 'event' is missing", file: segment.record.file)
    }
    var loaded: [String: TextColumn] = [:]
    for name in Set(by).union(scan.filter?.columns ?? []) {
      loaded[name] = name == "event" ? events.column(0..<count) : try segment.text(name, rowGroup: rowGroup)
    }
    for name in scan.facts.names { loaded[name] = scan.facts.column(name, of: members) }
    qualifies =
      scan.filter?.evaluate(rowCount: count) { loaded[$0] } ?? [UInt8](repeating: 1, count: count)
    for run in events.runs where scan.store.settings.schema.passiveEvents.contains(events.values.string(run.code)) {
      for row in run.rows { qualifies[row] = 0 }
    }
    let isCut = segment.record.timestamps.upperBound >= scan.asOf.microseconds
    let timestamps = scan.foreignZone != nil || isCut ? try segment.timestamps(rowGroup: rowGroup) : []
    if isCut {
      for row in 0..<count where timestamps[row] >= scan.asOf.microseconds { qualifies[row] = 0 }
    }
    days = scan.foreignZone.map { $0.days(of: timestamps, within: segment.record.timestamps) } ?? []
    groups = table.groups(rowCount: count, columns: by.map { loaded[$0] })
  }

  /// Calls `body` with each row that counts.
  func forEachQualifying(_ body: (_ row: Int, _ member: UInt32) -> Void) {
    for row in 0..<count where qualifies[row] == 1 { body(row, UInt32(bitPattern: members[row])) }
  }

  /// Calls `body` with the members of the rows that count of each day from `first` on and each group, in the order of the
  /// rows; not where there are none.
  ///
  /// Rows are counted into place: a row that does not count goes where nobody looks.
  func forEachGroup(
    from first: Int32, dayCount: Int, groupCount: Int,
    _ body: (_ day: Int, _ group: Int, _ members: UnsafeBufferPointer<UInt32>) -> Void
  ) {
    let unasked = dayCount * groupCount
    let places = places(from: first, dayCount: dayCount, groupCount: groupCount, unasked: unasked)
    var starts = [Int](repeating: 0, count: unasked + 2)
    starts.withUnsafeMutableBufferPointer { starts in
      for place in places { starts[Int(place) &+ 1] &+= 1 }
    }
    for place in 0...unasked { starts[place + 1] += starts[place] }
    var next = starts
    let dealt = [UInt32](unsafeUninitializedCapacity: count) { dealt, filled in
      next.withUnsafeMutableBufferPointer { next in
        members.withUnsafeBufferPointer { members in
          for (row, place) in places.enumerated() {
            dealt[next[Int(place)]] = UInt32(bitPattern: members[row])
            next[Int(place)] &+= 1
          }
        }
      }
      filled = count
    }
    dealt.withUnsafeBufferPointer { dealt in
      for place in 0..<unasked where starts[place] < starts[place + 1] {
        body(
          place / groupCount, place % groupCount,
          UnsafeBufferPointer(rebasing: dealt[starts[place]..<starts[place + 1]]))
      }
    }
  }
}

extension RowGroupRows {
  /// By row: day times groups, plus group; `unasked` where the row does not count.
  private func places(from first: Int32, dayCount: Int, groupCount: Int, unasked: Int) -> [UInt32] {
    let (dayCount, groupCount, unasked) = (UInt32(dayCount), UInt32(groupCount), UInt32(unasked))
    return [UInt32](unsafeUninitializedCapacity: count) { places, filled in
      groups.withUnsafeBufferPointer { groups in
        qualifies.withUnsafeBufferPointer { qualifies in
          if days.isEmpty {
            for row in 0..<count { places[row] = qualifies[row] == 1 ? groups[row] : unasked }
          } else {
            days.withUnsafeBufferPointer { days in
              for row in 0..<count {
                // A day before the first is beyond the last.
                let day = UInt32(bitPattern: days[row] &- first)
                let place = day &* groupCount &+ groups[row]
                places[row] = (day < dayCount) && (qualifies[row] == 1) ? place : unasked
              }
            }
          }
        }
      }
      filled = count
    }
  }
}

extension TimeZoneRules {
  /// The number of each instant's day; all lie within `span`.
  fileprivate func days(of timestamps: [Int64], within span: ClosedRange<Int64>) -> [Int32] {
    var clock = DayClock(self)
    let (first, last) = (clock.day(of: span.lowerBound), clock.day(of: span.upperBound))
    let isAscending =
      first <= last && !(first.number...(last + 1).number).contains { turnsBackOver(midnightOf: .init($0)) }
    guard isAscending, last - first < 4 else { return timestamps.map { clock.day(of: $0).number } }
    // Few midnights lie between: how many of them an instant has passed is told without a branch.
    let midnights = (0..<last - first).map { start(of: first + ($0 + 1)).microseconds }
    var days = [Int32](repeating: first.number, count: timestamps.count)
    days.withUnsafeMutableBufferPointer { days in
      timestamps.withUnsafeBufferPointer { timestamps in
        for midnight in midnights {
          for row in days.indices { days[row] &+= timestamps[row] >= midnight ? 1 : 0 }
        }
      }
    }
    return days
  }
}
