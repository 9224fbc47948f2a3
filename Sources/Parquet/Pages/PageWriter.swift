/// Compresses pages and puts them, each with its header, behind what is written already.
struct PageWriter: ~Copyable {
  /// The page being built, before compression.
  var page = PageBuffer(capacity: 1 << 18)
  private var compressed = PageBuffer(capacity: 1 << 18)
  private let compressor = ZstdCompressor()

  /// Starts a page.
  mutating func begin() { page.removeAll() }

  /// Appends the page that was built to `file` and returns the bytes it would take uncompressed, with its header.
  mutating func finish(
    _ kind: PageKind, _ encoding: Encoding, valueCount: Int, method: ZstdMethod, isSorted: Bool = false,
    to file: inout [UInt8]
  ) -> Int {
    precondition(page.count <= Limits.pageByteCountMax, "a page takes more than \(Limits.pageByteCountMax) bytes")
    compressor.compress(page.bytes, method, into: &compressed)
    let header = PageHeader(
      kind: kind, encoding: encoding, valueCount: valueCount, uncompressedByteCount: page.count,
      compressedByteCount: compressed.count, checksum: checksum(compressed.bytes), isSorted: isSorted)
    var writer = ThriftWriter()
    header.write(to: &writer)
    file.append(contentsOf: writer.bytes)
    file.append(contentsOf: compressed.bytes)
    return writer.bytes.count + page.count
  }

  /// The method for packed numbers like those of the page that was built; nil where it is too small to tell.
  mutating func methodForNumbers() -> ZstdMethod? {
    if page.count < 1 << 10 { return nil }
    compressor.compress(page.bytes, .repeats, into: &compressed)
    let byteCount = compressed.count
    compressor.compress(page.bytes, .frequencies, into: &compressed)
    return compressed.count * 20 <= byteCount * 21 ? .frequencies : .repeats
  }
}

/// A chunk whose pages are being written.
struct ChunkInProgress {
  private let start: Int
  private var dataOffset: Int
  private var uncompressedByteCount = 0
  private var encoding = Encoding.plain
  private var index = PageIndex()
  private var bounds = Bounds(nullCount: 0)
  /// For pages of numbers: that of the first page that could tell.
  private var method: ZstdMethod?

  /// A chunk that begins at the end of `file`.
  init(at offset: Int) {
    start = offset
    dataOffset = offset
  }

  /// Writes the dictionary page that `pages` has built.
  mutating func appendDictionary(_ pages: inout PageWriter, valueCount: Int, to file: inout [UInt8]) {
    uncompressedByteCount += pages.finish(
      .dictionary, .plain, valueCount: valueCount, method: .repeats, to: &file)
    dataOffset = file.count
  }

  /// Writes the data page that `pages` has built, of the rows `rows` with the bounds `bounds`.
  ///
  /// - Parameter holdsNumbers: whether what it holds are small numbers, packed, of which all pages of a chunk are alike.
  mutating func appendData(
    _ pages: inout PageWriter, _ encoding: Encoding, holdsNumbers: Bool, rows: Range<Int>, bounds: Bounds,
    to file: inout [UInt8]
  ) {
    let offset = file.count
    if holdsNumbers, method == nil { method = pages.methodForNumbers() }
    let method = holdsNumbers ? self.method ?? .repeats : .repeats
    uncompressedByteCount += pages.finish(.data, encoding, valueCount: rows.count, method: method, to: &file)
    index.locations.append(PageLocation(byteRange: offset..<file.count, rows: rows))
    index.bounds.append(bounds.shortened())
    self.bounds.formUnion(bounds)
    self.encoding = encoding
  }

  /// The chunk that ends at `offset`, and its page index.
  consuming func finish(at offset: Int) -> (ColumnChunk, PageIndex) {
    let hasDictionary = dataOffset > start
    var chunk = ColumnChunk(
      codec: .zstd, encodings: (hasDictionary ? [.plain] : []) + [.rle, encoding], byteRange: start..<offset,
      dataOffset: dataOffset, uncompressedByteCount: uncompressedByteCount, bounds: bounds.shortened())
    if hasDictionary { chunk.pageCounts.append(.init(kind: .dictionary, encoding: .plain, count: 1)) }
    chunk.pageCounts.append(.init(kind: .data, encoding: encoding, count: index.locations.count))
    return (chunk, index)
  }
}
