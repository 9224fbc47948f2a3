package import Columns

/// The activity index of one segment, open: who did what that day, without reading the segment.
///
/// ```
/// let index = try ActivityIndex(record, of: store)
/// let (events, members) = try index.qualifyingCounts(passive)     // of the head alone
/// let active = try index.qualifyingMembers(passive, capacity: snapshot.memberCount)
/// ```
/// Sets are of *places*: the n-th member of the segment is place n. Opening costs one small read.
package struct ActivityIndex: Sendable {
  package let head: ActivityIndexHead
  private let file: OpenFile
  /// The first bytes of the file.
  private let start: [UInt8]

  /// As much is read at once: most heads are shorter.
  private static let startByteCount = 4096

  /// The index of a segment, where it is of the same content.
  /// - Throws: ``StoreError`` `notFound` where there is none, `corrupt` where it is not what was written.
  package init(_ record: SegmentRecord, of store: Store) throws {
    file = try Self.open(record, of: store)
    var bytes = try file.read(0..<min(file.byteCount, Self.startByteCount))
    guard let headByteCount = ActivityIndexHead.byteCount(bytes), headByteCount <= file.byteCount else {
      throw Self.damage(file.path, "no head of format \(ActivityIndexHead.format) begins it")
    }
    if headByteCount > bytes.count { bytes = try file.read(0..<headByteCount) }
    guard let head = ActivityIndexHead(Array(bytes[..<headByteCount])), head.fileByteCount == file.byteCount else {
      throw Self.damage(file.path, "its head does not match its checksum, or its length")
    }
    guard head.segment.description == record.content, head.rowCount == record.rowCount else {
      throw Self.damage(file.path, "it was made from another segment")
    }
    (self.head, start) = (head, bytes)
  }

  private static func open(_ record: SegmentRecord, of store: Store) throws -> OpenFile {
    let name = indexName(of: record.file)
    let (path, retired) = ("\(store.folder)/index/\(name)", "\(store.folder)/retired/\(name)")
    if fileExists(path) { return try OpenFile(reading: path) }
    guard fileExists(retired) else {
      throw StoreError(
        .notFound, "the segment has no index", file: path, hint: "`muster store check --repair` makes it.")
    }
    return try OpenFile(reading: retired)
  }

  private static func damage(_ path: String, _ what: String) -> StoreError {
    StoreError(
      .corrupt, "the index is damaged: \(what)", file: path, hint: "`muster store check --repair` makes it anew.")
  }

  /// How many members the segment has.
  package var memberCount: Int { head.members.count }

  /// Events that are not passive, and distinct members who did them. Costs nothing where the index was made with
  /// the same `passive`, else the union of the events' sets.
  package func qualifyingCounts(_ passive: Set<String>) throws -> (events: Int, members: Int) {
    if head.passive == ActivityIndexHead.fingerprint(ofPassive: passive) {
      return (head.qualifyingEventCount, head.qualifying.count)
    }
    let events = head.events.filter { !passive.contains($0.name) }
    return (events.reduce(0) { $0 + $1.eventCount }, try qualifyingPlaces(passive).count)
  }

  private func qualifyingPlaces(_ passive: Set<String>) throws -> Bitmap {
    var places = Bitmap(capacity: memberCount)
    if head.passive == ActivityIndexHead.fingerprint(ofPassive: passive) {
      try add(head.qualifying, to: &places)
      return places
    }
    for event in head.events where !passive.contains(event.name) { try add(event.members, to: &places) }
    return places
  }

  /// The keys of members with an event that is not passive. Costs reading one set, or two.
  /// - Parameter capacity: keys lie below it.
  package func qualifyingMembers(_ passive: Set<String>, capacity: Int) throws -> Bitmap {
    var members = Bitmap(capacity: capacity)
    try add(head.members, to: &members, capacity: capacity)
    if try qualifyingCounts(passive).members == memberCount { return members }
    return try qualifyingPlaces(passive).keys(among: members)
  }

  /// The keys of all members, ascending: the n-th is place n.
  package func keys(capacity: Int) throws -> [UInt32] {
    var members = Bitmap(capacity: capacity)
    try add(head.members, to: &members, capacity: capacity)
    return members.members
  }

  /// Adds the members of a set to `bitmap`.
  private func add(_ set: ActivityIndexHead.SetPlace, to bitmap: inout Bitmap, capacity: Int? = nil) throws {
    if set.byteCount == 0 {
      guard set.count == memberCount, capacity == nil else { throw damage() }
      bitmap.formUnion(Bitmap(all: memberCount))
      return
    }
    let bytes = try read(set.offset, set.byteCount, set.checksum)
    let count = bytes.withUnsafeBytes { bitmap.formUnion(roaring: $0, capacity: capacity ?? memberCount) }
    guard count == set.count else { throw damage() }
  }

  private func read(_ offset: Int, _ byteCount: Int, _ checksum: UInt64) throws -> [UInt8] {
    guard offset >= head.byteCount, offset + byteCount <= file.byteCount else { throw damage() }
    let end = offset + byteCount
    let bytes = end <= start.count ? Array(start[offset..<end]) : try file.read(offset..<end)
    guard bytes.withUnsafeBytes({ byteHash($0) }) == checksum else { throw damage() }
    return bytes
  }

  private func damage() -> StoreError { Self.damage(file.path, "a set does not match its checksum, or its count") }

  /// What the segment has by event, or by event and value of `dimension`; nil where its values are too many.
  ///
  /// Costs a small read: sets are read when one is asked for.
  package func entries(dimension: String?) throws -> ActivityEntries? {
    guard let dimension else { return entriesByEvent }
    guard let found = head.dimensions.first(where: { $0.name == dimension }) else {
      // A dimension that the segment does not have is missing everywhere.
      var entries = entriesByEvent
      entries.values = TextColumn(codes: Array(repeating: TextColumn.null, count: head.events.count))
      return entries
    }
    guard let block = found.block else { return nil }
    let bytes = try read(block.offset, block.byteCount, block.checksum)
    guard let entries = ActivityEntries(block, bytes, head: head) else { throw damage() }
    return entries
  }

  private var entriesByEvent: ActivityEntries {
    ActivityEntries(
      events: TextColumn(codes: Array(0..<UInt32(head.events.count)), values: StringTable(head.events.map(\.name))),
      eventCounts: head.events.map(\.eventCount), memberCounts: head.events.map(\.members.count))
  }

  /// Adds the places of an entry's members to `places`, which has room for all. The first call for a dimension's
  /// entries reads their sets.
  package func formUnion(_ entry: Int, of entries: inout ActivityEntries, into places: inout Bitmap) throws {
    guard let block = entries.block, let range = entries.setBytes?[entry], !range.isEmpty else {
      return try add(head.events[Int(entries.events.codes[entry])].members, to: &places)
    }
    if entries.sets == nil {
      entries.sets = try read(block.offset + block.byteCount, block.setByteCount, block.setChecksum)
    }
    let count = entries.sets!.withUnsafeBytes {
      places.formUnion(roaring: UnsafeRawBufferPointer(rebasing: $0[range]), capacity: memberCount)
    }
    guard count == entries.memberCounts[entry] else { throw damage() }
  }

  /// Reads every set.
  /// - Throws: ``StoreError`` `corrupt` at the first that is not what was written.
  package func check(memberCount capacity: Int) throws {
    var members = Bitmap(capacity: capacity)
    try add(head.members, to: &members, capacity: capacity)
    var places = Bitmap(capacity: memberCount)
    try add(head.qualifying, to: &places)
    for name in [nil] + head.dimensions.map({ Optional($0.name) }) {
      guard var entries = try entries(dimension: name) else { continue }
      for entry in entries.memberCounts.indices { try formUnion(entry, of: &entries, into: &places) }
      guard entries.eventCounts.reduce(0, +) == head.rowCount else { throw damage() }
    }
    guard places.count == memberCount else { throw damage() }
  }
}

/// What a segment has by event, or by event and value of one dimension: as it were, rows.
package struct ActivityEntries: Sendable {
  /// Codes are places in the head's list of events.
  package var events: TextColumn
  /// Nil where no dimension was asked for.
  package var values: TextColumn?
  package var eventCounts: [Int]
  package var memberCounts: [Int]
  /// Of the dimension; nil where sets are the events' own.
  fileprivate var block: ActivityIndexHead.Block?
  /// Where the sets lie in `sets`.
  fileprivate var setBytes: [Range<Int>]?
  /// Nil until one is asked for.
  fileprivate var sets: [UInt8]?

  fileprivate init(events: TextColumn, eventCounts: [Int], memberCounts: [Int]) {
    (self.events, self.eventCounts, self.memberCounts) = (events, eventCounts, memberCounts)
  }

  /// Nil where the bytes are not those of the block.
  fileprivate init?(_ block: ActivityIndexHead.Block, _ bytes: [UInt8], head: ActivityIndexHead) {
    let (valueCount, count) = (block.valueCount, block.entryCount)
    guard valueCount <= bytes.count / 4, count <= bytes.count / 20, valueCount * 4 + count * 20 <= bytes.count else {
      return nil
    }
    var names = StringTable()
    var start = 0
    let textStart = valueCount * 4
    for end in bytes.littleEndianNumbers(at: 0, count: valueCount) as [UInt32] {
      guard Int(end) >= start, textStart + Int(end) + count * 20 <= bytes.count else { return nil }
      bytes.withUnsafeBytes { bytes in
        _ = names.code(for: UnsafeRawBufferPointer(rebasing: bytes[textStart + start..<textStart + Int(end)]))
      }
      start = Int(end)
    }
    let columns = (0..<5).map { column -> [UInt32] in
      bytes.littleEndianNumbers(at: textStart + start + column * count * 4, count: count)
    }
    guard names.count == valueCount, columns[0].allSatisfy({ $0 < UInt32(head.events.count) }),
      columns[1].allSatisfy({ $0 == TextColumn.null || $0 < UInt32(valueCount) })
    else { return nil }
    events = TextColumn(codes: columns[0], values: StringTable(head.events.map(\.name)))
    values = TextColumn(codes: columns[1], values: names)
    (eventCounts, memberCounts) = (columns[2].map { Int($0) }, columns[3].map { Int($0) })
    guard textStart + start + count * 20 == bytes.count else { return nil }
    var offset = 0
    var ranges: [Range<Int>] = []
    for (entry, byteCount) in columns[4].enumerated() {
      let isWhole = byteCount > 0 || memberCounts[entry] == head.events[Int(columns[0][entry])].members.count
      guard offset + Int(byteCount) <= block.setByteCount, isWhole else { return nil }
      ranges.append(offset..<offset + Int(byteCount))
      offset += Int(byteCount)
    }
    guard offset == block.setByteCount else { return nil }
    (self.block, setBytes) = (block, ranges)
  }
}

/// The name of the index file of a segment.
/// - Parameter file: path of the segment below `segments/`.
func indexName(of file: String) -> String {
  let name = file.split(separator: "/").last ?? ""
  return (name.hasSuffix(".parquet") ? name.dropLast(8) : name) + ".index"
}
