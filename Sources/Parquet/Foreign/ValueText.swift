/// Writes the values of one leaf as JSON. See ``ValueKind`` for what becomes what.
struct ValueText {
  private let kind: ValueKind
  /// Texts that are JSON objects are written as such.
  private let embedsObjects: Bool
  /// Values are keys of an object, so all are texts.
  private let isKey: Bool
  private var calendar = CalendarText()

  init(_ kind: ValueKind, embedsObjects: Bool, isKey: Bool) {
    self.kind = kind
    self.embedsObjects = embedsObjects && !isKey
    self.isKey = isKey
  }

  /// Appends a value of `PageValues.nextWord`.
  mutating func append(word: Int64, to output: inout RowText) {
    let isQuoted = isKey && !isText
    if isQuoted { output.append(0x22) }
    switch kind {
    case .boolean: output.append(word == 0 ? "false" : "true")
    case .signed: output.append(decimal: word)
    case .unsigned(let bits):
      output.append(decimal: bits < 64 ? UInt64(UInt32(truncatingIfNeeded: word)) : UInt64(bitPattern: word))
    case .float: Self.append(Float(bitPattern: UInt32(truncatingIfNeeded: word)), isKey: isKey, to: &output)
    case .double: Self.append(Double(bitPattern: UInt64(bitPattern: word)), isKey: isKey, to: &output)
    case .decimalWord(let scale): output.append(decimal: word, scale: scale)
    case .date:
      // As far as the calendar is written; of dates that are stored as they should be, all are.
      guard word.magnitude < 1 << 40 else {
        output.append(decimal: word)
        break
      }
      output.append(0x22)
      calendar.append(day: word, to: &output)
      output.append(0x22)
    case .time(let unitsPerSecond):
      // Not every number is a time of day.
      guard (0...Int64(unitsPerSecond) * 86_400).contains(word) else {
        output.append(decimal: word)
        break
      }
      output.append(0x22)
      output.append(timeOfDay: word, unitsPerSecond: unitsPerSecond)
      output.append(0x22)
    case .timestamp(let unitsPerSecond, let isUTC):
      calendar.append(instant: word, unitsPerSecond: unitsPerSecond, isUTC: isUTC, to: &output)
    case .half, .text, .json, .bytes, .uuid, .interval, .decimalBytes, .int96: preconditionFailure("not a word")
    }
    if isQuoted { output.append(0x22) }
  }

  /// Appends a value of `PageValues.nextBytes`. Throws `corruptPage` for bytes that cannot be such a value.
  mutating func append(bytes: UnsafeRawBufferPointer, to output: inout RowText) throws {
    switch kind {
    case .text, .json, .bytes:
      if kind == .json && !isKey || embedsObjects && isObject(bytes) {
        if output.append(json: bytes) { return }
      }
      if kind == .bytes { output.append(base64: bytes) } else { output.append(quoted: bytes) }
    case .uuid: output.append(uuid: bytes)
    case .half:
      let bits = UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self))
      if isKey { output.append(0x22) }
      Self.append(widened(half: bits), isKey: isKey, to: &output)
      if isKey { output.append(0x22) }
    case .interval: appendInterval(bytes, to: &output)
    case .decimalBytes(let scale):
      if isKey { output.append(0x22) }
      try output.append(decimal: bytes, scale: scale)
      if isKey { output.append(0x22) }
    case .int96: appendInt96(bytes, to: &output)
    default: preconditionFailure("not bytes")
    }
  }

  /// Whether words of this kind are written between quotes.
  private var isText: Bool {
    switch kind {
    case .date, .time, .timestamp: true
    default: false
    }
  }

  private static func append(
    _ value: some BinaryFloatingPoint & CustomStringConvertible, isKey: Bool, to output: inout RowText
  ) {
    if value.isFinite { return output.append(Array(value.description.utf8)) }
    if !isKey { output.append(0x22) }
    output.append(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    if !isKey { output.append(0x22) }
  }

  /// Nanoseconds of a day, and the day by which astronomers count, from noon: 1970-01-01 is 2,440,588.
  private mutating func appendInt96(_ bytes: UnsafeRawBufferPointer, to output: inout RowText) {
    let nanoseconds = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    let julian = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    var (days, rest) = nanoseconds.quotientAndRemainder(dividingBy: 86_400_000_000_000)
    if rest < 0 {
      days -= 1
      rest += 86_400_000_000_000
    }
    calendar.append(
      day: Int64(julian) - 2_440_588 + days, units: rest, unitsPerSecond: 1_000_000_000, isUTC: true, to: &output)
  }

  private func appendInterval(_ bytes: UnsafeRawBufferPointer, to output: inout RowText) {
    func part(_ index: Int) -> UInt64 {
      UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
    }
    output.append("\"P")
    output.append(decimal: part(0))
    output.append("M")
    output.append(decimal: part(1))
    output.append("DT")
    output.append(decimal: part(2) / 1000)
    output.append(".")
    output.append(decimal: part(2) % 1000, digits: 3)
    output.append("S\"")
  }

  /// Whether an object may stand in `bytes`.
  private func isObject(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.first { $0 > 0x20 } == 0x7B
  }
}

/// The number of sixteen bits: a sign, five bits of exponent, ten of fraction.
private func widened(half bits: UInt16) -> Float {
  let sign: Float = bits >> 15 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 31)
  let fraction = Float(bits & 1023)
  switch exponent {
  case 31: return fraction == 0 ? sign * .infinity : .nan
  case 0: return sign * fraction * 0x1p-24
  default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
