/// An instant: microseconds since 1970-01-01T00:00:00 UTC.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }
  /// The instant `seconds` after the epoch.
  package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// `self` moved by whole seconds.
  package func adding(seconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + seconds * 1_000_000)
  }

  /// ISO 8601 in UTC: `2026-08-01T12:30:00Z`, with a fraction only where there is one.
  package var description: String {
    let (days, rest) = microseconds.flooredDivision(by: 86_400_000_000)
    let (second, fraction) = rest.flooredDivision(by: 1_000_000)
    let date = CommunityDay(Int32(clamping: days)).description
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(date)T\(clock)\(fraction == 0 ? "" : "." + padded(fraction, 6))Z"
  }

  /// ISO 8601 with the offset of `zone`, to the second: `2026-08-01T20:30:00+08:00`. In UTC, with `Z`, where the offset
  /// is no whole number of minutes, which the form cannot say.
  package func description(in zone: TimeZoneRules) -> String {
    let whole = Timestamp(seconds: microseconds.flooredDivision(by: 1_000_000).quotient)
    let offset = zone.offsetSeconds(at: whole)
    if offset == 0 || offset % 60 != 0 { return whole.description }
    let local = whole.adding(seconds: Int64(offset)).description.dropLast()
    let minutes = Int64(abs(offset) / 60)
    return "\(local)\(offset < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
  }

  /// Reads ISO 8601 with `Z` or an offset; nil where `text` is anything else.
  package init?(iso8601 text: String) {
    var text = text
    let read = text.withUTF8 { parseISO8601(UnsafeRawBufferPointer($0)) }
    guard let read, let offset = read.offsetSeconds else { return nil }
    self.init(microseconds: read.localMicroseconds - Int64(offset) * 1_000_000)
  }
}

/// Writes `value` with leading zeros to `width` digits.
func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  /// Quotient rounded down, and the remainder in `0..<divisor`.
  @inlinable
  package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
