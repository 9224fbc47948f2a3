// Columns that hold JSON as text are written as what they hold, but only where it is whole and right: a text that were
// copied unseen could end the object that it stands in.

extension RowText {
  /// Appends the one JSON value that `text` holds, without the blanks between its tokens.
  ///
  /// False, and nothing is appended, where it is anything else, or nested deeper than `Limits.jsonDepthMax`.
  mutating func append(json text: UnsafeRawBufferPointer) -> Bool {
    let start = count
    var copy = JSONCopy(text: text)
    guard copy.value(depth: 0, to: &self), copy.isAtEnd else {
      cut(to: start)
      return false
    }
    return true
  }
}

private struct JSONCopy {
  let text: UnsafeRawBufferPointer
  var position = 0

  /// Whether nothing but blanks is left.
  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return position == text.count
    }
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  /// The next byte that is no blank, 0 at the end.
  private mutating func peek() -> UInt8 {
    skipBlanks()
    return position < text.count ? text[position] : 0
  }

  private mutating func take(_ byte: UInt8, to output: inout RowText) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    output.append(byte)
    return true
  }

  mutating func value(depth: Int, to output: inout RowText) -> Bool {
    switch peek() {
    case 0x7B: return object(depth: depth, to: &output)
    case 0x5B: return array(depth: depth, to: &output)
    case 0x22: return string(to: &output)
    case 0x74: return word("true", to: &output)
    case 0x66: return word("false", to: &output)
    case 0x6E: return word("null", to: &output)
    default: return number(to: &output)
    }
  }

  private mutating func object(depth: Int, to output: inout RowText) -> Bool {
    guard depth < Limits.jsonDepthMax, take(0x7B, to: &output) else { return false }
    if take(0x7D, to: &output) { return true }
    repeat {
      guard peek() == 0x22, string(to: &output), take(0x3A, to: &output), value(depth: depth + 1, to: &output) else {
        return false
      }
    } while take(0x2C, to: &output)
    return take(0x7D, to: &output)
  }

  private mutating func array(depth: Int, to output: inout RowText) -> Bool {
    guard depth < Limits.jsonDepthMax, take(0x5B, to: &output) else { return false }
    if take(0x5D, to: &output) { return true }
    repeat {
      guard value(depth: depth + 1, to: &output) else { return false }
    } while take(0x2C, to: &output)
    return take(0x5D, to: &output)
  }

  /// Escapes are looked at, not resolved: the parser of records does that.
  private mutating func string(to output: inout RowText) -> Bool {
    let start = position
    position += 1
    while position < text.count {
      switch text[position] {
      case 0x22:
        position += 1
        output.append(UnsafeRawBufferPointer(rebasing: text[start..<position]))
        return true
      case 0x5C:
        guard let length = escapeByteCount() else { return false }
        position += length
      case ..<0x20: return false
      default: position += 1
      }
    }
    return false
  }

  private func escapeByteCount() -> Int? {
    guard position + 1 < text.count else { return nil }
    if text[position + 1] != 0x75 {
      return [0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74].contains(text[position + 1]) ? 2 : nil
    }
    guard let unit = codeUnit(at: position) else { return nil }
    switch unit {
    case 0xDC00...0xDFFF: return nil
    case 0xD800...0xDBFF:
      // The other half of a surrogate pair has to follow.
      guard let low = codeUnit(at: position + 6), (0xDC00...0xDFFF).contains(low) else { return nil }
      return 12
    default: return 6
    }
  }

  /// The number of `\uhhhh` at `place`.
  private func codeUnit(at place: Int) -> UInt32? {
    guard place + 6 <= text.count, text[place] == 0x5C, text[place + 1] == 0x75 else { return nil }
    var unit: UInt32 = 0
    for byte in text[place + 2..<place + 6] {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  private mutating func word(_ word: StaticString, to output: inout RowText) -> Bool {
    let wanted = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard wanted.count <= text.count - position, text[position..<position + wanted.count].elementsEqual(wanted) else {
      return false
    }
    position += wanted.count
    output.append(wanted)
    return true
  }

  private mutating func number(to output: inout RowText) -> Bool {
    let start = position
    if position < text.count, text[position] == 0x2D { position += 1 }
    let whole = position
    guard skipDigits(), text[whole] != 0x30 || position == whole + 1 else { return false }
    if position < text.count, text[position] == 0x2E {
      position += 1
      guard skipDigits() else { return false }
    }
    if position < text.count, text[position] | 0x20 == 0x65 {
      position += 1
      if position < text.count, text[position] == 0x2B || text[position] == 0x2D { position += 1 }
      guard skipDigits() else { return false }
    }
    output.append(UnsafeRawBufferPointer(rebasing: text[start..<position]))
    return true
  }

  /// Goes past digits; false where there are none.
  private mutating func skipDigits() -> Bool {
    let start = position
    while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
    return position > start
  }
}
