/// Goes through the pages of one chunk of another writer: reads, checks and decompresses one at a time.
final class ForeignPages {
  private let source: any RandomAccessBytes
  private let held: HeldBytes
  private var decompressor: PageDecompressor
  /// Where the next header lies in the file, and where the last chunk's bytes may end.
  private var position: Int
  private let end: Int
  private let windowByteCount: Int
  /// Bytes of the file from `windowStart`.
  private var window: [UInt8] = []
  private var windowStart = 0
  private var heldByteCount = 0
  private var page = PageBuffer(capacity: 0)
  /// The index of the current page in its chunk; nil before the first.
  private(set) var index: Int?

  /// Throws `unsupported` for a codec that this reader does not know.
  init(_ source: any RandomAccessBytes, _ chunk: ForeignChunk, held: HeldBytes) throws {
    decompressor = try PageDecompressor(Self.known(chunk.codec))
    self.source = source
    self.held = held
    position = chunk.offset
    // Some writers leave a header out of the count.
    windowByteCount = min(Limits.chunkWindowByteCount, chunk.byteCount + 1024)
    // The footer's length and magic are behind everything.
    end = source.byteCount - 8
  }

  private static func known(_ codec: Int) throws -> Codec {
    guard let known = Int32(exactly: codec).flatMap(Codec.init) else {
      throw ParquetError(
        .unsupported, "pages compressed with the unknown codec \(codec) are not read",
        hint: "export the file again with zstd, snappy, gzip or no compression")
    }
    return known
  }

  /// The current page, levels first, decompressed, with readable slack behind it; valid until the next.
  var bytes: UnsafeRawBufferPointer { page.bytes }

  /// Gives back what is held.
  func close() throws {
    try held.replace(heldByteCount, by: 0)
    heldByteCount = 0
    window = []
    page = PageBuffer(capacity: 0)
  }

  /// Goes to the next page, checks its checksum and decompresses it; index pages are passed over.
  ///
  /// Throws `corruptPage` where no page follows.
  func next() throws -> ForeignPageHeader {
    while true {
      index = index.map { $0 + 1 } ?? 0
      let header = try nextHeader()
      if header.kind == .index {
        position += header.compressedByteCount
        continue
      }
      try load(header)
      return header
    }
  }

  /// Reads the header at `position`, which then is that of the page's bytes.
  private func nextHeader() throws -> ForeignPageHeader {
    var wanted = 1
    while true {
      try fill(wanted)
      let offset = position - windowStart
      do {
        var reader = ThriftReader(window, from: offset, failingWith: .corruptPage)
        let header = try ForeignPageHeader(&reader)
        position += reader.position - offset
        guard header.compressedByteCount <= end - position else {
          throw ParquetError(.corruptPage, "a page of \(header.compressedByteCount) bytes leaves the file")
        }
        return header
      } catch let error as ParquetError {
        // The header may go on behind the window: statistics can be long.
        let have = window.count - offset
        guard error.code == .corruptPage, windowStart + window.count < end, have < Limits.pageHeaderByteCountMax
        else { throw error }
        wanted = max(have * 4, 4096)
      }
    }
  }

  /// Makes the window hold `count` bytes from `position`, or all up to the end.
  private func fill(_ count: Int) throws {
    guard position < end else { throw ParquetError(.corruptPage, "the chunk ends before its values do") }
    let wanted = min(count, end - position)
    if position >= windowStart, position + wanted <= windowStart + window.count { return }
    let newCount = min(max(wanted, windowByteCount), end - position)
    try hold(newCount - window.count)
    window = try source.read(position..<position + newCount)
    windowStart = position
    guard window.count == newCount else { throw ParquetError(.truncated, "the file ends while it is read") }
  }

  private func hold(_ more: Int) throws {
    try held.replace(0, by: more)
    heldByteCount += more
  }

  private func load(_ header: ForeignPageHeader) throws {
    let count = header.compressedByteCount
    let levelByteCount = header.kind == .dataV2 ? header.definitionByteCount + header.repetitionByteCount : 0
    let isPlain = header.kind == .dataV2 && !header.isCompressed
    if !isPlain {
      try decompressor.check(count - levelByteCount, holds: header.uncompressedByteCount - levelByteCount)
    } else if count != header.uncompressedByteCount {
      throw ParquetError(.corruptPage, "an uncompressed page has two sizes")
    }
    if count > 0 { try fill(count) }
    if header.uncompressedByteCount > page.capacity {
      // Growing never takes more than twice what it had, or what is needed.
      try hold(max(header.uncompressedByteCount, page.capacity * 2) - page.capacity)
    }
    page.removeAll()
    _ = page.room(for: header.uncompressedByteCount)
    let start = position - windowStart
    position += count
    try window.withUnsafeBytes { all in
      let body = UnsafeRawBufferPointer(rebasing: all[start..<start + count])
      if let expected = header.checksum, checksum(body) != expected {
        throw ParquetError(.checksum, "a page does not have the checksum of its header")
      }
      let values = UnsafeRawBufferPointer(rebasing: body[levelByteCount...])
      page.append(UnsafeRawBufferPointer(rebasing: body[..<levelByteCount]))
      if isPlain {
        page.append(values)
      } else {
        try decompressor.append(values, byteCount: header.uncompressedByteCount - levelByteCount, to: &page)
      }
    }
  }
}
