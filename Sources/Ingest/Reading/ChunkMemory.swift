internal import Synchronization

/// Memory that is filled with a chunk of a source, and goes back to its pool when nobody holds the chunk any more.
///
/// Sendable because it is written before it is handed out, and only read afterwards.
final class ChunkMemory: @unchecked Sendable {
  private(set) var bytes: UnsafeMutableRawBufferPointer
  private let pool: ChunkPool

  fileprivate init(_ bytes: UnsafeMutableRawBufferPointer, of pool: ChunkPool) {
    self.bytes = bytes
    self.pool = pool
  }

  deinit { pool.takeBack(bytes) }

  /// Makes room for `byteCount` bytes and the padding; the first `kept` bytes stay.
  func grow(to byteCount: Int, keeping kept: Int) {
    guard bytes.count < byteCount + LogChunk.paddingByteCount else { return }
    let larger = ChunkPool.allocate(byteCount)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<kept]))
    bytes.deallocate()
    bytes = larger
  }
}

/// Used memory of chunks: fresh memory costs the system as much as reading into it.
final class ChunkPool: Sendable {
  private struct Free: @unchecked Sendable { var blocks: [UnsafeMutableRawBufferPointer] = [] }
  private let free = Mutex(Free())
  private static let keptCountMax = 8

  deinit { free.withLock { for block in $0.blocks { block.deallocate() } } }

  /// Memory with room for `byteCount` bytes and the padding.
  func take(_ byteCount: Int) -> ChunkMemory {
    let memory = free.withLock { ChunkMemory($0.blocks.popLast() ?? Self.allocate(byteCount), of: self) }
    memory.grow(to: byteCount, keeping: 0)
    return memory
  }

  fileprivate static func allocate(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: byteCount + LogChunk.paddingByteCount, alignment: 64)
  }

  fileprivate func takeBack(_ block: UnsafeMutableRawBufferPointer) {
    // What a long record needed is not kept.
    let isKept = block.count <= 4 * IngestLimits.chunkByteCount
    free.withLock { free in
      if isKept, free.blocks.count < Self.keptCountMax { free.blocks.append(block) } else { block.deallocate() }
    }
  }
}
