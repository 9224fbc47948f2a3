internal import CZlib

/// The members of a gzip file, one after another; zero bytes behind a member are padding.
final class GzipStream: DecodedStream {
  private let blocks: RawBlocks
  /// zlib keeps the address of its stream, so it lives in one place.
  private let stream: UnsafeMutablePointer<z_stream>
  private var position = 0
  private var isBetweenMembers = true
  /// The last call filled its room: more may stand ready inside zlib, also when no input is left.
  private var mayHoldOutput = false
  private var isAtEnd = false
  private(set) var damage: String?

  init(_ blocks: RawBlocks) {
    self.blocks = blocks
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for the gzip header and trailer.
    let began = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(began == Z_OK, "out of memory for gzip")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    var produced = 0
    while produced == 0, !isAtEnd {
      guard try hasInput() else { break }
      produced = inflateOnce(into: room)
    }
    return produced
  }

  /// Whether there are bytes to decompress; sets the end, and the damage where it comes too early.
  private func hasInput() throws -> Bool {
    while true {
      let block = blocks.block
      if isBetweenMembers {
        while position < block.count, block[position] == 0 { position += 1 }
      }
      if position < block.count || mayHoldOutput { return true }
      position = 0
      if try !blocks.advance() {
        isAtEnd = true
        if !isBetweenMembers { damage = "the gzip data ends early, after \(blocks.byteCount) bytes" }
        return false
      }
    }
  }

  private func inflateOnce(into room: UnsafeMutableRawBufferPointer) -> Int {
    let block = blocks.block
    let input = block.baseAddress!.assumingMemoryBound(to: UInt8.self) + position
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input)
    stream.pointee.avail_in = UInt32(block.count - position)
    let roomCount = min(room.count, 1 << 30)
    stream.pointee.next_out = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(roomCount)
    isBetweenMembers = false
    let status = inflate(stream, Z_NO_FLUSH)
    position = block.count - Int(stream.pointee.avail_in)
    mayHoldOutput = stream.pointee.avail_out == 0 && status != Z_STREAM_END
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      inflateReset(stream)
      isBetweenMembers = true
    default:
      isAtEnd = true
      damage = "the gzip data is damaged at byte \(blocks.byteCount - block.count + position)"
    }
    return roomCount - Int(stream.pointee.avail_out)
  }
}
