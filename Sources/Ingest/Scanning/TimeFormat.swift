internal import Events

/// How a dataset writes its instants.
package enum TimeFormat: Sendable, Equatable {
  /// ISO 8601 (`UTC` behind it in place of `Z` too), or a unix number whose size tells its unit: between 1990 and 5138 seconds, milliseconds and
  /// microseconds have 9 to 11, 12 to 14 and 15 to 17 digits. The default.
  case automatic
  case iso8601
  /// A number of `1 / unitsPerSecond` seconds since 1970.
  case unix(unitsPerSecond: Int64)
  case pattern(TimePattern)

  static let names = ["iso8601", "unix-seconds", "unix-milliseconds", "unix-microseconds", "automatic"]

  /// The format of this name; nil where there is none.
  package init?(name: String) {
    switch name {
    case "automatic": self = .automatic
    case "iso8601": self = .iso8601
    case "unix-seconds": self = .unix(unitsPerSecond: 1)
    case "unix-milliseconds": self = .unix(unitsPerSecond: 1000)
    case "unix-microseconds": self = .unix(unitsPerSecond: 1_000_000)
    default: return nil
    }
  }

  /// What is expected, for a sentence.
  var expectation: String {
    switch self {
    case .automatic: "an ISO 8601 instant or a unix number"
    case .iso8601: "an ISO 8601 instant"
    case .unix(1): "a number of seconds since 1970"
    case .unix(1000): "a number of milliseconds since 1970"
    case .unix: "a number of microseconds since 1970"
    case .pattern(let pattern): "a time like \(pattern.text)"
    }
  }
}

/// Microseconds of a decimal number of `1 / unitsPerSecond` seconds; parts of a microsecond are cut towards the past.
///
/// Nil where `text` is not a number; clamped where it is beyond the year 5000. An exponent is understood.
func parseUnixTime(_ text: UnsafeRawBufferPointer, unitsPerSecond: Int64) -> Int64? {
  var index = 0
  var isNegative = false
  if index < text.count, text[index] == 0x2D || text[index] == 0x2B {
    isNegative = text[index] == 0x2D
    index += 1
  }
  let scale = 1_000_000 / unitsPerSecond
  var whole: Int64 = 0
  let first = index
  while index < text.count, text[index] &- 0x30 < 10 {
    if whole < farFuture { whole = whole * 10 + Int64(text[index] &- 0x30) }
    index += 1
  }
  if index == first { return nil }
  var fraction: Int64 = 0
  var hasMore = false
  if index < text.count, text[index] == 0x2E {
    index += 1
    let start = index
    var unit = scale / 10
    while index < text.count, text[index] &- 0x30 < 10 {
      let digit = Int64(text[index] &- 0x30)
      if unit == 0, digit != 0 { hasMore = true }
      fraction += digit * unit
      unit /= 10
      index += 1
    }
    if index == start { return nil }
  }
  if index < text.count { return exponentTime(text, scale: scale) }
  if whole >= farFuture / scale { return isNegative ? -farFuture : farFuture }
  let microseconds = whole * scale + fraction
  return isNegative ? -microseconds - (hasMore ? 1 : 0) : microseconds
}

/// Beyond any instant that is accepted, and far from overflow.
private let farFuture: Int64 = 1 << 58

/// The rare numbers with an exponent, such as `1.7e9`.
private func exponentTime(_ text: UnsafeRawBufferPointer, scale: Int64) -> Int64? {
  guard text.count <= 64, text.contains(where: { $0 | 0x20 == 0x65 }),
    text.allSatisfy({ $0 &- 0x30 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }),
    let number = Double(String(decoding: text, as: UTF8.self))
  else { return nil }
  let microseconds = (number * Double(scale)).rounded(.down)
  return abs(microseconds) < Double(farFuture) ? Int64(microseconds) : microseconds < 0 ? -farFuture : farFuture
}
