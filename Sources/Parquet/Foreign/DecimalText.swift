// Decimals: a whole number of `10^-scale`, as digits with a point.

extension RowText {
  /// Appends the decimal of `unscaled` and `scale`.
  mutating func append(decimal unscaled: Int64, scale: Int) {
    append(negative: unscaled < 0, digits: Array(String(unscaled.magnitude).utf8), scale: scale)
  }

  /// Appends the decimal whose unscaled value is `bytes`, two's complement, highest byte first.
  ///
  /// Throws `corruptPage` where there are more bytes than a decimal has.
  mutating func append(decimal bytes: UnsafeRawBufferPointer, scale: Int) throws {
    guard bytes.count <= Limits.decimalByteCountMax else {
      throw ParquetError(.corruptPage, "a decimal of \(bytes.count) bytes")
    }
    let isNegative = (bytes.first ?? 0) >= 0x80
    // The magnitude, lowest byte first.
    var magnitude = bytes.reversed().map { isNegative ? ~$0 : $0 }
    var carry = isNegative
    for index in magnitude.indices where carry {
      magnitude[index] &+= 1
      carry = magnitude[index] == 0
    }
    append(negative: isNegative, digits: decimalDigits(&magnitude), scale: scale)
  }

  private mutating func append(negative: Bool, digits: [UInt8], scale: Int) {
    let digits = Array(repeating: 0x30, count: max(0, scale + 1 - digits.count)) + digits
    if negative { append(0x2D) }
    append(Array(digits.dropLast(scale)))
    if scale == 0 { return }
    append(0x2E)
    append(Array(digits.suffix(scale)))
  }
}

/// The digits of a number of bytes, lowest first, which is used up.
private func decimalDigits(_ magnitude: inout [UInt8]) -> [UInt8] {
  var digits: [UInt8] = []
  while true {
    var rest = 0
    var isZero = true
    for index in magnitude.indices.reversed() {
      let value = rest << 8 | Int(magnitude[index])
      magnitude[index] = UInt8(value / 10)
      rest = value % 10
      if magnitude[index] != 0 { isZero = false }
    }
    digits.append(0x30 + UInt8(rest))
    if isZero { return digits.reversed() }
  }
}
