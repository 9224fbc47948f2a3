/// Memory for the unescaped texts of one record: pointers stay good until `reset`.
package struct ScratchBytes: ~Copyable {
  private var room: UnsafeMutableRawBufferPointer
  private var used = 0
  private var full: [UnsafeMutableRawBufferPointer] = []

  /// Begins with 16 KiB, and grows with the longest record.
  package init() { room = .allocate(byteCount: 1 << 14, alignment: 8) }

  deinit {
    room.deallocate()
    for block in full { block.deallocate() }
  }

  /// Room for `count` bytes, and as many zero bytes behind them as a scanner may read.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let size = count + LogChunk.paddingByteCount
    if room.count - used < size {
      full.append(room)
      room = .allocate(byteCount: max(size, room.count * 2), alignment: 8)
      used = 0
    }
    let start = (room.baseAddress! + used).assumingMemoryBound(to: UInt8.self)
    (start + count).update(repeating: 0, count: LogChunk.paddingByteCount)
    used += size
    return start
  }

  mutating func reset() {
    used = 0
    if full.isEmpty { return }
    for block in full { block.deallocate() }
    full.removeAll()
  }
}
