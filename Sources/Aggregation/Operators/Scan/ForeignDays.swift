internal import Columns
internal import Events
internal import Segments

/// Days of another zone than the store's: each segment is read once, and its rows are dealt out to the days they are of.
///
/// ```
/// segments of    │  2026-08-01  │  2026-08-02  │  2026-08-03  │       read on all cores
/// days asked for        │  2026-08-01  │  2026-08-02  │              given once no segment to come reaches back to them
/// ```
struct ForeignDays {
  let scan: DayScan
  let zone: TimeZoneRules

  /// As ``DayScan/forEachDay(in:_:)``.
  func forEachDay(
    in days: ClosedRange<CommunityDay>, _ body: (CommunityDay, DayActivity) throws -> Void
  ) throws {
    let byStoredDay = Dictionary(grouping: scan.snapshot.segments.filter { $0.mayHold(days, of: zone) }, by: \.day)
    let stored = byStoredDay.keys.sorted().map { byStoredDay[$0]! }
    var waiting = scan.segments(of: days).keys.sorted()[...]
    var open: [CommunityDay: DayActivity] = [:]
    // What was read since a day was given.
    var (rowsScanned, segmentsRead) = (0, 0)
    // By stored day: the first day that it or a later one reaches back to.
    var reach: [CommunityDay] = []
    for segments in stored.reversed() {
      let first = spans(of: segments).lowerBound
      reach.append(min(reach.last ?? first, first))
    }
    reach.reverse()
    let width = 32
    for start in stride(from: 0, to: stored.count, by: width) {
      let part = stored[start..<min(stored.count, start + width)]
      let results = onAllCores(part.count) { place in Result { try read(part[start + place], within: days) } }
      for (place, result) in zip(part.indices, results) {
        for (day, activity) in try result.get() {
          open[day, default: DayActivity()].add(activity)
          rowsScanned += activity.rowsScanned
          segmentsRead += activity.segmentsRead
        }
        while let day = waiting.first, place + 1 == stored.count || day < reach[place + 1] {
          var activity = open.removeValue(forKey: day) ?? DayActivity()
          swap(&activity.rowsScanned, &rowsScanned)
          swap(&activity.segmentsRead, &segmentsRead)
          try body(day, activity)
          waiting.removeFirst()
        }
      }
    }
  }

  /// What the segments of a stored day hold of `days`.
  private func read(
    _ segments: [SegmentRecord], within days: ClosedRange<CommunityDay>
  ) throws -> [(CommunityDay, DayActivity)] {
    let spanned = spans(of: segments).clamped(to: days)
    scan.tally.count(fromIndex: false)
    return try zip(spanned.lowerBound.number...spanned.upperBound.number, scan.read(segments, ofDays: spanned))
      .map { (CommunityDay($0), $1) }
  }

  /// All days that rows of `segments` can be of. Where clocks turn back over midnight, a later instant can be of the day
  /// before.
  private func spans(of segments: [SegmentRecord]) -> ClosedRange<CommunityDay> {
    var clock = DayClock(zone)
    let first = segments.map { clock.day(of: $0.timestamps.lowerBound) }.min()!
    let last = segments.map { clock.day(of: $0.timestamps.upperBound) }.max()!
    return first - 1...last + 1
  }
}

extension DayActivity {
  fileprivate init() { self.init(groups: [], rowsScanned: 0, segmentsRead: 0) }

  /// Adds what other segments hold of the day, but for what was read.
  fileprivate mutating func add(_ other: DayActivity) {
    if groups.isEmpty {
      groups = other.groups
      return
    }
    var places = Dictionary(uniqueKeysWithValues: groups.indices.map { (groups[$0].values, $0) })
    for group in other.groups {
      guard let place = places[group.values] else {
        places[group.values] = groups.count
        groups.append(group)
        continue
      }
      groups[place].eventCount += group.eventCount
      groups[place].members.formUnion(group.members)
      groups[place].members.finish()
      groups[place].memberCount = groups[place].members.count
    }
  }
}
