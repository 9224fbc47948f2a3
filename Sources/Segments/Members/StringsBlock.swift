internal import Columns

/// Strings in a block: end offsets, then bytes. Codes go on from block to block.
enum StringsBlock {
  /// The block of the strings of `table` from `first` on.
  static func encode(_ table: StringTable, from first: Int) -> [UInt8] {
    let start = first == 0 ? 0 : table.ends[first - 1]
    let count = table.count - first
    let byteCount = table.bytes.count - start
    return BlockFile.encode(.strings, entryCount: count, payloadByteCount: count * 4 + byteCount) { room in
      for row in 0..<count {
        let end = UInt32(table.ends[first + row] - start)
        room.storeBytes(of: end.littleEndian, toByteOffset: row * 4, as: UInt32.self)
      }
      table.bytes.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: room[(count * 4)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
    }
  }

  /// Adds the strings of `block` to `table`.
  /// - Throws: ``StoreError`` `corrupt` where offsets do not ascend within the payload.
  static func decode(_ block: BlockFile.Block, into table: inout StringTable, file: String) throws {
    var texts = RowTexts()
    try append(block, to: &texts, file: file)
    texts.bytes.withUnsafeBytes { bytes in
      for row in 0..<texts.count { _ = table.code(for: UnsafeRawBufferPointer(rebasing: bytes[texts.range(of: row)])) }
    }
  }

  /// Adds the strings of `block` to `texts`.
  /// - Throws: ``StoreError`` `corrupt` where offsets do not ascend within the payload.
  static func append(_ block: BlockFile.Block, to texts: inout RowTexts, file: String) throws {
    let offsetBytes = block.entryCount * 4
    guard block.kind == .strings, offsetBytes <= block.payload.count else { throw damage(file) }
    let ends: [UInt32] = block.payload.littleEndianNumbers(at: 0, count: block.entryCount)
    let start = texts.bytes.count
    var last: UInt32 = 0
    texts.ends.reserveCapacity(texts.ends.count + ends.count)
    for end in ends {
      guard end >= last, Int(end) <= block.payload.count - offsetBytes else { throw damage(file) }
      texts.ends.append(start + Int(end))
      last = end
    }
    texts.bytes += block.payload[offsetBytes..<offsetBytes + Int(last)]
  }

  private static func damage(_ file: String) -> StoreError {
    StoreError(.corrupt, "the file is damaged: a string lies outside its block", file: file)
  }
}
