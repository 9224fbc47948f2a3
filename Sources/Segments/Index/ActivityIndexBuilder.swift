internal import Columns

/// Makes the activity index of one segment from its sorted rows.
///
/// ```
/// members      keys of all members of the segment, one bit each; the n-th of them is place n
/// places       of the members of one event, or of one event and value: small numbers, so small sets
/// ```
/// Costs about 5 ns a row, and 3 ns a row and indexed dimension.
struct ActivityIndexBuilder {
  private let rows: SegmentRows
  private let dimensions: [String]
  private let passive: Set<String>
  private var head = ActivityIndexHead()
  private var body: [UInt8] = []

  /// - Parameters:
  ///   - rows: at least one, sorted.
  ///   - dimensions: names of the rows' dimensions, in their order.
  init(_ rows: SegmentRows, dimensions: [String], passive: Set<String>) {
    (self.rows, self.dimensions, self.passive) = (rows, dimensions, passive)
  }

  /// An index that does not know its segment yet.
  struct Built: Sendable {
    fileprivate var head: ActivityIndexHead
    fileprivate let body: [UInt8]

    /// The bytes of the index of the segment whose content is `segment`.
    consuming func bytes(of segment: ContentHash) -> [UInt8] {
      head.segment = segment
      return head.encoded() + body
    }
  }

  /// Makes all of it. The segment's bytes are not needed, and may be made at the same time.
  consuming func build() -> Built {
    let places = MemberPlaces(rows.member)
    let events = eventRanges()
    var tables = dimensions.indices.compactMap { index in
      DimensionIndexBuilder(rows.dimensions[index], rowCount: rows.count).map { (index, $0) }
    }
    head.rowCount = rows.count
    head.passive = ActivityIndexHead.fingerprint(ofPassive: passive)
    head.events = events.map { .init(name: $0.name, eventCount: $0.rows.count, members: .init()) }
    head.dimensions = dimensions.map { .init(name: $0, block: nil) }
    for (index, _) in tables {
      head.dimensions[index].block = .init()
    }
    head.members = add(places.keys, among: nil)
    var qualifying = Bitmap(capacity: places.keys.count)
    for (number, event) in events.enumerated() {
      let rowPlaces = places.find(rows.member, event.rows)
      let distinct = Self.distinct(rowPlaces)
      head.events[number].members = add(distinct, among: places.keys.count)
      if !passive.contains(event.name) {
        head.qualifyingEventCount += event.rows.count
        for place in distinct { qualifying.insert(place) }
      }
      for index in tables.indices {
        let codes = rows.dimensions[tables[index].0].codes
        tables[index].1.add(event: number, codes, event.rows, places: rowPlaces, memberCount: distinct.count)
      }
    }
    var union: [UInt32] = []
    qualifying.forEach { union.append($0) }
    head.qualifying = add(union, among: places.keys.count)
    for (index, table) in tables {
      let entries = table.encodedEntries()
      head.dimensions[index].block = .init(
        valueCount: table.valueCount, entryCount: table.entryCount, offset: head.encodedByteCount + body.count,
        byteCount: entries.count, checksum: entries.withUnsafeBytes { byteHash($0) },
        setByteCount: table.sets.count, setChecksum: table.sets.withUnsafeBytes { byteHash($0) })
      body += entries
      body += table.sets
    }
    head.fileByteCount = head.encodedByteCount + body.count
    return Built(head: head, body: body)
  }

  /// Adds a set to the body; one that holds all of `count` members takes no room.
  private mutating func add(_ members: [UInt32], among count: Int?) -> ActivityIndexHead.SetPlace {
    var place = ActivityIndexHead.SetPlace(count: members.count)
    if members.count == count { return place }
    let bytes = roaringBytes(members)
    place.offset = head.encodedByteCount + body.count
    place.byteCount = bytes.count
    place.checksum = bytes.withUnsafeBytes { byteHash($0) }
    body += bytes
    return place
  }

  private func eventRanges() -> [(name: String, rows: Range<Int>)] {
    var ranges: [(name: String, rows: Range<Int>)] = []
    var start = 0
    rows.event.codes.withUnsafeBufferPointer { codes in
      for row in 1...codes.count where row == codes.count || codes[row] != codes[start] {
        ranges.append((rows.event.values.string(codes[start]), start..<row))
        start = row
      }
    }
    return ranges
  }

  private static func distinct(_ ascending: [UInt32]) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: ascending.count) { result, count in
      var last = UInt32.max
      // Whether a member comes again is not to be guessed: it is written in any case, and kept where it is new.
      for place in ascending {
        result[count] = place
        count &+= place != last ? 1 : 0
        last = place
      }
    }
  }
}

/// The members of a segment, and the place of each among them.
private struct MemberPlaces {
  /// Ascending; `keys[n]` is the member of place n.
  private(set) var keys: [UInt32] = []
  private let bits: Bitmap
  /// By word of `bits`: members before it.
  private var before: [UInt32] = []

  init(_ members: [Int32]) {
    var bits = Bitmap()
    members.withUnsafeBytes { bits.insert($0.bindMemory(to: UInt32.self)) }
    self.bits = bits
    var count: UInt32 = 0
    before = [UInt32](unsafeUninitializedCapacity: bits.words.count) { before, filled in
      for word in bits.words {
        before[filled] = count
        filled += 1
        count &+= UInt32(truncatingIfNeeded: word.nonzeroBitCount)
      }
    }
    keys = [UInt32](unsafeUninitializedCapacity: Int(count)) { keys, filled in
      bits.forEach {
        keys[filled] = $0
        filled += 1
      }
    }
  }

  /// The place of each row's member, for `range` of the rows.
  func find(_ members: [Int32], _ range: Range<Int>) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: range.count) { places, filled in
      bits.words.withUnsafeBufferPointer { words in
        before.withUnsafeBufferPointer { before in
          members.withUnsafeBufferPointer { members in
            for row in range {
              let key = UInt32(bitPattern: members[row])
              let below = words[Int(key >> 6)] & ((1 &<< UInt64(key & 63)) &- 1)
              places[filled] = before[Int(key >> 6)] &+ UInt32(truncatingIfNeeded: below.nonzeroBitCount)
              filled &+= 1
            }
          }
        }
      }
    }
  }
}
