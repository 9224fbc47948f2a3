import Events
import TestSupport
import Testing

@Suite struct ISO8601Tests {
  @Test(
    "A time with an offset is an instant",
    arguments: [
      ("2026-08-01T12:30:00Z", "2026-08-01T12:30:00Z"), ("2026-08-01T12:30:00z", "2026-08-01T12:30:00Z"),
      ("2026-08-01t12:30:00Z", "2026-08-01T12:30:00Z"), ("2026-08-01 12:30:00Z", "2026-08-01T12:30:00Z"),
      ("2026-08-01T12:30Z", "2026-08-01T12:30:00Z"), ("2026-08-01T12:30+08", "2026-08-01T04:30:00Z"),
      ("2026-08-01T12:30:00+08:00", "2026-08-01T04:30:00Z"), ("2026-08-01T12:30:00+0800", "2026-08-01T04:30:00Z"),
      ("2026-08-01T12:30:00-03:30", "2026-08-01T16:00:00Z"), ("2026-08-01T00:00:00+14:00", "2026-07-31T10:00:00Z"),
      ("2026-08-01T23:59:59-12:00", "2026-08-02T11:59:59Z"), ("2026-08-01T12:30:00-00:00", "2026-08-01T12:30:00Z"),
      ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"), ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
      ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"), ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
      ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"), ("2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250000Z"),
    ])
  func instants(text: String, expected: String) {
    #expect(Timestamp(iso8601: text)?.description == expected)
  }

  @Test(
    "A fraction has any number of digits, of which six count",
    arguments: [
      ("1", 100_000), ("12", 120_000), ("123", 123_000), ("1234", 123_400), ("12345", 123_450), ("123456", 123_456),
      ("1234567", 123_456), ("12345678", 123_456), ("123456789", 123_456), ("999999999", 999_999), ("000001", 1),
      ("0000009", 0), ("0", 0), ("12345678901234567890123456789", 123_456),
    ] as [(String, Int64)])
  func fractions(digits: String, microseconds: Int64) {
    #expect(Timestamp(iso8601: "1970-01-01T00:00:00.\(digits)Z")?.microseconds == microseconds)
    #expect(Timestamp(iso8601: "1970-01-01T00:00:00,\(digits)Z")?.microseconds == microseconds)
  }

  @Test(
    "Without a zone it is what the wall clock shows",
    arguments: [
      ("1970-01-01", 0), ("1970-01-02", 86_400_000_000), ("1970-01-01T00:01", 60_000_000),
      ("1970-01-01 00:00:01", 1_000_000), ("1970-01-01T00:00:00.5", 500_000), ("1969-12-31T23:59:59", -1_000_000),
    ] as [(String, Int64)])
  func local(text: String, microseconds: Int64) {
    #expect(localInstant(text) == LocalInstant(localMicroseconds: microseconds, offsetSeconds: nil))
    #expect(Timestamp(iso8601: text) == nil, "an instant needs an offset")
  }

  @Test(
    "The offset is kept beside the local time",
    arguments: [("Z", 0), ("+08", 28800), ("-08:00", -28800), ("+0530", 19800), ("+23:59", 86340), ("-23:59", -86340)])
  func offsets(zone: String, seconds: Int) {
    let expected = LocalInstant(localMicroseconds: 60_000_000, offsetSeconds: seconds)
    #expect(localInstant("1970-01-01T00:01:00\(zone)") == expected)
  }

  @Test(
    "What is no time is not read",
    arguments: [
      "", "2", "now", "2026", "2026-08", "2026-8-1", "20260801", "20260801T123000Z", "2026-02-30",
      "2026-02-30T00:00:00Z",
      "2023-02-29", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-08-01Z", "2026-08-01T", "2026-08-01 ",
      "2026-08-01T12", "2026-08-01T12Z", "2026-08-01T12:", "2026-08-01T12:3", "2026-08-01T1230", "2026-08-01T24:00:00Z",
      "2026-08-01T12:60:00Z", "2026-08-01T12:30:61Z", "2026-08-01T12:30:99Z", "2026-08-01T12:30:0Z",
      "2026-08-01T12:30:00.Z", "2026-08-01T12:30:00.", "2026-08-01T12:30:00.1.2Z", "2026-08-01T12:30.5Z",
      "2026-08-01T12:30:00ZZ", "2026-08-01T12:30:00Z ", " 2026-08-01T12:30:00Z", "2026-08-01T12:30:00Z\n",
      "2026-08-01T12:30:00 Z", "2026-08-01  12:30:00Z", "2026-08-01T12:30:00+", "2026-08-01T12:30:00+8",
      "2026-08-01T12:30:00+08:", "2026-08-01T12:30:00+08:0", "2026-08-01T12:30:00+24:00", "2026-08-01T12:30:00+08:60",
      "2026-08-01T12:30:00+08:00:00", "2026-08-01T12:30:00 CET", "2026-08-01T12:30:00UTC", "2026-08-01_12:30:00Z",
      "-026-08-01", "+2026-08-01", "02026-08-01", "12026-08-01", "2026-08-01T-1:30:00Z", "2026-08-01T12:+3:00Z",
      "1785587400", "2026-08-01T12:30:00\0", "２０２６-08-01", "2026–08–01", "2026-08-01T12：30：00Z", "08/01/2026",
    ])
  func rejected(text: String) {
    #expect(localInstant(text) == nil)
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("Every beginning of a time is a time or nothing, never a trap")
  func prefixes() {
    let whole = "2026-08-01T12:30:00.123456+08:00"
    let read = whole.indices.filter { localInstant(String(whole[..<$0])) != nil }.map { String(whole[..<$0]) }
    #expect(read.map(\.count) == [10, 16, 19, 21, 22, 23, 24, 25, 26, 29])
  }

  @Test("Random bytes never trap", arguments: [1, 2, 3] as [UInt64])
  func randomBytes(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let letters = Array("0123456789-:+.,TZtz ".utf8) + [0, 0xFF]
    var base = Array("2026-08-01T12:30:00.123456+08:00".utf8)
    for _ in 0..<20_000 {
      let index = Int.random(in: base.indices, using: &random)
      let old = base[index]
      base[index] = letters.randomElement(using: &random) ?? 0
      let read = base.withUnsafeBytes { parseISO8601($0) }
      if let offset = read?.offsetSeconds { #expect(abs(offset) < 86400, "seed \(seed)") }
      if Bool.random(using: &random) { base[index] = old }
    }
  }
}
