internal import Columns

/// What the head of an activity index says: all counts, and where the sets lie. See <doc:ActivityIndex> for the bytes.
package struct ActivityIndexHead: Sendable, Equatable {
  /// Where a set of members lies, and how many it has.
  struct SetPlace: Sendable, Equatable {
    var offset = 0
    /// 0: all members of the segment, for which nothing is written.
    var byteCount = 0
    var count = 0
    var checksum: UInt64 = 0

    static let byteCount = 24
  }

  /// One event name.
  struct Event: Sendable, Equatable {
    var name: String
    var eventCount: Int
    var members: SetPlace
  }

  /// One dimension.
  struct Dimension: Sendable, Equatable {
    var name: String
    /// Nil where it has more values than the index takes.
    var block: Block?
  }

  /// Where the entries of a dimension lie, and behind them their sets. Each has a checksum of its own: counts are read
  /// without sets.
  struct Block: Sendable, Equatable {
    var valueCount = 0
    var entryCount = 0
    var offset = 0
    var byteCount = 0
    var checksum: UInt64 = 0
    var setByteCount = 0
    var setChecksum: UInt64 = 0

    static let byteCount = 48
  }

  var byteCount = 0
  var fileByteCount = 0
  var rowCount = 0
  /// Of the segment that it was made from.
  var segment = ContentHash(high: 0, low: 0)
  var passive: UInt64 = 0
  var members = SetPlace()
  var qualifyingEventCount = 0
  var qualifying = SetPlace()
  /// In the order of their names' bytes.
  var events: [Event] = []
  var dimensions: [Dimension] = []

  static let magic: UInt32 = 0x4153_554D
  static let format: UInt32 = 2
  static let fixedByteCount = 128
  private static let checksumOffset = 56

  /// What tells one choice of passive events from another.
  static func fingerprint(ofPassive names: Set<String>) -> UInt64 {
    let sorted = names.map { Array($0.utf8) + [0] }.sorted { $0.lexicographicallyPrecedes($1) }
    return Array(sorted.joined()).withUnsafeBytes { byteHash($0, seed: UInt64(sorted.count)) }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let first = byteHash(UnsafeRawBufferPointer(rebasing: bytes[..<checksumOffset]))
    return byteHash(UnsafeRawBufferPointer(rebasing: bytes[(checksumOffset + 8)...]), seed: first)
  }
}

extension ActivityIndexHead {
  /// How many bytes ``encoded()`` gives.
  var encodedByteCount: Int {
    events.reduce(0) { $0 + 8 + SetPlace.byteCount + 4 + $1.name.utf8.count }
      + dimensions.reduce(0) { $0 + 4 + $1.name.utf8.count + Block.byteCount } + Self.fixedByteCount
  }

  /// The bytes at the beginning of the file.
  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ place: SetPlace) {
      bytes.appendLittleEndian(UInt64(place.offset))
      bytes.appendLittleEndian(UInt32(place.byteCount))
      bytes.appendLittleEndian(UInt32(place.count))
      bytes.appendLittleEndian(place.checksum)
    }
    func put(_ text: String) {
      bytes.appendLittleEndian(UInt32(text.utf8.count))
      bytes += text.utf8
    }
    bytes.appendLittleEndian([Self.magic, Self.format])
    bytes.appendLittleEndian([UInt64(encodedByteCount), UInt64(fileByteCount), UInt64(rowCount)])
    bytes.appendLittleEndian([segment.high, segment.low, passive, 0])
    put(members)
    bytes.appendLittleEndian(UInt64(qualifyingEventCount))
    put(qualifying)
    bytes.appendLittleEndian([UInt32(events.count), UInt32(dimensions.count)])
    for event in events {
      bytes.appendLittleEndian(UInt64(event.eventCount))
      put(event.members)
      put(event.name)
    }
    for dimension in dimensions {
      put(dimension.name)
      let block = dimension.block ?? Block()
      bytes.appendLittleEndian([dimension.block == nil ? .max : UInt32(block.valueCount), UInt32(block.entryCount)])
      bytes.appendLittleEndian([UInt64(block.offset), UInt64(block.byteCount), block.checksum])
      bytes.appendLittleEndian([UInt64(block.setByteCount), block.setChecksum])
    }
    let checksum = bytes.withUnsafeBytes(Self.checksum)
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: checksum.littleEndian, toByteOffset: Self.checksumOffset, as: UInt64.self)
    }
    return bytes
  }

  /// How long the head is that begins like `bytes`; nil where it is none of this format.
  static func byteCount(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= fixedByteCount, bytes.littleEndian(at: 0) == magic, bytes.littleEndian(at: 4) == format else {
      return nil
    }
    let byteCount: UInt64 = bytes.littleEndian(at: 8)
    return byteCount >= UInt64(fixedByteCount) ? Int(clamping: byteCount) : nil
  }

  /// Reads a whole head; nil where it is not what was written.
  init?(_ bytes: [UInt8]) {
    guard Self.byteCount(bytes) == bytes.count,
      bytes.withUnsafeBytes(Self.checksum) == bytes.littleEndian(at: Self.checksumOffset)
    else { return nil }
    var cursor = HeadCursor(bytes: bytes, offset: 8)
    guard let byteCount = cursor.count64(), let fileByteCount = cursor.count64(), let rowCount = cursor.count64() else {
      return nil
    }
    (self.byteCount, self.fileByteCount, self.rowCount) = (byteCount, fileByteCount, rowCount)
    segment = ContentHash(high: bytes.littleEndian(at: 32), low: bytes.littleEndian(at: 40))
    passive = bytes.littleEndian(at: 48)
    cursor.offset = 64
    guard let members = cursor.place(), let qualifyingCount = cursor.count64(), let qualifying = cursor.place(),
      let eventCount = cursor.count32(), let dimensionCount = cursor.count32()
    else { return nil }
    // More members than rows, or in a part of it than in all, is what nobody wrote, and would take room for them.
    guard members.count <= rowCount, qualifying.count <= members.count, qualifyingCount <= rowCount else { return nil }
    (self.members, qualifyingEventCount, self.qualifying) = (members, qualifyingCount, qualifying)
    for _ in 0..<eventCount {
      guard let count = cursor.count64(), let place = cursor.place(), let name = cursor.text(), count <= rowCount,
        place.count <= members.count, events.last.map({ $0.name.utf8.lexicographicallyPrecedes(name.utf8) }) ?? true
      else { return nil }
      events.append(Event(name: name, eventCount: count, members: place))
    }
    for _ in 0..<dimensionCount {
      guard let name = cursor.text(), let valueCount = cursor.count32(), let entryCount = cursor.count32(),
        let offset = cursor.count64(), let byteCount = cursor.count64(), let checksum = cursor.number64(),
        let setByteCount = cursor.count64(), let setChecksum = cursor.number64()
      else { return nil }
      let block = Block(
        valueCount: valueCount, entryCount: entryCount, offset: offset, byteCount: byteCount, checksum: checksum,
        setByteCount: setByteCount, setChecksum: setChecksum)
      dimensions.append(Dimension(name: name, block: valueCount == Int(UInt32.max) ? nil : block))
    }
    guard cursor.offset == bytes.count else { return nil }
  }
}

/// Reads the fields of a head one after another; nil past its end.
private struct HeadCursor {
  let bytes: [UInt8]
  var offset: Int

  mutating func number64() -> UInt64? {
    guard offset + 8 <= bytes.count else { return nil }
    defer { offset += 8 }
    return bytes.littleEndian(at: offset)
  }

  /// Nil for what no file can hold as well.
  mutating func count64() -> Int? { number64().flatMap { $0 < 1 << 48 ? Int($0) : nil } }

  mutating func count32() -> Int? {
    guard offset + 4 <= bytes.count else { return nil }
    defer { offset += 4 }
    return Int(bytes.littleEndian(at: offset) as UInt32)
  }

  mutating func text() -> String? {
    guard let count = count32(), offset + count <= bytes.count else { return nil }
    defer { offset += count }
    return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
  }

  mutating func place() -> ActivityIndexHead.SetPlace? {
    guard let offset = count64(), let byteCount = count32(), let count = count32(), let checksum = number64() else {
      return nil
    }
    return ActivityIndexHead.SetPlace(offset: offset, byteCount: byteCount, count: count, checksum: checksum)
  }
}
