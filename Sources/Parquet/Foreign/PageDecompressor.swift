import CZlib

/// Decompresses the pages of one chunk, whatever of the known codecs they have.
///
/// Nothing is allocated for a page that announces more than its compressed bytes could ever hold.
struct PageDecompressor: ~Copyable {
  private let codec: Codec
  private var zstd: ZstdDecompressor?

  /// Throws `unsupported` for a codec that this reader does not know.
  init(_ codec: Codec) throws {
    self.codec = codec
    switch codec {
    case .uncompressed, .snappy, .gzip: zstd = nil
    case .zstd: zstd = ZstdDecompressor()
    case .lzo, .brotli, .lz4, .lz4Raw:
      throw ParquetError(
        .unsupported, "pages compressed with \(codec) are not read",
        hint: "export the file again with zstd, snappy, gzip or no compression")
    }
  }

  /// Throws `corruptPage` where `compressedByteCount` bytes cannot hold `byteCount`.
  func check(_ compressedByteCount: Int, holds byteCount: Int) throws {
    let expansionMax =
      switch codec {
      case .snappy: Snappy.expansionMax
      case .gzip: 1100  // 258 bytes in two bits, which makes 1,032, and some for small pages
      case .zstd: 1 << 16  // a block of 128 KiB in four bytes
      default: 1
      }
    guard byteCount <= compressedByteCount * expansionMax + 64 else {
      throw ParquetError(
        .corruptPage, "a page announces \(byteCount) bytes, more than \(compressedByteCount) bytes of \(codec) can hold"
      )
    }
  }

  /// Appends the `byteCount` bytes that `body` holds to `page`.
  ///
  /// Throws `corruptStream` or `corruptPage` where it holds fewer or more.
  mutating func append(_ body: UnsafeRawBufferPointer, byteCount: Int, to page: inout PageBuffer) throws {
    if body.isEmpty, byteCount == 0 { return }
    switch codec {
    case .uncompressed:
      guard body.count == byteCount else { throw ParquetError(.corruptPage, "an uncompressed page has two sizes") }
      page.append(body)
    case .snappy:
      let room = UnsafeMutableRawBufferPointer(start: page.room(for: byteCount), count: byteCount)
      try Snappy.decompress(body, into: room)
      page.advance(by: byteCount)
    case .gzip:
      let room = UnsafeMutableRawBufferPointer(start: page.room(for: byteCount), count: byteCount)
      try inflatePage(body, into: room)
      page.advance(by: byteCount)
    default: try zstd!.append(body, byteCount: byteCount, to: &page)
    }
  }
}

/// Fills `output` with what `body` holds: members of gzip, one after another, or one zlib stream as some writers have it.
private func inflatePage(_ body: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws {
  var stream = z_stream()
  // 15 bits of window, and 32 to tell gzip from zlib.
  let began = inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  precondition(began == Z_OK, "out of memory for gzip")
  defer { inflateEnd(&stream) }
  stream.next_in = UnsafeMutablePointer(mutating: body.baseAddress?.assumingMemoryBound(to: UInt8.self))
  stream.avail_in = uInt(body.count)
  // zlib wants a place to write to, even for nothing.
  var spare: UInt8 = 0
  let (status, left) = withUnsafeMutablePointer(to: &spare) { spare in
    stream.next_out = output.isEmpty ? spare : output.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = uInt(output.count)
    var status = inflate(&stream, Z_FINISH)
    while status == Z_STREAM_END, stream.avail_in > 0, stream.avail_out > 0, inflateReset(&stream) == Z_OK {
      status = inflate(&stream, Z_FINISH)
    }
    return (status, Int(stream.avail_out))
  }
  guard status == Z_STREAM_END, left == 0 else {
    throw ParquetError(
      .corruptStream, "a gzip page is damaged, or does not hold the \(output.count) bytes it announces")
  }
}

extension ZstdDecompressor {
  /// Appends the `byteCount` bytes of `frame` to `output`.
  func append(_ frame: UnsafeRawBufferPointer, byteCount: Int, to output: inout PageBuffer) throws {
    try Zstd.checkContent(of: frame, byteCount: byteCount)
    let room = output.room(for: byteCount)
    try Zstd.check(decompress(frame, into: room, byteCount: byteCount), byteCount: byteCount)
    output.advance(by: byteCount)
  }
}
