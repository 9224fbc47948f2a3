/// Reads forward through bytes that may be damaged; never past their end.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var left: Int { bytes.count - offset }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count <= left else { throw ParquetError(.corruptPage, "\(count) bytes are due where \(left) are left") }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func byte() throws -> UInt8 {
    guard offset < bytes.count else { throw ParquetError(.corruptPage, "the page ends early") }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Four bytes, lowest first.
  mutating func word() throws -> UInt32 {
    UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
  }

  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw ParquetError(.corruptPage, "a number has more than 64 bits") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  mutating func zigzag() throws -> Int64 { unzigzag(try varint()) }
}
