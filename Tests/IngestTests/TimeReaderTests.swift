import Events
import Ingest
import Testing

@Suite("Times")
struct TimeReaderTests {
  static let shanghai = (try? TimeZoneRules(named: "Asia/Shanghai")) ?? .utc

  static let texts: [(String, String?)] = [
    ("2026-08-01T12:30:00Z", "2026-08-01T12:30:00Z"), ("2026-08-01T12:30:00.1Z", "2026-08-01T12:30:00.100000Z"),
    ("2026-08-01T12:30:00.1234567Z", "2026-08-01T12:30:00.123456Z"), ("2026-08-01 23:59:59Z", "2026-08-01T23:59:59Z"),
    ("2026-08-01T12:30:00+08:00", "2026-08-01T04:30:00Z"), ("2026-08-01T12:30:00", "2026-08-01T04:30:00Z"),
    ("2026-08-01", "2026-07-31T16:00:00Z"), ("2026-08-01T24:00:00Z", nil), ("2026-08-01T12:60:00Z", nil),
    ("2026-08-01T12:30:60Z", "2026-08-01T12:31:00Z"), ("2026-08-01T12:30:00.Z", nil), ("2026-08-01T12:30:00.1x2Z", nil),
    ("2026-08-01X12:30:00Z", nil), ("2026-08-01T12-30-00Z", nil), ("2026-08-01T1::30:00Z", nil), ("", nil), ("Z", nil),
    ("2026-08-01T12:30:00ZZ", nil), ("1785587400", "2026-08-01T12:30:00Z"),
    ("1785587400123", "2026-08-01T12:30:00.123000Z"),
    ("1785587400123456", "2026-08-01T12:30:00.123456Z"), ("1785587400.25", "2026-08-01T12:30:00.250000Z"),
    ("1.7855874e9", "2026-08-01T12:30:00Z"), ("0", "1970-01-01T00:00:00Z"), ("-1.5", "1969-12-31T23:59:58.500000Z"),
    ("12 ", nil), ("1.", nil), (".5", nil), ("1e", nil), ("--1", nil),
    ("9223372036854.999999", "2262-04-11T23:47:16.854999Z"), ("0x10", nil),
  ]

  @Test("Without a format ISO 8601 and unix numbers are read", arguments: texts)
  func automatic(text: String, expected: String?) {
    #expect(read(text, .automatic) == expected)
  }

  static let formats: [(String, String, String?)] = [
    ("unix-seconds", "1785587400.1234569", "2026-08-01T12:30:00.123456Z"),
    ("unix-seconds", "9223372036854.999999", "11103-08-29T17:22:31.711744Z"),
    ("unix-seconds", "-0.0000001", "1969-12-31T23:59:59.999999Z"), ("unix-seconds", "2026-08-01", nil),
    ("unix-milliseconds", "1785587400123.4567", "2026-08-01T12:30:00.123456Z"),
    ("unix-microseconds", "1785587400123456.9", "2026-08-01T12:30:00.123456Z"), ("iso8601", "1785587400", nil),
    ("%Y-%m-%d %H:%M:%S", "2026-08-01 12:30:05", "2026-08-01T04:30:05Z"),
    ("%Y-%m-%d %H:%M:%S", "2026-08-01 12:30", nil),
    ("%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z"),
    ("%a %b %d %H:%M:%S %z %Y", "Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24Z"),
    ("%B %e, %Y %I:%M %p", "august  1, 2026 12:05 AM", "2026-07-31T16:05:00Z"),
    ("%B %e, %Y %I:%M %p", "May 1, 2026 12:05 PM", "2026-05-01T04:05:00Z"),
    ("%m/%d/%y", "8/1/26", "2026-07-31T16:00:00Z"), ("%m/%d/%y", "8/1/69", "1969-07-31T16:00:00Z"),
    ("%Y%m%dT%H%M%S.%fZ", "20260801T123005.25Z", "2026-08-01T04:30:05.250000Z"),
    ("%Y-%j", "2024-366", "2024-12-30T16:00:00Z"), ("%Y-%j", "2026-366", nil), ("%Y-%m-%d", "2026-02-29", nil),
    ("%Y-%m-%d %z", "2026-08-01 +08:00", "2026-07-31T16:00:00Z"),
    ("%Y-%m-%d %z", "2026-08-01 Z", "2026-08-01T00:00:00Z"),
    ("%Y-%m-%d%%", "2026-08-01%", "2026-07-31T16:00:00Z"), ("%Y-%m-%d", "2026-08-01 ", nil), ("%Y-%m-%d", "", nil),
  ]

  @Test("A format is read in the zone of the dataset", arguments: formats)
  func format(name: String, text: String, expected: String?) throws {
    let format = try TimeFormat(name: name) ?? .pattern(TimePattern(name))
    #expect(read(text, format) == expected)
  }

  static let badPatterns: [(String, String)] = [
    ("%Y-%m", "the pattern does not name a whole date: year with month and day, or %j"),
    ("%Y-%m-%d %q", "unknown part %q in the pattern"), ("%Y-%m-%d %", "a lone % ends the pattern"),
    ("%Y-%m-%d %I", "%I and %p go together"),
  ]

  @Test("A pattern that fixes no instant is refused", arguments: badPatterns)
  func badPattern(pattern: String, message: String) {
    #expect(throws: TimePattern.Problem.self) { try TimePattern(pattern) }
    let error = #expect(throws: (any Error).self) {
      try dataset("time: {field: t, format: '\(pattern)'}\nmember: m\nevent: e")
    }
    #expect(error.map { "\($0)" }?.hasPrefix("dataset.yaml:1:26: \(message).") == true)
  }

  @Test("The remembered date serves only its own day")
  func memory() {
    var reader = TimeReader(format: .automatic, zone: .utc)
    for day in ["2026-08-01", "2026-08-01", "2026-08-02", "2026-09-01", "2025-08-01", "2026-08-01"] {
      #expect(read("\(day)T00:00:01Z", &reader) == "\(day)T00:00:01Z")
      #expect(read("\(day)T00:00:01", &reader) == "\(day)T00:00:01Z")
    }
  }

  private func read(_ text: String, _ format: TimeFormat) -> String? {
    var reader = TimeReader(format: format, zone: Self.shanghai)
    return read(text, &reader)
  }

  private func read(_ text: String, _ reader: inout TimeReader) -> String? {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
    return bytes.withUnsafeBytes {
      reader.read(UnsafeRawBufferPointer(rebasing: $0[..<text.utf8.count]))
    }.map { Timestamp(microseconds: $0).description }
  }
}
