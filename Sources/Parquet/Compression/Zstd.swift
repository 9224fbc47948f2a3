import CZstd
import Synchronization

/// Zstandard: the compression of pages.
package enum Zstd {
  /// The frame of `bytes` at `level` (1 is fastest; 22 smallest); the same bytes give the same frame.
  package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = ZSTD_compress(buffer.baseAddress, bound, bytes.baseAddress, bytes.count, level)
      precondition(ZSTD_isError(count) == 0, "zstd had room and still failed")
    }
  }

  /// The `byteCount` bytes that `frame` holds; throws `corruptStream` where it holds fewer, more, or none.
  package static func decompress(_ frame: UnsafeRawBufferPointer, byteCount: Int) throws -> [UInt8] {
    try checkContent(of: frame, byteCount: byteCount)
    return try [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let result = ZSTD_decompress(buffer.baseAddress, byteCount, frame.baseAddress, frame.count)
      try check(result, byteCount: byteCount)
      count = byteCount
    }
  }

  /// Refuses, before anything is allocated, a frame that says it holds another number of bytes, or cannot hold so many.
  static func checkContent(of frame: UnsafeRawBufferPointer, byteCount: Int) throws {
    guard byteCount <= (frame.count / 4 + 1) * Limits.zstdBlockByteCountMax else {
      throw ParquetError(.corruptStream, "a zstd frame of \(frame.count) bytes cannot hold \(byteCount)")
    }
    let said = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    if said == UInt64.max { return }  // not said; decompression is bounded by byteCount
    guard said != UInt64.max - 1 else { throw ParquetError(.corruptStream, "this is not a zstd frame") }
    guard said == UInt64(byteCount) else {
      throw ParquetError(.corruptStream, "a zstd frame holds \(said) bytes where \(byteCount) were announced")
    }
  }

  static func check(_ result: Int, byteCount: Int) throws {
    guard ZSTD_isError(result) == 0 else {
      throw ParquetError(.corruptStream, "zstd says: \(String(cString: ZSTD_getErrorName(result)))")
    }
    guard result == byteCount else {
      throw ParquetError(.corruptStream, "a zstd frame held \(result) bytes where \(byteCount) were announced")
    }
  }
}

/// How a page is compressed.
enum ZstdMethod {
  /// What stands twice is written once: zstd's level 1.
  case repeats
  /// Bytes are coded by how often they occur, and nothing else. Packed numbers seldom repeat byte by byte: they become
  /// as small so, about three times as fast, and are read in two thirds of the time.
  case frequencies
}

/// Compresses many buffers with one working memory.
struct ZstdCompressor: ~Copyable {
  private let context: OpaquePointer

  init() {
    guard let context = ZSTD_createCCtx() else { fatalError("out of memory for a zstd context") }
    self.context = context
  }

  deinit { ZSTD_freeCCtx(context) }

  /// Replaces what `output` holds by the frame of `bytes`.
  func compress(_ bytes: UnsafeRawBufferPointer, _ method: ZstdMethod, into output: inout PageBuffer) {
    output.removeAll()
    let bound = ZSTD_compressBound(bytes.count)
    let room = output.room(for: bound)
    set(method)
    let count = ZSTD_compress2(context, room, bound, bytes.baseAddress, bytes.count)
    precondition(ZSTD_isError(count) == 0, "zstd had room and still failed")
    output.advance(by: count)
  }

  private func set(_ method: ZstdMethod) {
    // ZSTD_c_literalCompressionMode: 0 is zstd's own choice, 1 says yes. A library that does not know it looks for
    // repeats instead, which every reader understands too.
    let codesBytes = ZSTD_CCtx_setParameter(context, ZSTD_c_experimentalParam5, method == .frequencies ? 1 : 0)
    let isQuick = method == .frequencies && ZSTD_isError(codesBytes) == 0
    // Of a level below zero, the distance at which places are looked at: here farther than a page reaches.
    let level: Int32 = isQuick ? -100_000 : 1
    let result = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    precondition(ZSTD_isError(result) == 0, "zstd has no level \(level)")
  }
}

/// Working memories of decompression that are not in use.
private let spareContexts = Mutex<[UInt]>([])

/// Decompresses many frames with one working memory, which the next decompressor takes over.
struct ZstdDecompressor: ~Copyable {
  private let context: OpaquePointer

  init() {
    let spare = spareContexts.withLock { $0.popLast() }
    guard let context = spare.flatMap(OpaquePointer.init(bitPattern:)) ?? ZSTD_createDCtx() else {
      fatalError("out of memory for a zstd context")
    }
    self.context = context
  }

  deinit {
    let address = UInt(bitPattern: context)
    spareContexts.withLock { $0.append(address) }
  }

  /// Replaces what `output` holds by the `byteCount` bytes of `frame`.
  func decompress(_ frame: UnsafeRawBufferPointer, byteCount: Int, into output: inout PageBuffer) throws {
    try Zstd.checkContent(of: frame, byteCount: byteCount)
    output.removeAll()
    let room = output.room(for: byteCount)
    try Zstd.check(decompress(frame, into: room, byteCount: byteCount), byteCount: byteCount)
    output.advance(by: byteCount)
  }

  /// Writes at most `byteCount` bytes to `room`, and gives zstd's result.
  func decompress(_ frame: UnsafeRawBufferPointer, into room: UnsafeMutableRawPointer, byteCount: Int) -> Int {
    ZSTD_decompressDCtx(context, room, byteCount, frame.baseAddress, frame.count)
  }
}
