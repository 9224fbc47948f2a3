/// The decompressed bytes of a source, front to back.
protocol DecodedStream: AnyObject {
  /// Fills the front of `room`, which is not empty, and says how many bytes; 0 at the end.
  /// - Throws: ``IngestError`` where the system fails to read; damaged data is no error but the end.
  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int

  /// Set at the end where the compressed data is damaged or cut off: one sentence.
  var damage: String? { get }
}

/// The form of a source's bytes, told by how they begin.
enum Compression: Equatable {
  case none, gzip, zstd

  init(magic bytes: UnsafeRawBufferPointer) {
    if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
      self = .gzip
    } else if bytes.count >= 4, bytes.loadUnaligned(as: UInt32.self).littleEndian == 0xFD2F_B528 {
      self = .zstd
    } else if bytes.count >= 4, bytes.loadUnaligned(as: UInt32.self).littleEndian & 0xFFFF_FFF0 == 0x184D_2A50 {
      self = .zstd  // a skippable frame comes first
    } else {
      self = .none
    }
  }
}

/// The stream over `blocks`, the bytes of `path`, that fits their first bytes.
/// - Throws: ``IngestError`` `cannotRead`; of Parquet what ``ParquetStream`` throws.
func decodedStream(
  over blocks: RawBlocks, of path: String, as description: DatasetDescription, recordByteCountMax: Int
) throws -> any DecodedStream {
  _ = try blocks.advance()
  if try isParquet(blocks.block, path: path, description: description) {
    return try ParquetStream(blocks, path: path, description: description, recordByteCountMax: recordByteCountMax)
  }
  return decompressedStream(over: blocks)
}

/// The bytes of the source at `path` without their compression.
/// - Throws: ``IngestError`` `cannotRead` or `notFound`.
func decompressedStream(of path: String) throws -> any DecodedStream {
  let blocks = try RawBlocks(path: path)
  _ = try blocks.advance()
  return decompressedStream(over: blocks)
}

/// The bytes of `blocks`, the first of which was read, without their compression.
private func decompressedStream(over blocks: RawBlocks) -> any DecodedStream {
  switch Compression(magic: blocks.block) {
  case .none: return PlainStream(blocks)
  case .gzip: return GzipStream(blocks)
  case .zstd: return ZstdStream(blocks)
  }
}

/// Bytes as they are.
private final class PlainStream: DecodedStream {
  private let blocks: RawBlocks
  private var position = 0
  let damage: String? = nil

  init(_ blocks: RawBlocks) { self.blocks = blocks }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    if position == blocks.block.count {
      if room.count >= IngestLimits.rawBlockByteCount { return try blocks.advance(into: room) }
      guard try blocks.advance() else {
        position = 0
        return 0
      }
      position = 0
    }
    let count = min(room.count, blocks.block.count - position)
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: blocks.block[position..<position + count]))
    position += count
    return count
  }
}
