internal import Columns

/// The sets of one dimension: of each event and value, who did it and how often. See <doc:ActivityIndex> for the bytes.
struct DimensionIndexBuilder {
  /// Stands for a missing value.
  private static let missing = UInt32.max

  /// What one event and value have.
  private struct Entry {
    var event: UInt32
    /// A place in `values`, or `missing`.
    var value: UInt32
    var eventCount: UInt32
    var memberCount: UInt32
    /// Empty where all members of the event have it.
    var byteCount: UInt32
  }

  /// Ascending by their bytes.
  private var values: [[UInt8]] = []
  /// By code of the column: the place of its text in `values`.
  private var placeOfCode: [UInt16] = []
  /// By row of the event at hand: its value.
  private var slots: [UInt16] = []
  private var entries: [Entry] = []
  /// In the order of the entries.
  private(set) var sets: [UInt8] = []

  /// How many values it has.
  var valueCount: Int { values.count }
  /// How many sets it has.
  var entryCount: Int { entries.count }

  /// Nil where the column has more values than an index takes.
  init?(_ column: TextColumn, rowCount: Int) {
    var isUsed = [Bool](repeating: false, count: column.values.count)
    var count = 0
    let null = TextColumn.null
    for code in column.codes where code != null && !isUsed[Int(code)] {
      isUsed[Int(code)] = true
      count += 1
      if count > StoreLimits.indexedValueCountMax { return nil }
    }
    let used = isUsed.indices.filter { isUsed[$0] }.map { code in
      (code: code, text: column.values.withBytes(of: UInt32(code)) { Array($0) })
    }.sorted { $0.text.lexicographicallyPrecedes($1.text) }
    placeOfCode = [UInt16](repeating: 0, count: isUsed.count)
    for (place, value) in used.enumerated() { placeOfCode[value.code] = UInt16(place) }
    values = used.map(\.text)
  }

  /// Adds the rows of one event.
  /// - Parameters:
  ///   - places: of the rows' members, ascending.
  ///   - memberCount: how many members the event has.
  mutating func add(event: Int, _ codes: [UInt32], _ range: Range<Int>, places: [UInt32], memberCount: Int) {
    let hasOneSlot = findSlots(of: codes, range)
    if hasOneSlot {
      add(event, slot: Int(slots[0]), eventCount: range.count, memberCount: memberCount, set: [])
      return
    }
    let slotCount = values.count + 1
    var tallies = Array(repeating: Tally(), count: slotCount)
    var members = [UInt32](repeating: 0, count: range.count)
    tallies.withUnsafeMutableBufferPointer { tallies in
      slots.withUnsafeBufferPointer { slots in
        places.withUnsafeBufferPointer { places in
          members.withUnsafeMutableBufferPointer { members in
            Self.count(slots, tallies)
            Self.gather(slots, places, tallies, into: members)
          }
        }
      }
    }
    members.withUnsafeBufferPointer { members in
      for (slot, tally) in tallies.enumerated() where tally.eventCount > 0 {
        let count = tally.end - tally.start
        let set =
          count == memberCount ? [] : roaringBytes(UnsafeBufferPointer(rebasing: members[tally.start..<tally.end]))
        add(event, slot: slot, eventCount: Int(tally.eventCount), memberCount: count, set: set)
      }
    }
  }

  private mutating func add(_ event: Int, slot: Int, eventCount: Int, memberCount: Int, set: [UInt8]) {
    entries.append(
      Entry(
        event: UInt32(event), value: slot == values.count ? Self.missing : UInt32(slot),
        eventCount: UInt32(eventCount), memberCount: UInt32(memberCount), byteCount: UInt32(set.count)))
    sets += set
  }

  /// What the rows of one value have.
  private struct Tally {
    var eventCount: UInt32 = 0
    var last = UInt32.max
    /// Where its members begin and end among those of all values.
    var (start, end) = (0, 0)
  }

  /// Looks up the value of each row; the place behind the last value stands for a missing one.
  /// - Returns: whether all rows have the same.
  private mutating func findSlots(of codes: [UInt32], _ range: Range<Int>) -> Bool {
    let (null, missing) = (TextColumn.null, UInt16(values.count))
    slots.removeAll(keepingCapacity: true)
    if codes.isEmpty || values.isEmpty {
      slots.append(missing)
      return true
    }
    slots.append(contentsOf: repeatElement(missing, count: range.count))
    return slots.withUnsafeMutableBufferPointer { slots in
      placeOfCode.withUnsafeBufferPointer { placeOfCode in
        codes.withUnsafeBufferPointer { codes in
          var differing: UInt16 = 0
          for index in 0..<range.count {
            let code = codes[range.lowerBound &+ index]
            let slot = code == null ? missing : placeOfCode[Int(code)]
            slots[index] = slot
            differing |= slot ^ slots[0]
          }
          return differing == 0
        }
      }
    }
  }

  private static func count(_ slots: UnsafeBufferPointer<UInt16>, _ tallies: UnsafeMutableBufferPointer<Tally>) {
    for slot in slots { tallies[Int(slot)].eventCount &+= 1 }
  }

  /// Writes the members of each value, one value behind the other, each with as much room as it has rows.
  private static func gather(
    _ slots: UnsafeBufferPointer<UInt16>, _ places: UnsafeBufferPointer<UInt32>,
    _ tallies: UnsafeMutableBufferPointer<Tally>, into members: UnsafeMutableBufferPointer<UInt32>
  ) {
    var start = 0
    for slot in tallies.indices {
      (tallies[slot].start, tallies[slot].end) = (start, start)
      start += Int(tallies[slot].eventCount)
    }
    for index in 0..<slots.count {
      let tally = tallies.baseAddress! + Int(slots[index])
      let (place, end) = (places[index], tally.pointee.end)
      // Whether a member comes again is not to be guessed: it is written in any case, and kept where it is new.
      members[end] = place
      tally.pointee.end = end &+ (tally.pointee.last != place ? 1 : 0)
      tally.pointee.last = place
    }
  }

  /// The bytes of the block before the sets.
  func encodedEntries() -> [UInt8] {
    var bytes: [UInt8] = []
    var end: UInt32 = 0
    for value in values {
      end += UInt32(value.count)
      bytes.appendLittleEndian(end)
    }
    for value in values { bytes += value }
    bytes.appendLittleEndian(entries.map(\.event))
    bytes.appendLittleEndian(entries.map(\.value))
    bytes.appendLittleEndian(entries.map(\.eventCount))
    bytes.appendLittleEndian(entries.map(\.memberCount))
    bytes.appendLittleEndian(entries.map(\.byteCount))
    return bytes
  }
}
