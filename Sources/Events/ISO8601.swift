/// A point of local time as read from text, and the offset that the text gave, if any.
package struct LocalInstant: Equatable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00 of the clock on the wall.
  package var localMicroseconds: Int64
  /// Seconds east of UTC; nil where the text says nothing.
  package var offsetSeconds: Int?

  package init(localMicroseconds: Int64, offsetSeconds: Int?) {
    self.localMicroseconds = localMicroseconds
    self.offsetSeconds = offsetSeconds
  }
}

/// Reads `2026-08-01T12:30:00.123456Z`: a space may stand for `T`, seconds and their fraction may be
/// absent, the zone is `Z`, `+08:00`, `+0800`, `+08` or absent. A date alone is its midnight.
///
/// Digits of a fraction past the sixth are cut. A leap second (`:60`) counts as the next minute's start.
package func parseISO8601(_ text: UnsafeRawBufferPointer) -> LocalInstant? {
  var reader = DigitReader(text)
  guard let year = reader.number(4), reader.skip(0x2D), let month = reader.number(2), reader.skip(0x2D),
    let day = reader.number(2), (1...12).contains(month), day >= 1, day <= daysInMonth(year: year, month: month)
  else { return nil }
  let midnight = Int64(CommunityDay(year: year, month: month, day: day).number) * 86_400_000_000
  if reader.atEnd { return LocalInstant(localMicroseconds: midnight, offsetSeconds: nil) }
  guard reader.skip(0x54) || reader.skip(0x20) || reader.skip(0x74),
    let hour = reader.number(2), hour < 24, reader.skip(0x3A), let minute = reader.number(2), minute < 60
  else { return nil }
  var clock = Int64(hour * 3600 + minute * 60) * 1_000_000
  if reader.skip(0x3A) {
    guard let second = reader.number(2), second <= 60 else { return nil }
    clock += Int64(second) * 1_000_000
    if reader.skip(0x2E) || reader.skip(0x2C) {
      guard let fraction = reader.fractionMicroseconds() else { return nil }
      clock += fraction
    }
  }
  guard let zone = reader.zone() else { return nil }
  return LocalInstant(localMicroseconds: midnight + clock, offsetSeconds: zone.seconds)
}

/// Takes decimal numbers and marks from the front of a text.
package struct DigitReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Whether the whole text has been taken.
  package var atEnd: Bool { position == bytes.count }

  /// Takes `byte` where it comes next, and says whether it did.
  package mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Exactly `digits` decimal digits.
  package mutating func number(_ digits: Int) -> Int? {
    guard position + digits <= bytes.count else { return nil }
    var value = 0
    for index in position..<(position + digits) {
      let digit = bytes[index] &- 48
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    position += digits
    return value
  }

  /// One or more digits of a fraction of a second.
  package mutating func fractionMicroseconds() -> Int64? {
    var value: Int64 = 0
    var scale: Int64 = 100_000
    let start = position
    while position < bytes.count, bytes[position] &- 48 < 10 {
      value += Int64(bytes[position] &- 48) * scale
      scale /= 10
      position += 1
    }
    return position == start ? nil : value
  }

  /// What is left is a zone, or nothing; nil where it is something else.
  package mutating func zone() -> Zone? {
    if atEnd { return .unsaid }
    if skip(0x5A) || skip(0x7A) { return atEnd ? .offset(seconds: 0) : nil }
    let sign = skip(0x2B) ? 1 : skip(0x2D) ? -1 : 0
    guard sign != 0, let hours = number(2), hours < 24 else { return nil }
    if atEnd { return .offset(seconds: sign * hours * 3600) }
    _ = skip(0x3A)
    guard let minutes = number(2), minutes < 60, atEnd else { return nil }
    return .offset(seconds: sign * (hours * 3600 + minutes * 60))
  }

  /// What a text says about its zone.
  package enum Zone: Equatable, Sendable {
    case unsaid
    case offset(seconds: Int)

    /// Seconds east of UTC; nil where the text says nothing.
    package var seconds: Int? {
      if case .offset(let seconds) = self { seconds } else { nil }
    }
  }
}
