/// Bytes of a page being written or read, with readable and writable slack behind the last.
///
/// The slack lets kernels load and store whole words at the end without asking.
package struct PageBuffer: ~Copyable {
  /// Bytes behind `count` that may be touched; what they hold means nothing.
  static let slack = 16

  private var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  package private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes; it grows.
  package init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity + Self.slack, alignment: 16)
  }

  deinit { base.deallocate() }

  /// The bytes so far; valid until the buffer changes.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  mutating func removeAll() { count = 0 }

  /// Forgets what lies behind the first `count` bytes.
  mutating func cut(to count: Int) { self.count = min(count, self.count) }

  /// Where to write `byteCount` bytes, which `advance` then makes part of the buffer.
  package mutating func room(for byteCount: Int) -> UnsafeMutableRawPointer {
    if count + byteCount > capacity { grow(to: count + byteCount) }
    return base + count
  }

  /// Makes the next `byteCount` bytes, written into `room`, part of the buffer.
  package mutating func advance(by byteCount: Int) {
    count += byteCount
    assert(count <= capacity)
  }

  mutating func append(_ byte: UInt8) {
    room(for: 1).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  mutating func append(_ word: UInt32) {
    room(for: 4).storeBytes(of: word.littleEndian, as: UInt32.self)
    count += 4
  }

  /// Appends a copy of `bytes`.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    room(for: bytes.count).copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(base), byteCount: bytes.count)
    count += bytes.count
  }

  /// Appends `value` seven bits a byte, lowest first.
  mutating func appendVarint(_ value: UInt64) {
    let room = room(for: 10)
    var rest = value
    var length = 0
    while rest >= 0x80 {
      room.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: length, as: UInt8.self)
      rest >>= 7
      length += 1
    }
    room.storeBytes(of: UInt8(rest), toByteOffset: length, as: UInt8.self)
    count += length + 1
  }

  mutating func appendZigzag(_ value: Int64) { appendVarint(zigzag(value)) }

  /// Overwrites the four bytes at `offset`.
  func replace(at offset: Int, with word: UInt32) {
    assert(offset + 4 <= count)
    base.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt32.self)
  }

  private mutating func grow(to byteCount: Int) {
    let larger = max(byteCount, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger + Self.slack, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}

/// Signed numbers folded so that small ones of either sign stay small: 0, -1, 1, -2, … become 0, 1, 2, 3, …
@inline(__always)
func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

/// What `zigzag` folded.
@inline(__always)
func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: (value &>> 1) ^ (0 &- (value & 1))) }
