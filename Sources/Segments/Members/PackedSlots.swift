internal import Columns

/// The slots of a table of strings in little room: a slot is a tag of 32 bits over a code, or empty.
///
/// ```
/// ids hash u64 │ slots u64 │ one bit a slot: is it used │ codes of the used ones, bit-packed │ their tags, u32 each
/// ```
package enum PackedSlots {
  private static let headerByteCount = 16

  /// The block of the slots of `count` strings.
  /// - Parameter hash: what ties the slots to their strings.
  package static func encode(_ slots: [UInt64], count: Int, hash: UInt64) -> [UInt8] {
    var used = Bitmap(capacity: slots.count)
    var (codes, tags): ([UInt64], [UInt32]) = ([], [])
    codes.reserveCapacity(count)
    tags.reserveCapacity(count)
    for (place, slot) in slots.enumerated() where slot != 0 {
      used.insert(UInt32(place))
      codes.append(slot & 0xFFFF_FFFF)
      tags.append(UInt32(truncatingIfNeeded: slot >> 32))
    }
    var bits = PackedBits()
    var header: [UInt8] = []
    header.appendLittleEndian([hash, UInt64(slots.count)])
    header.withUnsafeBytes { bits.append(contentsOf: $0) }
    used.words.withUnsafeBytes { bits.append(contentsOf: $0) }
    codes.withUnsafeBufferPointer { bits.append($0, width: width(count)) }
    bits.align()
    tags.withUnsafeBytes { bits.append(contentsOf: $0) }
    return BlockFile.encode(.packedSlots, entryCount: count, payload: bits.bytes)
  }

  /// Codes are one above their place, so that 0 is free to stand for an empty slot.
  private static func width(_ count: Int) -> Int { Int.bitWidth - count.leadingZeroBitCount }

  /// What ties the slots of a block to their strings; nil where there is none.
  static func hash(_ block: BlockFile.Block) -> UInt64? {
    block.payload.count >= headerByteCount ? block.payload.littleEndian(at: 0) : nil
  }

  /// Where in a payload everything lies.
  struct Layout: Sendable {
    let slotCount: Int
    let codeWidth: Int
    let codeOffset: Int
    let tagOffset: Int
    var wordOffset: Int { headerByteCount }

    /// nil where the block is not what ``PackedSlots/encode(_:count:hash:)`` gives.
    init?(_ block: BlockFile.Block) {
      let (payload, count) = (block.payload, block.entryCount)
      guard payload.count >= headerByteCount, count <= payload.count else { return nil }
      let announced: UInt64 = payload.littleEndian(at: 8)
      guard announced % 64 == 0 || announced < 64, announced <= UInt64(payload.count) * 64 else { return nil }
      slotCount = Int(announced)
      codeWidth = width(count)
      codeOffset = headerByteCount + (slotCount + 63) / 64 * 8
      tagOffset = codeOffset + PackedBits.byteCount(count, width: codeWidth)
      guard payload.count == tagOffset + count * 4 else { return nil }
      let words = words(of: payload)
      guard words.reduce(0, { $0 + $1.nonzeroBitCount }) == count, slotCount % 64 == 0 || words[0] >> announced == 0
      else { return nil }
    }

    /// One bit a slot: is it used.
    func words(of payload: [UInt8]) -> [UInt64] {
      payload.littleEndianNumbers(at: wordOffset, count: (codeOffset - wordOffset) / 8)
    }
  }

  /// The slots; nil where the block is not what ``encode(_:count:hash:)`` gives.
  package static func decode(_ block: BlockFile.Block) -> [UInt64]? {
    guard let layout = Layout(block) else { return nil }
    let (payload, count) = (block.payload, block.entryCount)
    let codes = [UInt64](unsafeUninitializedCapacity: count) { room, filled in
      if count > 0 {
        payload.withUnsafeBytes { bytes in
          PackedBits.read(
            UnsafeRawBufferPointer(rebasing: bytes[layout.codeOffset...]), count: count, width: layout.codeWidth,
            into: room.baseAddress!)
        }
      }
      filled = count
    }
    var slots = [UInt64](repeating: 0, count: layout.slotCount)
    payload.withUnsafeBytes { bytes in
      var next = 0
      for (place, word) in layout.words(of: payload).enumerated() {
        var rest = word
        while rest != 0 {
          let tag = bytes.loadUnaligned(fromByteOffset: layout.tagOffset &+ next &* 4, as: UInt32.self)
          slots[place &* 64 &+ rest.trailingZeroBitCount] = UInt64(UInt32(littleEndian: tag)) << 32 | codes[next]
          next &+= 1
          rest &= rest &- 1
        }
      }
    }
    return slots
  }
}
