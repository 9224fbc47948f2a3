package import Columns
internal import Parquet

/// Strings in blocks of little room: lengths and bytes, compressed with zstd; many blocks, so that all cores read.
///
/// ```
/// bytes of what is compressed u64 │ zstd frame of: lengths u32 × entries, then the bytes of all strings
/// ```
package enum PackedStrings {
  static let headerByteCount = 8
  private static let blockStringCountMax = 1 << 16
  /// Ids are noise with few distinct letters: more effort finds nothing more.
  private static let level: Int32 = 1

  /// The blocks of the strings of `table` from `first` on.
  package static func encode(_ table: StringTable, from first: Int) -> [UInt8] {
    let starts = Array(stride(from: first, to: table.count, by: blockStringCountMax))
    return onAllCores(starts.count) { index in
      block(table, starts[index]..<min(starts[index] + blockStringCountMax, table.count))
    }.flatMap(\.self)
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
    let unpacked = try unpack(blocks, file: file)
    texts.ends.reserveCapacity(texts.ends.count + unpacked.reduce(0) { $0 + $1.count })
    texts.bytes.reserveCapacity(texts.bytes.count + unpacked.reduce(0) { $0 + $1.textByteCount })
    for strings in unpacked { strings.append(to: &texts) }
  }

  /// The same, each block for itself.
  static func unpack(_ blocks: [BlockFile.Block], file: String) throws -> [UnpackedStrings] {
    try onAllCores(blocks.count) { UnpackedStrings(blocks[$0]) }.map { strings in
      guard let strings else {
        throw StoreError(.corrupt, "the file is damaged: a block does not hold what it says", file: file)
      }
      return strings
    }
  }
}
