internal import Columns

/// Strings in a block: end offsets, then bytes. Codes go on from block to block.
enum StringsBlock {
  /// The block of the strings of `table` from `first` on.
  static func encode(_ table: StringTable, from first: Int) -> [UInt8] {
    let start = first == 0 ? 0 : table.ends[first - 1]
    var payload: [UInt8] = []
    payload.appendLittleEndian(table.ends[first...].map { UInt32($0 - start) })
    payload += table.bytes[start...]
    return BlockFile.encode(.strings, entryCount: table.count - first, payload: payload)
  }

  /// Adds the strings of `block` to `table`.
  /// - Throws: ``StoreError`` `corrupt` where offsets do not ascend within the payload.
  static func decode(_ block: BlockFile.Block, into table: inout StringTable, file: String) throws {
    let offsetBytes = block.entryCount * 4
    guard offsetBytes <= block.payload.count else { throw damage(file) }
    let ends: [UInt32] = block.payload.littleEndianNumbers(at: 0, count: block.entryCount)
    var start = 0
    try block.payload.withUnsafeBytes { payload in
      let bytes = UnsafeRawBufferPointer(rebasing: payload[offsetBytes...])
      for end in ends {
        guard Int(end) >= start, Int(end) <= bytes.count else { throw damage(file) }
        _ = table.code(for: UnsafeRawBufferPointer(rebasing: bytes[start..<Int(end)]))
        start = Int(end)
      }
    }
  }

  private static func damage(_ file: String) -> StoreError {
    StoreError(.corrupt, "the file is damaged: a string lies outside its block", file: file)
  }
}
