internal import Columns

/// Reads JSON (RFC 8259, strictly) in one pass over its bytes.
///
/// The text ends at `end`, where a line break or a zero byte stands, with readable bytes behind: neither can be part
/// of a token, so that no loop here needs to compare with the end. UTF-8 is checked elsewhere.
struct JSONScanner {
  let end: UnsafePointer<UInt8>

  /// Behind blanks; a line break is one only before `end`.
  @inline(__always)
  func skipBlanks(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var place = start
    while place.pointee <= 0x20 {
      let byte = place.pointee
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || (byte == 0x0A && place < end) else { break }
      place += 1
    }
    return place
  }

  /// The text whose opening quote stands before `start`; its closing quote stands behind the value.
  @inline(__always)
  func string(_ start: UnsafePointer<UInt8>) throws(JSONFault) -> FieldValue {
    let place = stringSpecial(start)
    if place.pointee == 0x22 { return FieldValue(.string, start, place) }
    return try escapedString(start, special: place)
  }

  private func escapedString(
    _ start: UnsafePointer<UInt8>, special: UnsafePointer<UInt8>
  ) throws(JSONFault) -> FieldValue {
    var place = special
    while place.pointee != 0x22 {
      guard place.pointee == 0x5C else { throw JSONFault(place == end ? .openString : .controlCharacter, place) }
      place = stringSpecial(try behindEscape(place))
    }
    return FieldValue(.escapedString, start, place)
  }

  /// Behind the escape at `place`; both halves of a surrogate pair are taken together.
  private func behindEscape(_ place: UnsafePointer<UInt8>) throws(JSONFault) -> UnsafePointer<UInt8> {
    switch place[1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return place + 2
    case 0x75:
      guard let unit = hexUnit(place + 2) else { throw JSONFault(.escape, place) }
      if unit & 0xF800 != 0xD800 { return place + 6 }
      guard unit < 0xDC00, place[6] == 0x5C, place[7] == 0x75, let low = hexUnit(place + 8), low & 0xFC00 == 0xDC00
      else { throw JSONFault(.loneSurrogate, place) }
      return place + 12
    default: throw JSONFault(.escape, place)
    }
  }

  /// Any value at `start`, checked to its end: ``behind(_:)`` it the text goes on.
  @inline(__always)
  func value(_ start: UnsafePointer<UInt8>, depth: Int) throws(JSONFault) -> FieldValue {
    switch start.pointee {
    case 0x22: return try string(start + 1)
    case 0x30...0x39, 0x2D: return FieldValue(.number, start, try behindNumber(start))
    default: return try otherValue(start, depth: depth)
    }
  }

  private func otherValue(_ start: UnsafePointer<UInt8>, depth: Int) throws(JSONFault) -> FieldValue {
    switch start.pointee {
    case 0x7B: return FieldValue(.object, start, try behindObject(start, depth: depth))
    case 0x5B: return FieldValue(.array, start, try behindArray(start, depth: depth))
    case 0x6E where start[1] == 0x75 && start[2] == 0x6C && start[3] == 0x6C: return FieldValue(.null, start, start + 4)
    case 0x74 where start[1] == 0x72 && start[2] == 0x75 && start[3] == 0x65:
      return FieldValue(.boolTrue, start, start + 4)
    case 0x66 where start[1] == 0x61 && start[2] == 0x6C && start[3] == 0x73 && start[4] == 0x65:
      return FieldValue(.boolFalse, start, start + 5)
    default: throw JSONFault(.expected("a value"), start)
    }
  }

  @inline(__always)
  func behind(_ value: FieldValue) -> UnsafePointer<UInt8> {
    value.start + value.count + (value.kind == .string || value.kind == .escapedString ? 1 : 0)
  }

  func behindNumber(_ start: UnsafePointer<UInt8>) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = start
    if place.pointee == 0x2D { place += 1 }
    if place.pointee == 0x30 { place += 1 } else { place = try behindDigits(place) }
    if place.pointee == 0x2E { place = try behindDigits(place + 1) }
    if place.pointee | 0x20 == 0x65 {
      place += 1
      if place.pointee == 0x2B || place.pointee == 0x2D { place += 1 }
      place = try behindDigits(place)
    }
    return place
  }

  @inline(__always)
  private func behindDigits(_ start: UnsafePointer<UInt8>) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = start
    while place.pointee &- 0x30 < 10 { place += 1 }
    if place == start { throw JSONFault(.number, place) }
    return place
  }

  private func behindObject(_ open: UnsafePointer<UInt8>, depth: Int) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = try firstMember(open, depth: depth)
    if place.pointee == 0x7D { return place + 1 }
    while true {
      let (_, start) = try key(place)
      let value = try value(start, depth: depth + 1)
      place = skipBlanks(behind(value))
      if place.pointee == 0x7D { return place + 1 }
      guard place.pointee == 0x2C else { throw JSONFault(.expected("',' or '}'"), place) }
      place = skipBlanks(place + 1)
    }
  }

  private func behindArray(_ open: UnsafePointer<UInt8>, depth: Int) throws(JSONFault) -> UnsafePointer<UInt8> {
    var place = try firstMember(open, depth: depth)
    if place.pointee == 0x5D { return place + 1 }
    while true {
      let value = try value(place, depth: depth + 1)
      place = skipBlanks(behind(value))
      if place.pointee == 0x5D { return place + 1 }
      guard place.pointee == 0x2C else { throw JSONFault(.expected("',' or ']'"), place) }
      place = skipBlanks(place + 1)
    }
  }

  /// What follows the opening bracket of an object or array that lies at `depth`, 1 being the outermost.
  @inline(__always)
  func firstMember(_ open: UnsafePointer<UInt8>, depth: Int) throws(JSONFault) -> UnsafePointer<UInt8> {
    if depth > IngestLimits.jsonDepthMax { throw JSONFault(.depth, open) }
    return skipBlanks(open + 1)
  }

  /// The key at `place`, and where its value begins.
  @inline(__always)
  func key(_ place: UnsafePointer<UInt8>) throws(JSONFault) -> (key: FieldValue, value: UnsafePointer<UInt8>) {
    guard place.pointee == 0x22 else { throw JSONFault(.expected("a key in quotes"), place) }
    let key = try string(place + 1)
    var place = behind(key)
    if place.pointee != 0x3A { place = skipBlanks(place) }
    guard place.pointee == 0x3A else { throw JSONFault(.expected("':'"), place) }
    place += 1
    return (key, place.pointee <= 0x20 ? skipBlanks(place) : place)
  }
}

/// The four hexadecimal digits at `place`; nil where they are something else.
@inline(__always)
func hexUnit(_ place: UnsafePointer<UInt8>) -> UInt32? {
  var unit: UInt32 = 0
  for index in 0..<4 {
    let byte = place[index]
    switch byte {
    case 0x30...0x39: unit = unit << 4 | UInt32(byte &- 0x30)
    case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt32((byte | 0x20) &- 0x57)
    default: return nil
    }
  }
  return unit
}
