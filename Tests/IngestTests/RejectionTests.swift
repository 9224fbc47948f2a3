import Foundation
import Ingest
import Testing

@Suite("Rejected records")
struct RejectionTests {
  static let good = #"{"ts":"2026-08-01","user_id":"a","event":"b"}"#
  static let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)

  static let jsonLines: [(String, RejectionReason, String)] = [
    ("nonsense", .notJSON, "a value expected at byte 1"),
    (#"{"ts":"2026-08-01","user_id":"a","event":"b",}"#, .notJSON, "a key in quotes expected at byte 46"),
    (#"{"ts":NaN}"#, .notJSON, "a value expected at byte 7"),
    (#"{"ts":01}"#, .notJSON, "',' or '}' expected at byte 8"),
    (#"{"ts":1.}"#, .notJSON, "not a JSON number at byte 9"),
    (#"{"ts":-}"#, .notJSON, "not a JSON number at byte 8"),
    (#"{"ts":1e+}"#, .notJSON, "not a JSON number at byte 10"),
    (#"{"ts" 1}"#, .notJSON, "':' expected at byte 7"),
    (#"{"x":[1 2]}"#, .notJSON, "',' or ']' expected at byte 9"),
    (#"{"x":"\x41"}"#, .notJSON, "unknown escape in a text at byte 7"),
    (#"{"x":"\u12g4"}"#, .notJSON, "unknown escape in a text at byte 7"),
    (#"{"x":"open}"#, .notJSON, "the text is not closed at byte 12"),
    ("{\"x\":\"a\tb\"}", .notJSON, "a control character stands unescaped in a text at byte 8"),
    (good + "{}", .notJSON, "more text follows the end of the object at byte 46"),
    (#"{"x":"# + deep + "}", .notJSON, "nested deeper than 64 at byte 69"),
    (#"{"x":"\ud800"}"#, .invalidUTF8, "a \\u escape is half of a surrogate pair at byte 7"),
    (#"{"x":"\udc00\ud800"}"#, .invalidUTF8, "a \\u escape is half of a surrogate pair at byte 7"),
    ("[1,2]", .notAnObject, "the line is JSON and not an object"),
    ("\"text\"", .notAnObject, "the line is JSON and not an object"),
    (#"{"user_id":"a","event":"b"}"#, .missingTime, "the field 'ts' holds no time"),
    (#"{"ts":null,"user_id":"a","event":"b"}"#, .missingTime, "the field 'ts' holds no time"),
    (#"{"ts":{},"user_id":"a","event":"b"}"#, .missingTime, "the field 'ts' holds no time"),
    (
      #"{"ts":"noon","user_id":"a","event":"b"}"#, .unreadableTime,
      "'noon' in the field 'ts' is not an ISO 8601 instant or a unix number"
    ),
    (
      #"{"ts":"2026-02-29T00:00:00Z","user_id":"a","event":"b"}"#, .unreadableTime,
      "'2026-02-29T00:00:00Z' in the field 'ts' is not an ISO 8601 instant or a unix number"
    ),
    (
      #"{"ts":"1989-12-31T23:59:59.999999Z","user_id":"a","event":"b"}"#, .timeOutOfRange,
      "1989-12-31T23:59:59.999999Z is not between 1990-01-01T00:00:00Z and 2026-08-11T00:00:00Z"
    ),
    (
      #"{"ts":"2026-08-11T00:00:00Z","user_id":"a","event":"b"}"#, .timeOutOfRange,
      "2026-08-11T00:00:00Z is not between 1990-01-01T00:00:00Z and 2026-08-11T00:00:00Z"
    ),
    (
      #"{"ts":99999999999999999999999,"user_id":"a","event":"b"}"#, .timeOutOfRange,
      "the instant is not between 1990-01-01T00:00:00Z and 2026-08-11T00:00:00Z"
    ),
    (#"{"ts":"2026-08-01","event":"b"}"#, .missingMember, "the field 'user_id' holds no member id"),
    (#"{"ts":"2026-08-01","user_id":"","event":"b"}"#, .missingMember, "the field 'user_id' holds no member id"),
    (#"{"ts":"2026-08-01","user_id":[1],"event":"b"}"#, .missingMember, "the field 'user_id' holds no member id"),
    (#"{"ts":"2026-08-01","user_id":"a","event":null}"#, .missingEvent, "the field 'event' holds no event name"),
    (#"{"ts":"2026-08-01","user_id":"a\u0000","event":"b"}"#, .nulByte, "a mapped text holds the character U+0000"),
    (
      #"{"ts":"2026-08-01","user_id":"a","event":"b","platform":"\u0000"}"#, .nulByte,
      "a mapped text holds the character U+0000"
    ),
    ("{\"ts\":\"2026-08-01\",\"user_id\":\"\0\"}", .nulByte, "a NUL byte at byte 31 of the record"),
  ]

  @Test("Each says why, where and what", arguments: jsonLines)
  func json(line: String, reason: RejectionReason, detail: String) throws {
    let log = try parseText("\(Self.good)\n\n\(line)\n\(Self.good)\n")
    #expect(log.rows.count == 2)
    let record = try #require(log.rejected.first)
    #expect(record.reason == reason)
    #expect(record.detail == detail)
    #expect(record.line == 3)
    #expect(record.byteOffset == Self.good.utf8.count + 2)
    #expect(record.text == Array(line.utf8.prefix(4096)))
  }

  static let invalidBytes: [[UInt8]] = [
    [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
    [0xE4, 0xBD], [0xF0, 0x9F, 0x98],
  ]

  @Test("Bytes that are not UTF-8", arguments: invalidBytes)
  func invalidUTF8(bytes: [UInt8]) throws {
    let head = #"{"ts":"2026-08-01","user_id":"张三","event":"b","x":"abcdefgh"#
    let file = try TemporaryFile(Array("\(Self.good)\n\(head)".utf8) + bytes + Array("\"}\n\(Self.good)\n".utf8))
    let log = try parseFile(file.path, .plainLog(schema: testSchema))
    #expect(log.rows.count == 2)
    #expect(log.rejected.map(\.reason) == [.invalidUTF8])
    #expect(log.rejected.map(\.detail) == ["not UTF-8 at byte \(head.utf8.count + 1) of the record"])
  }

  static let rows: [(String, RejectionReason, String)] = [
    ("2026-08-01,a", .raggedRow, "2 fields where there are 3 columns"),
    ("2026-08-01,a,b,c", .raggedRow, "4 fields where there are 3 columns"),
    (#"2026-08-01,"a"x,b"#, .unclosedQuote, "text follows the closing quote of field 2"),
    (#"2026-08-01,"a,b"#, .unclosedQuote, "a quoted field is not closed"),
    ("2026-08-01,,b", .missingMember, "the field 'user_id' holds no member id"),
    (#"2026-08-01,"",b"#, .missingMember, "the field 'user_id' holds no member id"),
  ]

  @Test("Rows of a CSV file", arguments: rows)
  func csv(row: String, reason: RejectionReason, detail: String) throws {
    let log = try parseText("ts,user_id,event\n2026-08-01,a,b\n\(row)\n2026-08-01,c,d\n", suffix: ".csv")
    #expect(log.rows.map(\.member) == ["a", "c"])
    #expect(log.rejected.map(\.reason) == [reason])
    #expect(log.rejected.map(\.detail) == [detail])
    #expect(log.rejected.map(\.line) == [3])
    #expect(log.rejected.map(\.byteOffset) == [32])
    #expect(log.lineCount == 4)
  }

  static let tails: [(String, String)] = [
    (".jsonl", #"{"ts":"2026-08-01","user_id":"a","ev"#), (".jsonl", #"{"ts":"2026-08-01","user_id":"a","event":"b""#),
    (".csv", "2026-08-01,a"), (".csv", "2026-08-01,\"a"),
  ]

  @Test("A last line without a line break that cannot be read is cut off", arguments: tails)
  func truncated(suffix: String, tail: String) throws {
    let head = suffix == ".csv" ? "ts,user_id,event\n2026-08-01,a,b\n" : Self.good + "\n"
    let log = try parseText(head + tail, suffix: suffix)
    #expect(log.rows.count == 1)
    #expect(log.rejected.map(\.reason) == [.truncated])
    #expect(log.rejected.map(\.byteOffset) == [head.utf8.count])
    #expect(log.rejected.first?.detail.hasPrefix("the source ends within the record: ") == true)
  }

  @Test("A last line without a line break that can be read is a record")
  func unterminated() throws {
    let log = try parseText("\(Self.good)\r\n\(Self.good)")
    #expect(log.rows.count == 2)
    #expect(log.lineCount == 2)
  }

  @Test("Reasons are written in kebab case and differ")
  func names() {
    let names = RejectionReason.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 || $0 == 56 } })
  }

  @Test("Of a long record the first 4 KiB are kept")
  func longText() throws {
    let log = try parseText("[" + String(repeating: "x", count: 10_000) + "\n")
    #expect(log.rejected.map(\.text.count) == [4096])
  }
}
