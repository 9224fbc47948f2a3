internal import Events

/// A way to write times, such as `%d/%b/%Y:%H:%M:%S %z`, made ready for reading many.
///
/// | part | reads | part | reads |
/// |---|---|---|---|
/// | `%Y` | year, four digits | `%H` `%M` `%S` | clock |
/// | `%y` | year, two digits (69–99 are 19xx) | `%I` `%p` | clock of twelve hours |
/// | `%m` | month | `%f` | fraction of a second |
/// | `%b` `%B` | month by English name | `%z` | offset from UTC, or Z |
/// | `%d` `%e` | day | `%a` `%A` | weekday by English name, skipped |
/// | `%j` | day of the year | `%%` | % |
///
/// A space stands for any run of blanks, other characters for themselves. Numbers may lack leading zeros, except the
/// year's.
package struct TimePattern: Sendable, Equatable {
  private enum Part: Equatable {
    case byte(UInt8)
    case blanks
    case field(UInt8)
  }

  package let text: String
  private let parts: [Part]

  /// The pattern that `text` spells.
  /// - Throws: ``Problem`` where `text` has an unknown part or does not fix an instant.
  package init(_ text: String) throws(Problem) {
    var parts: [Part] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == 0x25 {
        guard let letter = bytes.popFirst() else { throw Problem(message: "a lone % ends the pattern") }
        guard Self.letters.contains(letter) else {
          throw Problem(message: "unknown part %\(String(decoding: [letter], as: UTF8.self)) in the pattern")
        }
        parts.append(letter == 0x25 ? .byte(0x25) : .field(letter))
      } else if byte == 0x20 || byte == 0x09 {
        if parts.last != .blanks { parts.append(.blanks) }
      } else {
        parts.append(.byte(byte))
      }
    }
    func has(_ letters: String) -> Bool { letters.utf8.contains { parts.contains(.field($0)) } }
    guard has("Yy"), has("j") || (has("mbB") && has("de")) else {
      throw Problem(message: "the pattern does not name a whole date: year with month and day, or %j")
    }
    guard has("I") == has("p") else { throw Problem(message: "%I and %p go together") }
    self.text = text
    self.parts = parts
  }

  /// Why a text is no pattern.
  package struct Problem: Error {
    var message: String
    var hint: String { "Known parts: %Y %y %m %b %B %d %e %j %H %I %p %M %S %f %z %a %A %%." }
  }

  private static let letters = Set("YymbBdejHIpMSfzaA%".utf8)

  /// The time that `text` shows, all of which the pattern must cover; nil where it does not.
  func read(_ text: UnsafeRawBufferPointer) -> LocalInstant? {
    var reader = Reader(text: text)
    var time = Fields()
    for part in parts {
      switch part {
      case .byte(let byte): guard reader.skip(byte) else { return nil }
      case .blanks: guard reader.skipBlanks() else { return nil }
      case .field(let letter): guard reader.field(letter, into: &time) else { return nil }
      }
    }
    return reader.isAtEnd ? time.instant : nil
  }

  private struct Fields {
    var year = 1970, month = 1, day = 1, dayOfYear = 0
    var hour = 0, minute = 0, second = 0, isAfternoon: Bool?
    var microseconds: Int64 = 0
    var offsetSeconds: Int?

    var instant: LocalInstant? {
      var date: CommunityDay
      if dayOfYear > 0 {
        date = CommunityDay(year: year, month: 1, day: 1) + (dayOfYear - 1)
        guard date.civil.year == year else { return nil }
      } else {
        guard day <= daysInMonth(year: year, month: month) else { return nil }
        date = CommunityDay(year: year, month: month, day: day)
      }
      let hour = isAfternoon.map { self.hour % 12 + ($0 ? 12 : 0) } ?? hour
      let seconds = Int64(date.number) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
      return LocalInstant(localMicroseconds: seconds * 1_000_000 + microseconds, offsetSeconds: offsetSeconds)
    }
  }

  private struct Reader {
    let text: UnsafeRawBufferPointer
    var position = 0

    var isAtEnd: Bool { position == text.count }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard position < text.count, text[position] == byte else { return false }
      position += 1
      return true
    }

    mutating func skipBlanks() -> Bool {
      let start = position
      while skip(0x20) || skip(0x09) {}
      return position > start
    }

    /// Of `digits` digits, fewer only where `isPadded` is false; a leading blank stands for a zero.
    mutating func number(_ digits: Int, in range: ClosedRange<Int>, isPadded: Bool = false) -> Int? {
      if !isPadded { _ = skip(0x20) }
      let start = position
      var value = 0
      while position < text.count, position - start < digits, text[position] &- 0x30 < 10 {
        value = value * 10 + Int(text[position] &- 0x30)
        position += 1
      }
      let count = position - start
      return count > 0 && (!isPadded || count == digits) && range.contains(value) ? value : nil
    }

    /// The index of the name in `names` that comes next: whole, or its first three letters.
    mutating func name(_ names: [StaticString]) -> Int? {
      for (index, name) in names.enumerated() {
        for count in [name.utf8CodeUnitCount, 3] where matches(name, count) {
          position += count
          return index
        }
      }
      return nil
    }

    private func matches(_ name: StaticString, _ count: Int) -> Bool {
      guard position + count <= text.count else { return false }
      return (0..<count).allSatisfy { text[position + $0] | 0x20 == name.utf8Start[$0] }
    }

    mutating func field(_ letter: UInt8, into time: inout Fields) -> Bool {
      func set(_ value: Int?, _ place: inout Int) -> Bool {
        guard let value else { return false }
        place = value
        return true
      }
      switch UnicodeScalar(letter) {
      case "Y": return set(number(4, in: 0...9999, isPadded: true), &time.year)
      case "y": return set(number(2, in: 0...99, isPadded: true).map { $0 + ($0 < 69 ? 2000 : 1900) }, &time.year)
      case "m": return set(number(2, in: 1...12), &time.month)
      case "b", "B": return set(name(Self.months).map { $0 + 1 }, &time.month)
      case "d", "e": return set(number(2, in: 1...31), &time.day)
      case "j": return set(number(3, in: 1...366), &time.dayOfYear)
      case "H": return set(number(2, in: 0...23), &time.hour)
      case "I": return set(number(2, in: 1...12), &time.hour)
      case "M": return set(number(2, in: 0...59), &time.minute)
      case "S": return set(number(2, in: 0...60), &time.second)
      case "a", "A": return name(Self.weekdays) != nil
      case "p":
        let isAfternoon = position < text.count && text[position] | 0x20 == 0x70
        guard skip(0x61) || skip(0x41) || skip(0x70) || skip(0x50), skip(0x6D) || skip(0x4D) else { return false }
        time.isAfternoon = isAfternoon
        return true
      case "f":
        guard let fraction = fractionMicroseconds() else { return false }
        time.microseconds = fraction
        return true
      default:
        guard let offset = offsetSeconds() else { return false }
        time.offsetSeconds = offset
        return true
      }
    }

    private mutating func fractionMicroseconds() -> Int64? {
      let start = position
      var (value, unit): (Int64, Int64) = (0, 100_000)
      while position < text.count, text[position] &- 0x30 < 10 {
        value += Int64(text[position] &- 0x30) * unit
        unit /= 10
        position += 1
      }
      return position > start ? value : nil
    }

    /// `Z`, `+08`, `+0800` or `+08:00`.
    private mutating func offsetSeconds() -> Int? {
      if skip(0x5A) || skip(0x7A) { return 0 }
      let sign = skip(0x2B) ? 1 : skip(0x2D) ? -1 : 0
      guard sign != 0, let hours = number(2, in: 0...23, isPadded: true) else { return nil }
      let mark = position
      _ = skip(0x3A)
      if let minutes = number(2, in: 0...59, isPadded: true) { return sign * (hours * 3600 + minutes * 60) }
      position = mark
      return sign * hours * 3600
    }

    private static let months: [StaticString] = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
      "december",
    ]
    private static let weekdays: [StaticString] = [
      "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
  }
}
