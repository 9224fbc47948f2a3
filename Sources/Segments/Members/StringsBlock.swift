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
    guard block.kind == .strings, let strings = UnpackedStrings(block) else {
      throw StoreError(.corrupt, "the file is damaged: a string lies outside its block", file: file)
    }
    for row in 0..<strings.count { strings.withBytes(of: row) { _ = table.code(for: $0) } }
  }
}
