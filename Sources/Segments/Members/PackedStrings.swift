package import Columns
internal import Dispatch
internal import Parquet
internal import Synchronization

/// Strings in blocks of little room: lengths and bytes, compressed with zstd; many blocks, so that all cores read.
///
/// ```
/// bytes of what is compressed u64 │ zstd frame of: lengths u32 × entries, then the bytes of all strings
/// ```
package enum PackedStrings {
  private static let headerByteCount = 8
  private static let blockStringCountMax = 1 << 16
  /// Ids are noise with few distinct letters: more effort finds nothing more.
  private static let level: Int32 = 1

  /// The blocks of the strings of `table` from `first` on.
  package static func encode(_ table: StringTable, from first: Int) -> [UInt8] {
    let starts = Array(stride(from: first, to: table.count, by: blockStringCountMax))
    let blocks = Mutex<[Int: [UInt8]]>([:])
    DispatchQueue.concurrentPerform(iterations: starts.count) { index in
      let block = Self.block(table, starts[index]..<min(starts[index] + blockStringCountMax, table.count))
      blocks.withLock { $0[index] = block }
    }
    let encoded = blocks.withLock { $0 }
    return starts.indices.flatMap { encoded[$0] ?? [] }
  }

  private static func block(_ table: StringTable, _ codes: Range<Int>) -> [UInt8] {
    var plain: [UInt8] = []
    plain.appendLittleEndian(codes.map { UInt32(table.range(of: UInt32($0)).count) })
    let start = codes.lowerBound == 0 ? 0 : table.ends[codes.lowerBound - 1]
    plain += table.bytes[start..<table.ends[codes.upperBound - 1]]
    var payload: [UInt8] = []
    payload.appendLittleEndian(UInt64(plain.count))
    payload += plain.withUnsafeBytes { Zstd.compress($0, level: level) }
    return BlockFile.encode(.packedStrings, entryCount: codes.count, payload: payload)
  }

  /// The strings of `blocks`, one after another; on all cores.
  /// - Throws: ``StoreError`` `corrupt` where a block is not what ``encode(_:from:)`` gives.
  package static func append(_ blocks: [BlockFile.Block], to texts: inout RowTexts, file: String) throws {
    let results = Mutex<[Int: [UInt8]]>([:])
    DispatchQueue.concurrentPerform(iterations: blocks.count) { index in
      guard let plain = plain(blocks[index]) else { return }
      results.withLock { $0[index] = plain }
    }
    let decoded = results.withLock { $0 }
    for (index, block) in blocks.enumerated() {
      if block.kind == .strings {
        try StringsBlock.append(block, to: &texts, file: file)
        continue
      }
      guard let bytes = decoded[index], append(bytes, count: block.entryCount, to: &texts) else {
        throw StoreError(.corrupt, "the file is damaged: a block does not hold what it says", file: file)
      }
    }
  }

  private static func plain(_ block: BlockFile.Block) -> [UInt8]? {
    guard block.kind == .packedStrings, block.payload.count > headerByteCount else { return nil }
    let byteCount: UInt64 = block.payload.littleEndian(at: 0)
    guard byteCount < 1 << 40, block.entryCount <= Int(byteCount) / 4 else { return nil }
    return block.payload.withUnsafeBytes { bytes in
      try? Zstd.decompress(UnsafeRawBufferPointer(rebasing: bytes[headerByteCount...]), byteCount: Int(byteCount))
    }
  }

  private static func append(_ plain: [UInt8], count: Int, to texts: inout RowTexts) -> Bool {
    var end = texts.bytes.count
    texts.ends.reserveCapacity(max(texts.ends.count + count, texts.ends.capacity))
    for length in plain.littleEndianNumbers(at: 0, count: count) as [UInt32] {
      end += Int(length)
      texts.ends.append(end)
    }
    guard end - texts.bytes.count == plain.count - count * 4 else { return false }
    texts.bytes += plain[(count * 4)...]
    return true
  }
}
