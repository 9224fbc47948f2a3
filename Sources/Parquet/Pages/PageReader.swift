/// Goes through the pages of one chunk: checks each and decompresses it.
struct PageReader: ~Copyable {
  /// The chunk's bytes, and where they begin in the file.
  private let chunk: [UInt8]
  private let codec: Codec
  private var position = 0
  private var page = PageBuffer(capacity: 1 << 17)
  private var decompressor: ZstdDecompressor?

  /// Data pages of the chunk that are left out before the first that is here.
  private var skippedCount: Int
  /// The index of the current page in its chunk; nil before the first.
  private(set) var index: Int?
  /// Bytes of the pages so far as if uncompressed, their headers included.
  private(set) var uncompressedByteCount = 0
  /// Where the current page lies in the chunk, its header included.
  private(set) var byteRange = 0..<0
  private var bodyStart = 0

  /// Throws `unsupported` for a codec that this reader does not know.
  init(_ chunk: [UInt8], codec: Codec, skippedCount: Int = 0) throws {
    self.chunk = chunk
    self.skippedCount = skippedCount
    self.codec = codec
    switch codec {
    case .uncompressed: decompressor = nil
    case .zstd: decompressor = ZstdDecompressor()
    default: throw ParquetError(.unsupported, "chunks compressed with \(codec) are not read")
    }
  }

  var chunkByteCount: Int { chunk.count }

  /// The current page, decompressed, with readable slack behind it; valid until the next.
  var bytes: UnsafeRawBufferPointer { page.bytes }

  /// Whether the current page has the checksum of its header `header`, or the header has none.
  func hasChecksum(of header: PageHeader) -> Bool {
    guard let expected = header.checksum else { return true }
    return chunk.withUnsafeBytes { checksum(.init(rebasing: $0[bodyStart..<byteRange.upperBound])) == expected }
  }

  /// Goes to the next page without decompressing it; nil at the end of the chunk.
  mutating func nextHeader() throws -> PageHeader? {
    guard position < chunk.count else { return nil }
    let isFirst = index == nil
    index = index.map { $0 + 1 } ?? 0
    var reader = ThriftReader(chunk, from: position, failingWith: .corruptPage)
    let header = try PageHeader(&reader)
    bodyStart = reader.position
    guard header.compressedByteCount <= chunk.count - bodyStart else {
      throw ParquetError(.corruptPage, "a page of \(header.compressedByteCount) bytes leaves its chunk")
    }
    guard header.kind == .data || isFirst else {
      throw ParquetError(.corruptPage, "a dictionary page follows other pages")
    }
    if header.kind == .data {
      index = index! + skippedCount
      skippedCount = 0
    }
    uncompressedByteCount += bodyStart - position + header.uncompressedByteCount
    byteRange = position..<bodyStart + header.compressedByteCount
    position = byteRange.upperBound
    return header
  }

  /// Goes to the next page, checks its checksum and decompresses it; nil at the end of the chunk.
  mutating func next() throws -> PageHeader? {
    guard let header = try nextHeader() else { return nil }
    guard hasChecksum(of: header) else {
      throw ParquetError(.checksum, "a page does not have the checksum of its header")
    }
    try chunk.withUnsafeBytes { all in
      let body = UnsafeRawBufferPointer(rebasing: all[bodyStart..<byteRange.upperBound])
      if decompressor != nil {
        try decompressor!.decompress(body, byteCount: header.uncompressedByteCount, into: &page)
        return
      }
      guard header.compressedByteCount == header.uncompressedByteCount else {
        throw ParquetError(.corruptPage, "an uncompressed page has two sizes")
      }
      page.removeAll()
      page.append(body)
    }
    return header
  }
}

/// Decodes the indices that fill `section`, which begins with their width, into `output`.
///
/// Throws `corruptPage` where one of them is not below `dictionaryCount`.
func decodeIndices(
  _ section: UnsafeRawBufferPointer, count: Int, dictionaryCount: Int, into output: UnsafeMutablePointer<UInt32>
) throws {
  if count == 0 { return }
  var cursor = ByteCursor(section)
  let width = Int(try cursor.byte())
  try decodeHybrid(try cursor.take(cursor.left), count: count, width: width, into: output)
  if width < 32, dictionaryCount >= 1 << width { return }
  if areAll(output, count: count, below: dictionaryCount) { return }
  let greatest = UnsafeBufferPointer(start: output, count: count).max() ?? 0
  throw ParquetError(.corruptPage, "index \(greatest) into a dictionary of \(dictionaryCount) values")
}

/// Whether no index is `limit` or greater. A difference that wraps around has its highest bit set, which is quicker to
/// collect than the greatest index.
private func areAll(_ indices: UnsafePointer<UInt32>, count: Int, below limit: Int) -> Bool {
  guard limit > 0, limit <= Int32.max else { return limit > 0 }
  let last = UInt32(limit - 1)
  var bits: UInt32 = 0
  for place in 0..<count { bits |= last &- indices[place] | indices[place] }
  return bits >> 31 == 0
}
