internal import Columns
internal import Events
internal import Segments

/// Answers one day from the activity indexes of its segments, without reading the segments.
///
/// An index says what a segment has by event, or by event and value of one dimension. All events of such an entry have
/// the same event and value, so an entry passes for a row: what is passive, what a filter over these two columns holds
/// true, and the groups of a breakdown by them are those of its events. Two dimensions at once are not served: their
/// sets of members do not say who had both on one event.
struct IndexedDay {
  private let scan: DayScan
  private let dimension: String?

  /// Nil where the question reads more than events and one dimension.
  init?(_ scan: DayScan) {
    guard scan.facts.names.isEmpty, scan.foreignZone == nil else { return nil }
    let dimensions = Set(scan.by).union(scan.filter?.columns ?? []).subtracting(["event"])
    guard dimensions.isSubset(of: scan.store.settings.schema.dimensions), dimensions.count < 2 else { return nil }
    (self.scan, dimension) = (scan, dimensions.first)
  }

  private var memberCount: Int { scan.snapshot.memberCount }
  private var passive: Set<String> { scan.store.settings.schema.passiveEvents }

  /// The same as a scan of `segments`, all of one day; nil where the index cannot say: as-of cuts the day, a dimension
  /// has too many values, or a file is missing or damaged, which is noted.
  func activity(_ segments: [SegmentRecord]) throws -> DayActivity? {
    guard segments.allSatisfy({ $0.timestamps.upperBound < scan.asOf.microseconds }) else { return nil }
    do {
      let indexes = try segments.map { try ActivityIndex($0, of: scan.store) }
      let groups = dimension == nil && scan.by.isEmpty && scan.filter == nil ? try all(indexes) : try grouped(indexes)
      return groups.map { DayActivity(groups: $0, rowsScanned: 0, segmentsRead: 0) }
    } catch let error as StoreError where [.corrupt, .notFound, .cannotRead].contains(error.code) {
      scan.tally.note(error, day: segments[0].day)
      return nil
    }
  }

  /// Everything that is not passive, as one group.
  private func all(_ indexes: [ActivityIndex]) throws -> [DayActivity.Group]? {
    let counts = try indexes.map { try $0.qualifyingCounts(passive) }
    var group = DayActivity.Group(
      values: GroupValues(texts: []), eventCount: counts.reduce(0) { $0 + $1.events },
      members: MemberSet(memberCount: memberCount), memberCount: counts[0].members)
    if group.eventCount == 0 { return [] }
    if scan.countsOnly, indexes.count == 1 { return [group] }
    var members = try indexes[0].qualifyingMembers(passive, capacity: memberCount)
    for index in indexes.dropFirst() {
      members.formUnion(try index.qualifyingMembers(passive, capacity: memberCount))
    }
    group.members = MemberSet(members, memberCount: memberCount)
    group.memberCount = group.members.count
    return [group]
  }

  /// What one segment gives to a group.
  private struct Share {
    var eventCount = 0
    var entries: [Int] = []
  }

  private func grouped(_ indexes: [ActivityIndex]) throws -> [DayActivity.Group]? {
    var table = GroupTable(columnCount: scan.by.count)
    var groups: [DayActivity.Group?] = []
    for index in indexes {
      guard var entries = try index.entries(dimension: dimension) else { return nil }
      let shares = shares(of: entries, in: &table)
      var keys: [UInt32] = []
      while groups.count < shares.count { groups.append(nil) }
      for (number, share) in shares.enumerated() where share.eventCount > 0 {
        var group =
          groups[number]
          ?? DayActivity.Group(
            values: table.values(number), eventCount: 0, members: MemberSet(memberCount: memberCount), memberCount: 0)
        group.eventCount += share.eventCount
        if scan.countsOnly, indexes.count == 1, share.entries.count == 1 {
          group.memberCount = entries.memberCounts[share.entries[0]]
        } else {
          var places = Bitmap(capacity: index.memberCount)
          for entry in share.entries { try index.formUnion(entry, of: &entries, into: &places) }
          if scan.countsOnly, indexes.count == 1 {
            group.memberCount = places.count
          } else {
            if keys.isEmpty { keys = try index.keys(capacity: memberCount) }
            places.members.withUnsafeBufferPointer { for place in $0 { group.members.insert(keys[Int(place)]) } }
            group.members.finish()
            group.memberCount = group.members.count
          }
        }
        groups[number] = group
      }
    }
    return groups.compactMap(\.self)
  }

  /// The entries that count, by group.
  private func shares(of entries: ActivityEntries, in table: inout GroupTable) -> [Share] {
    let count = entries.eventCounts.count
    func column(_ name: String) -> TextColumn? { name == "event" ? entries.events : entries.values }
    var qualifies = entries.events.codes.map { !passive.contains(entries.events.values.string($0)) }
    if let filter = scan.filter {
      let truth = filter.evaluate(rowCount: count, column: column)
      for entry in 0..<count where truth[entry] != 1 { qualifies[entry] = false }
    }
    let groupOf = table.groups(rowCount: count, columns: scan.by.map(column))
    var shares = Array(repeating: Share(), count: table.count)
    for entry in 0..<count where qualifies[entry] {
      shares[Int(groupOf[entry])].eventCount += entries.eventCounts[entry]
      shares[Int(groupOf[entry])].entries.append(entry)
    }
    return shares
  }
}
