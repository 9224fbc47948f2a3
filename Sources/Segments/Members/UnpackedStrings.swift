internal import Columns
internal import Parquet

/// The strings of one block as they lie in memory.
///
/// ```
/// end offsets u32 × count │ the bytes of all strings
/// ```
struct UnpackedStrings: Sendable {
  let count: Int
  private let room: [UInt8]

  /// Costs unpacking where the block is packed; nil where it does not hold what it says.
  init?(_ block: BlockFile.Block) {
    count = block.entryCount
    switch block.kind {
    case .strings: room = block.payload
    case .packedStrings:
      guard let plain = Self.unpacked(block) else { return nil }
      room = plain
    default: return nil
    }
    guard hasSoundEnds else { return nil }
  }

  /// A packed block in the form of one that is not: lengths become end offsets.
  private static func unpacked(_ block: BlockFile.Block) -> [UInt8]? {
    let (payload, count) = (block.payload, block.entryCount)
    guard payload.count > PackedStrings.headerByteCount else { return nil }
    let byteCount: UInt64 = payload.littleEndian(at: 0)
    guard byteCount < 1 << 31, count <= Int(byteCount) / 4 else { return nil }
    var plain = payload.withUnsafeBytes { bytes in
      try? Zstd.decompress(
        UnsafeRawBufferPointer(rebasing: bytes[PackedStrings.headerByteCount...]), byteCount: Int(byteCount))
    }
    plain?.withUnsafeMutableBytes { bytes in
      var end: UInt32 = 0
      for row in 0..<count {
        end &+= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: row &* 4, as: UInt32.self))
        bytes.storeBytes(of: end.littleEndian, toByteOffset: row &* 4, as: UInt32.self)
      }
    }
    return plain
  }

  private var hasSoundEnds: Bool {
    guard count <= room.count / 4 else { return false }
    return room.withUnsafeBytes { bytes in
      var (last, isSound) = (0, true)
      for row in 0..<count {
        let end = Self.end(of: row, bytes)
        isSound = isSound && end >= last
        last = end
      }
      return isSound && last <= room.count - count * 4
    }
  }

  @inline(__always)
  private static func end(of row: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
    Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: row &* 4, as: UInt32.self)))
  }

  /// Asks for where a string lies, which ``prefetchText(of:)`` must know.
  @inline(__always)
  func prefetchPlace(of row: Int) {
    room.withUnsafeBytes { prefetch($0.baseAddress! + max(0, row &- 1) &* 4) }
  }

  /// Asks for the first bytes of a string.
  @inline(__always)
  func prefetchText(of row: Int) { withBytes(of: row) { prefetch($0.baseAddress!) } }

  /// Calls `body` with the bytes of a string.
  @inline(__always)
  func withBytes<R>(of row: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    room.withUnsafeBytes { bytes in
      let start = row == 0 ? 0 : Self.end(of: row &- 1, bytes)
      return body(
        UnsafeRawBufferPointer(rebasing: bytes[(count &* 4 &+ start)..<(count &* 4 &+ Self.end(of: row, bytes))]))
    }
  }

  /// Adds all strings to `texts`.
  func append(to texts: inout RowTexts) {
    let start = texts.bytes.count
    let ends: [UInt32] = room.littleEndianNumbers(at: 0, count: count)
    for end in ends { texts.ends.append(start + Int(end)) }
    texts.bytes += room[(count * 4)..<(count * 4 + Int(ends.last ?? 0))]
  }

  /// Bytes of all strings.
  var textByteCount: Int { count == 0 ? 0 : Int(room.littleEndian(at: (count - 1) * 4) as UInt32) }
}
