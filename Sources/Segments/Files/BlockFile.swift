internal import Columns

/// An append-only file of checksummed blocks: the form of the member dictionary and of duplicate sidecars.
///
/// ```
/// block    magic "MUSB" │ kind u32 │ entries u64 │ payload bytes u64 │ checksum u64 │ payload …
/// ```
/// All numbers little endian; the checksum covers header and payload. What lies past the length that the
/// catalog committed was never finished, is not read, and is overwritten by the next append.
package struct BlockFile {
  /// What a block holds.
  package enum Kind: UInt32, Sendable {
    /// `u32 end offsets × entries`, then the bytes of all strings.
    case strings = 1
    /// Columns of `entries` rows: member key u32, event code u32, timestamp i64. Stores of before have them.
    case firsts = 2
    /// Columns of `entries` rows: id hash u64, content hash u32.
    case identities = 3
    /// First instants of `entries` rows in little room: see ``PackedFirsts``.
    case packedFirsts = 5
    /// Strings in little room: see ``PackedStrings``.
    case packedStrings = 7
    /// The slots of a table of strings, of which it holds the first `entries`: see ``PackedSlots``.
    case packedSlots = 8
    /// Runs of members with the day of their first event: see ``FirstDaysFile``.
    case firstDays = 6
  }

  /// A block as it was read: its checksum was right.
  package struct Block {
    package var kind: Kind
    package var entryCount: Int
    package var payload: [UInt8]
  }

  static let headerByteCount = 32
  private static let magic: UInt32 = 0x4253_554D

  /// The bytes of one block.
  package static func encode(_ kind: Kind, entryCount: Int, payload: [UInt8]) -> [UInt8] {
    encode(kind, entryCount: entryCount, payloadByteCount: payload.count) { room in room.copyBytes(from: payload) }
  }

  /// The bytes of one block whose payload `fill` writes, all of it.
  static func encode(
    _ kind: Kind, entryCount: Int, payloadByteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: headerByteCount + payloadByteCount) { buffer, filled in
      filled = headerByteCount + payloadByteCount
      let block = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<filled]))
      fill(UnsafeMutableRawBufferPointer(rebasing: block[headerByteCount...]))
      seal(kind, entryCount: entryCount, block)
    }
  }

  /// Writes the header of a block whose payload stands behind it.
  static func seal(_ kind: Kind, entryCount: Int, _ block: UnsafeMutableRawBufferPointer) {
    let payload = UnsafeRawBufferPointer(rebasing: block[headerByteCount...])
    block.storeBytes(of: magic.littleEndian, as: UInt32.self)
    block.storeBytes(of: kind.rawValue.littleEndian, toByteOffset: 4, as: UInt32.self)
    block.storeBytes(of: UInt64(entryCount).littleEndian, toByteOffset: 8, as: UInt64.self)
    block.storeBytes(of: UInt64(payload.count).littleEndian, toByteOffset: 16, as: UInt64.self)
    block.storeBytes(of: checksum(kind, entryCount, payload).littleEndian, toByteOffset: 24, as: UInt64.self)
  }

  private static func checksum(_ kind: Kind, _ entryCount: Int, _ payload: UnsafeRawBufferPointer) -> UInt64 {
    byteHash(payload, seed: UInt64(kind.rawValue) << 56 ^ UInt64(entryCount))
  }

  /// Where a block lies, by its header.
  struct Place: Sendable {
    var kind: Kind
    var entryCount: Int
    /// Bytes of the payload in the file.
    var payload: Range<Int>
    var checksum: UInt64

    /// The block's first byte.
    var start: Int { payload.lowerBound - headerByteCount }
  }

  /// The blocks in the first `byteCount` bytes of a file, in order.
  /// - Parameters:
  ///   - wanted: of other kinds only the header is read, and no block is given; nil is all.
  ///   - others: what else may be there.
  /// - Throws: ``StoreError`` `corrupt` at the first block that is not what was written.
  package static func read(
    _ path: String, byteCount: Int, only wanted: [Kind]? = nil, among others: [Kind] = []
  ) throws -> [Block] {
    guard let file = try open(path, byteCount: byteCount) else { return [] }
    var blocks: [Block] = []
    for place in try places(file, upTo: byteCount, of: wanted.map { $0 + others })
    where wanted?.contains(place.kind) ?? true {
      blocks.append(try block(at: place, in: file))
    }
    return blocks
  }

  /// A file of which `byteCount` bytes were committed; nil where none were.
  /// - Throws: ``StoreError`` `corrupt` where it is gone or shorter.
  static func open(_ path: String, byteCount: Int) throws -> OpenFile? {
    if byteCount == 0 { return nil }
    guard fileExists(path) else { throw damage(path, "it is gone") }
    let file = try OpenFile(reading: path)
    guard file.byteCount >= byteCount else {
      throw damage(path, "it has \(file.byteCount) bytes where \(byteCount) were committed")
    }
    return file
  }

  /// Where the blocks of the first `byteCount` bytes lie. Reads their headers alone.
  /// - Parameter kinds: what they may be; nil is all.
  /// - Throws: ``StoreError`` `corrupt` where none of them begins at the end of another.
  static func places(_ file: OpenFile, upTo byteCount: Int, of kinds: [Kind]? = nil) throws -> [Place] {
    var places: [Place] = []
    var offset = 0
    while offset < byteCount {
      guard let place = try place(at: offset, in: file, upTo: byteCount), kinds?.contains(place.kind) ?? true else {
        throw damage(file.path, "no block begins at byte \(offset)")
      }
      places.append(place)
      offset = place.payload.upperBound
    }
    return places
  }

  /// The block whose header begins at `offset`; nil where none does that ends before `end`.
  private static func place(at offset: Int, in file: OpenFile, upTo end: Int) throws -> Place? {
    guard offset + headerByteCount <= end else { return nil }
    let header = try file.read(offset..<offset + headerByteCount)
    let count: UInt64 = header.littleEndian(at: 8)
    let size: UInt64 = header.littleEndian(at: 16)
    guard header.littleEndian(at: 0) == magic, let kind = Kind(rawValue: header.littleEndian(at: 4)),
      size <= UInt64(end - offset - headerByteCount), count <= size &* UInt64(kind.entriesPerByteMax)
    else { return nil }
    let start = offset + headerByteCount
    return Place(
      kind: kind, entryCount: Int(count), payload: start..<start + Int(size), checksum: header.littleEndian(at: 24))
  }

  /// A block with its payload.
  /// - Throws: ``StoreError`` `corrupt` where it is not what was written.
  static func block(at place: Place, in file: OpenFile) throws -> Block {
    let payload = try file.read(place.payload)
    guard payload.withUnsafeBytes({ checksum(place.kind, place.entryCount, $0) }) == place.checksum else {
      throw damage(file.path, "the block at byte \(place.start) does not match its checksum")
    }
    return Block(kind: place.kind, entryCount: place.entryCount, payload: payload)
  }

  /// Where the blocks of a file lie, up to the last that is whole: what a lost catalog can still take from it.
  static func wholeBlocks(_ path: String) -> [Place] {
    var places: [Place] = []
    guard let file = try? OpenFile(reading: path) else { return [] }
    var offset = 0
    while let place = try? place(at: offset, in: file, upTo: file.byteCount), (try? block(at: place, in: file)) != nil {
      places.append(place)
      offset = place.payload.upperBound
    }
    return places
  }

  private static func damage(_ path: String, _ what: String) -> StoreError {
    StoreError(.corrupt, "the file is damaged: \(what)", file: path, hint: "Restore it from a copy of the store.")
  }
}

extension BlockFile.Kind {
  /// More entries than that do not fit into a byte: such a header is none.
  fileprivate var entriesPerByteMax: Int { self == .packedFirsts || self == .packedStrings ? 256 : 1 }
}

extension [UInt8] {
  mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  mutating func appendLittleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) {
    // Every machine that Swift runs on here is little endian; the bytes in memory are the bytes on disk.
    numbers.withUnsafeBytes { append(contentsOf: $0) }
  }

  func littleEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
    withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
  }

  /// `count` numbers that lie one after another from `offset`.
  func littleEndianNumbers<Number: FixedWidthInteger>(at offset: Int, count: Int) -> [Number] {
    [Number](unsafeUninitializedCapacity: count) { target, filled in
      withUnsafeBytes { source in
        let bytes = UnsafeRawBufferPointer(rebasing: source[offset..<offset + count * MemoryLayout<Number>.size])
        UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
      }
      filled = count
    }
  }
}
