// Texts and bytes as JSON strings.

extension RowText {
  /// Appends `text` between quotes, with the escapes that JSON asks for.
  mutating func append(quoted text: UnsafeRawBufferPointer) {
    append(0x22)
    var plain = 0
    var index = 0
    while index < text.count {
      index = firstToEscape(text, from: index)
      if index == text.count { break }
      append(UnsafeRawBufferPointer(rebasing: text[plain..<index]))
      appendEscape(text[index])
      index += 1
      plain = index
    }
    append(UnsafeRawBufferPointer(rebasing: text[plain...]))
    append(0x22)
  }

  private mutating func appendEscape(_ byte: UInt8) {
    append(0x5C)
    switch byte {
    case 0x22, 0x5C: append(byte)
    case 0x08: append(0x62)
    case 0x09: append(0x74)
    case 0x0A: append(0x6E)
    case 0x0C: append(0x66)
    case 0x0D: append(0x72)
    default:
      append("u00")
      append(hexDigit(byte >> 4))
      append(hexDigit(byte & 15))
    }
  }

  /// Appends `bytes` in base64 between quotes.
  mutating func append(base64 bytes: UnsafeRawBufferPointer) {
    append(0x22)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let left = bytes.count - start
      var word = UInt32(bytes[start]) << 16
      if left > 1 { word |= UInt32(bytes[start + 1]) << 8 }
      if left > 2 { word |= UInt32(bytes[start + 2]) }
      append(base64Digit(word >> 18 & 63))
      append(base64Digit(word >> 12 & 63))
      append(left > 1 ? base64Digit(word >> 6 & 63) : 0x3D)
      append(left > 2 ? base64Digit(word & 63) : 0x3D)
    }
    append(0x22)
  }

  /// Appends the sixteen bytes of a UUID as its text between quotes.
  mutating func append(uuid bytes: UnsafeRawBufferPointer) {
    append(0x22)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { append(0x2D) }
      append(hexDigit(byte >> 4))
      append(hexDigit(byte & 15))
    }
    append(0x22)
  }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

private func base64Digit(_ value: UInt32) -> UInt8 {
  let value = UInt8(value)
  return switch value {
  case 0..<26: 0x41 + value
  case 26..<52: 0x61 + value - 26
  case 52..<62: 0x30 + value - 52
  case 62: 0x2B
  default: 0x2F
  }
}

/// The offset of the first control character, quote or backslash at or behind `start`; the end where there is none.
@inline(__always)
private func firstToEscape(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
  guard let base = text.baseAddress else { return 0 }
  let ones: UInt64 = 0x0101_0101_0101_0101
  let highs: UInt64 = 0x8080_8080_8080_8080
  var index = start
  while index &+ 8 <= text.count {
    let word = loadWord(base + index)
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    // The lowest mark is right, which is all that counts; bytes above 0x7F carry no mark.
    let marks =
      (((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)) & highs
    if marks != 0 { return index &+ marks.trailingZeroBitCount &>> 3 }
    index &+= 8
  }
  while index < text.count {
    let byte = text[index]
    if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
    index &+= 1
  }
  return index
}
