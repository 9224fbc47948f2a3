import Ingest
import Testing

@Suite("Where records end")
struct RecordBoundariesTests {
  static let texts: [(String, Int?, [Int], Bool)] = [
    ("a,b\nc", 4, [], false), ("a,b\nc\n", 6, [], false), ("a,b", nil, [], false), ("", nil, [], false),
    ("a,\"b\nc\"\nd", 8, [4], false), ("x\na,\"b\nc", 2, [], true), ("\"a\nb\"\n\"c\nd\"\n", 12, [2, 8], false),
    ("a\"b\nc\n", 6, [], false), ("\"a\"\"\n\"\nx\n", 9, [4], false), ("\"a\" \"\nb\n", 8, [], false),
  ]

  @Test("A line break inside quotes ends no record", arguments: texts)
  func quoted(text: String, end: Int?, joined: [Int], isOpen: Bool) {
    let boundaries = RecordBoundaries(quotedDelimiter: 0x2C)
    Array(text.utf8).withUnsafeBytes { bytes in
      let found = boundaries.lastEnd(in: bytes, sourceOffset: 0, isLast: false)
      #expect(found.end == end)
      #expect(found.joined == joined)
      #expect(found.isOpen == isOpen)
    }
  }

  @Test("Without quoting every line break ends a record")
  func unquoted() {
    Array("a,\"b\nc".utf8).withUnsafeBytes { bytes in
      #expect(RecordBoundaries(quotedDelimiter: nil).lastEnd(in: bytes, sourceOffset: 0, isLast: true).end == 5)
    }
  }

  @Test("A quote that is never closed costs one line")
  func unclosed() throws {
    let text = "ts,user_id,event\n2026-08-01,\"a,b\n2026-08-01,c,d\n2026-08-01,e,f\n"
    for chunk in [1, 20, 1000] {
      let file = try TemporaryFile(text.utf8, suffix: ".csv")
      let log = try parseFile(file.path, .plainLog(schema: testSchema), chunkByteCount: chunk)
      #expect(log.rejected.map(\.reason) == [.unclosedQuote])
      #expect(log.rejected.map(\.line) == [2])
      #expect(log.rows.map(\.member) == ["c", "e"])
    }
  }

  @Test("Quotes that are never closed do not make reading slow")
  func hostileQuotes() throws {
    let text = "ts,user_id,event\n" + String(repeating: "a\"b,\"c\n", count: 200_000)
    let file = try TemporaryFile(text.utf8, suffix: ".csv")
    let start = ContinuousClock().now
    let log = try parseFile(file.path, .plainLog(schema: testSchema))
    #expect(log.rows == [] && log.rejected.count == 200_000)
    #expect(start.duration(to: .now) < .seconds(60))
  }
}
