internal import CZstd

/// The frames of a zstd file, one after another.
final class ZstdStream: DecodedStream {
  private let blocks: RawBlocks
  private let context: OpaquePointer
  private var position = 0
  private var isBetweenFrames = true
  /// The last call may have left output inside the context.
  private var mayHoldOutput = false
  private var isAtEnd = false
  private(set) var damage: String?

  init(_ blocks: RawBlocks) {
    self.blocks = blocks
    guard let context = ZSTD_createDCtx() else { preconditionFailure("out of memory for zstd") }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    var produced = 0
    while produced == 0, !isAtEnd {
      if position == blocks.block.count, !mayHoldOutput {
        position = 0
        if try !blocks.advance() {
          isAtEnd = true
          if !isBetweenFrames { damage = "the zstd data ends early, after \(blocks.byteCount) bytes" }
          break
        }
      }
      produced = decompressOnce(into: room)
    }
    return produced
  }

  private func decompressOnce(into room: UnsafeMutableRawBufferPointer) -> Int {
    var input = ZSTD_inBuffer(src: blocks.block.baseAddress, size: blocks.block.count, pos: position)
    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    let result = ZSTD_decompressStream(context, &output, &input)
    position = input.pos
    if ZSTD_isError(result) != 0 {
      isAtEnd = true
      let place = blocks.byteCount - blocks.block.count + position
      damage = "the zstd data is damaged near byte \(place): \(String(cString: ZSTD_getErrorName(result)))"
      return output.pos
    }
    isBetweenFrames = result == 0
    mayHoldOutput = output.pos == room.count && result != 0
    return output.pos
  }
}
