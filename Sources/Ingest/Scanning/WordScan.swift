/// Eight bytes at a time: marks are the high bits of the bytes that meet a condition.
///
/// Of the cheap forms only the lowest mark is exact, which is all that a search from the front needs.
enum WordScan {
  /// Marks zero bytes; exact up to the lowest.
  @inline(__always)
  static func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 }

  /// Marks bytes equal to the one that `repeated` holds eight times; exact up to the lowest.
  @inline(__always)
  static func equal(_ word: UInt64, _ repeated: UInt64) -> UInt64 { zeros(word ^ repeated) }

  /// Marks what a JSON string cannot hold as it is: `"`, `\` and bytes below 0x20; exact up to the lowest.
  @inline(__always)
  static func stringSpecials(_ word: UInt64) -> UInt64 {
    equal(word, 0x2222_2222_2222_2222) | equal(word, 0x5C5C_5C5C_5C5C_5C5C)
      | ((word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080)
  }

  @inline(__always)
  static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}

extension UnsafePointer<UInt8> {
  /// The next eight bytes, little endian; they must be readable.
  @inline(__always)
  var word: UInt64 { UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt64.self)) }

  @inline(__always)
  subscript(word offset: Int) -> UInt64 { (self + offset).word }
}

/// The offset of the first byte that does not belong to well-formed UTF-8, nil where all does.
///
/// As the Unicode standard's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
func invalidUTF8Offset(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var index = 0
  let count = bytes.count
  while index < count {
    if index + 8 <= count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
      index += 8
      continue
    }
    let lead = bytes[index]
    if lead < 0x80 {
      index += 1
      continue
    }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return index
    }
    guard index + length <= count, second.contains(bytes[index + 1]) else { return index }
    var next = 2
    while next < length {
      if bytes[index + next] & 0xC0 != 0x80 { return index }
      next += 1
    }
    index += length
  }
  return nil
}
