/// Numbers of few bits, one after another without gaps, the lowest bit first.
package struct PackedBits: Sendable {
  /// Whole bytes that were filled.
  package private(set) var bytes: [UInt8] = []
  private var pending: UInt64 = 0
  private var pendingCount = 0

  package init() {}

  /// Adds the lowest `width` bits of each number; those above must be 0. About 1 ns a number.
  package mutating func append(_ numbers: UnsafeBufferPointer<UInt64>, width: Int) {
    let sliceCount = 512
    for start in stride(from: 0, to: numbers.count, by: sliceCount) {
      let slice = UnsafeBufferPointer(rebasing: numbers[start..<min(start + sliceCount, numbers.count)])
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: sliceCount + 1) { words in
        var filled = 0
        for number in slice {
          words[filled] = (pending | number << UInt64(pendingCount)).littleEndian
          let end = pendingCount &+ width
          // What did not fit into the word begins the next one.
          pending = end < 64 ? UInt64(littleEndian: words[filled]) : number >> UInt64(64 &- pendingCount)
          filled &+= end < 64 ? 0 : 1
          pendingCount = end & 63
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(words)[..<(filled * 8)]))
      }
    }
  }

  /// Fills the last byte with zeros, so that what follows begins with a byte of its own.
  package mutating func align() {
    while pendingCount > 0 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
    (pending, pendingCount) = (0, 0)
  }

  /// Adds bytes as they are; to be called between ``align()`` and the next number.
  package mutating func append(contentsOf raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

  /// Bytes of `count` numbers of `width` bits.
  package static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

  /// Reads `count` numbers of `width` bits that begin at `bytes[0]`. About 1 ns a number.
  /// - Precondition: the bytes hold them, and `target` has room.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, count: Int, width: Int, into target: UnsafeMutablePointer<UInt64>
  ) {
    for index in 0..<count { target[index] = number(at: index, of: bytes, width: width) }
  }

  /// The number at `index` of those of `width` bits that begin at `bytes[0]`.
  /// - Precondition: the bytes hold it.
  @inlinable @inline(__always)
  package static func number(at index: Int, of bytes: UnsafeRawBufferPointer, width: Int) -> UInt64 {
    let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
    let bit = index &* width
    let (byte, shift) = (bit &>> 3, UInt64(bit & 7))
    var word: UInt64
    if byte &+ 8 <= bytes.count {
      word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self)) &>> shift
    } else {
      word = 0
      for (place, value) in bytes[byte...].enumerated() { word |= UInt64(value) << UInt64(place * 8) }
      word &>>= shift
    }
    if Int(shift) &+ width > 64 { word |= UInt64(bytes[byte &+ 8]) &<< (64 &- shift) }
    return word & mask
  }
}
