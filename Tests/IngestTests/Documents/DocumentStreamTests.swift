import Columns
import Foundation
import Ingest
import Parquet
import Testing

/// A dataset whose records are like those of the plain log.
func documents(_ keys: String) throws -> DatasetDescription {
  try dataset("\(keys)\ntime: ts\nmember: u\nevent: e\nevent-id: id\n")
}

func parseDocument(
  _ text: String, _ description: DatasetDescription, suffix: String = ".json", skippingBytes: Int = 0,
  chunkByteCount: Int = 1 << 20
) throws -> ParsedLog {
  let file = try TemporaryFile(text.utf8, suffix: suffix)
  return try parseFile(file.path, description, skippingBytes: skippingBytes, chunkByteCount: chunkByteCount)
}

@Suite("Records of JSON documents")
struct DocumentStreamTests {
  static let one = #"{"ts":"2026-08-01","u":"a","e":"x"}"#
  static let two = #"{"ts":"2026-08-02","u":"b","e":"y"}"#

  /// Keys of dataset.yaml, document, members that are stored.
  static let forms: [(String, String, String)] = [
    ("", "[\(one),\(two)]", "a b"),
    ("", "\u{FEFF} [\n  \(one),\n  \(two)\n]\n", "a b"),
    ("", "[]", ""), ("", "[ ]\n", ""),
    ("records: \"*\"", "[\(one),\n\(two)]", "a b"), ("records: \"*\"", one, "a"),
    ("records: \"*\"", "\(one)\n\(two)", "a b"), ("format: json", "\(one)\(two)", "a b"),
    ("format: json", "[\(one)] [\(two)]", "a b"),
    ("records: m", #"{"n":1,"m":[\#(one),\#(two)],"z":{"m":[1]}}"#, "a b"),
    ("records: m", #"{"n":1,"m":[]}"#, ""), ("records: m", #"{"m":null}"#, ""),
    ("records: m", #"{"m":\#(one)}"#, "a"),
    ("records: m", #"[{"m":[\#(one)]},{"m":[\#(two)]}]"#, "a b"),
    ("records: m", #"{"m":[\#(one)]}{"m":[\#(two)]}"#, "a b"),
    ("records: m", #"{"a":"\"m\":[{","m":[\#(one)]}"#, "a"),
    ("records: m", #"{"\u006d":[\#(one)]}"#, "a"),
    ("records: m", "\(one)\n\(two)\n", "a b"),
    ("records: m", #"{"m":[\#(one)]}"# + "\n" + #"{"m":[\#(two)]}"# + "\n", "a b"),
    ("records: a.b", #"{"b":[{"ts":1}],"a":{"c":[1],"b":[\#(one)]},"d":{"b":[{}]}}"#, "a"),
    ("records: a.list.m", #"{"a":{"list":[{"m":[\#(one)]},{"x":1},null,[{"m":[\#(two)]}]]}}"#, "a b"),
    ("records: [m, a.m]", #"{"a":{"m":[\#(one)]},"m":[\#(two)]}"#, "a b"),
    // Commas are not checked.
    ("", "[\(one) \(two),]", "a b"), ("", "[\(one),,\(two)]", "a b"),
  ]

  @Test("Records are found wherever they lie", arguments: forms)
  func form(keys: String, text: String, members: String) throws {
    for chunkByteCount in [1, 7, 1 << 20] {
      let log = try parseDocument(text, documents(keys), chunkByteCount: chunkByteCount)
      #expect(log.rejected == [])
      #expect(log.rows.map(\.member).joined(separator: " ") == members)
    }
  }

  /// Keys, document, what is stored, what is rejected: `line reason`.
  static let damaged: [(String, String, String, String)] = [
    ("", "[\(one),\n\(two)", "a b", "2 truncated"), ("", "[\(one),", "a", "1 truncated"),
    ("", "[\(one),{\"ts\":", "a", "1 truncated"), ("", "[\(one),\n\n{\"ts\":\"20", "a", "3 truncated"),
    ("", "[{\"a\":[1}]}, \(one)]", "a", "1 not-json 1 not-json"),
    ("", "[\(one),\nxx yy,\n\(two)]", "a b", "2 not-json 2 not-json"),
    (
      "", "[\(one),\n5,\"t\",null,[1],\n\(two)]", "a b",
      "2 not-an-object 2 not-an-object 2 not-an-object 2 not-an-object"
    ),
    ("", "[\(one)}\n,\(two)]", "a b", "1 not-json"),
    ("", "[{\"u\":\"a\nb\"},\(one)]", "a", "1 not-json"),
    ("", "[\(one)] trailing\n", "a", "1 not-json"), ("", "[\(one)] trailing", "a", "1 truncated"),
    ("records: m", #"{"m":[\#(one)"#, "a", "1 truncated"), ("records: m", #"{"m":[\#(one)]"#, "a", "1 truncated"),
    ("records: m", #"{"n":"x"#, "", "1 truncated"), ("records: m", #"{"m":"#, "", "1 truncated"),
    ("format: json", "no JSON at all\n\(one) \(two)\n", "a b", "1 not-json"),
    ("records: m", #"{"n":1}"#, "", "1 missing-time"), ("records: m", "5 ", "", "1 not-an-object"),
    ("records: m\nformat: json", #"{"m":[\#(one)], 5:1, "n":[]}"# + "\n" + two, "a", "1 source-ended-early"),
    ("records: m", #"{"m":[\#(one)], 5:1, "n":[]}"# + "\n" + two, "a b", "1 not-json"),
    ("records: m", #"{"m":[\#(one)]"# + "\n" + #"{"m":[\#(two)]}"#, "a", "2 source-ended-early"),
    ("records: m\nformat: jsonl", #"{"m":[\#(one)]"# + "\n" + #"{"m":[\#(two)]}"# + "\n", "a b", "1 not-json"),
    ("records: m\nformat: jsonl", "garbage text\n" + #"{"m":[\#(two)]}"# + "\n", "b", "1 not-json"),
    ("records: m\nformat: jsonl", "{\"a\" 1}\n\(two)\n", "b", "1 not-json"),
    ("records: m\nformat: jsonl", "{\"m\":[\(one),{\"ts\n\(two)\n", "a b", "1 not-json"),
    ("records: m\nformat: jsonl", "\(one)\n{\"m\":[", "a", "2 truncated"),
    ("records: m\nformat: jsonl", "\(one)\n{\"ts\":\"2026", "a", "2 truncated"),
  ]

  @Test("Damage costs what it hides, and is said", arguments: damaged)
  func damage(keys: String, text: String, members: String, rejected: String) throws {
    for chunkByteCount in [3, 1 << 20] {
      let log = try parseDocument(text, documents(keys), chunkByteCount: chunkByteCount)
      #expect(log.rows.map(\.member).joined(separator: " ") == members)
      #expect(
        log.rejected.map { "\($0.line) \($0.reason.rawValue)" }.joined(separator: " ") == rejected, "\(log.rejected)")
    }
  }

  @Test("Whatever a document is cut into, and wherever it is cut off, nothing is lost or read twice")
  func cuts() throws {
    let description = try documents("records: [m, l.m]\nproperties: {n: $document.n, k: [$document.l.k.v, s]}")
    let text = """
      {"n": "é \\"q\\" [", "l": [{"k": {"v": [1, {"w": 2}], "x": 3}, "m": [
        \(Self.one), {"ts": "2026-08-01", "u": "c",
        "e": "x", "s": "a\\\\"}
      ]}, {"m": [\(Self.two), {}, 7]}]}
      """
    let whole = try parseDocument(text, description)
    #expect(
      whole.rows.map { $0.properties ?? "" } == [
        #"{"k":[1,{"w":2}],"n":"é \"q\" ["}"#, #"{"k":[1,{"w":2}],"n":"é \"q\" ["}"#, #"{"n":"é \"q\" ["}"#,
      ])
    #expect(whole.rejected.map(\.reason) == [.missingTime, .notAnObject])
    for chunkByteCount in 1...40 {
      let log = try parseDocument(text, description, chunkByteCount: chunkByteCount)
      #expect(log.rows == whole.rows)
      #expect(log.rejected == whole.rejected)
    }
    for count in 1..<text.utf8.count {
      let bytes = Array(text.utf8.prefix(count))
      let file = try TemporaryFile(bytes, suffix: ".json")
      let cut = try parseFile(file.path, description)
      let end = try #require(cut.rejected.last, "cut at \(count)")
      #expect(end.reason == .truncated || end.reason == .invalidUTF8, "cut at \(count): \(end)")
      guard end.reason == .truncated else { continue }
      let rest = try parseDocument(text, description, skippingBytes: end.byteOffset)
      #expect(cut.rows + rest.rows == whole.rows, "cut at \(count)")
      #expect(cut.rejected.dropLast() + rest.rejected == whole.rejected[...], "cut at \(count)")
    }
  }

  @Test("A compressed document that is cut off keeps what comes before")
  func compressed() throws {
    let text =
      "["
      + (0..<5000).map { "{\"ts\":\"2026-08-01\",\"u\":\"m\($0)\",\"e\":\"\($0 &* 2_654_435_761)\"}" }
      .joined(separator: ",\n") + "]"
    let file = try TemporaryFile(gzip(text).dropLast(5000), suffix: ".json.gz")
    let log = try parseFile(file.path, documents(""))
    #expect(log.rows.count > 1000)
    #expect(log.rows.map(\.member) == (0..<log.rows.count).map { "m\($0)" })
    #expect(log.rejected.map(\.reason) == [.sourceEndedEarly])
    #expect(log.rejected[0].line == log.rows.count + 1)
  }

  @Test("Fields around the records can be mapped, and nothing else of them is kept")
  func fields() throws {
    let yaml = """
      records: chats.messages
      time: ts
      member: u
      event: e
      dimensions: {community: $document.chats.id, content: $document.info.a.b}
      """
    let text = """
      {"info":{"a":{"b":"deep","c":1},"d":2},"chats":[
      {"id":1,"name":"x","messages":[\(Self.one),{ }]},{"messages":[\(Self.two)]},{"id":3,"id":4,"messages":[\(Self.one)]}]}
      """
    let log = try parseDocument(text, dataset(yaml))
    #expect(log.rows.map { $0.dimensions[0] } == ["1", nil, "4"])
    #expect(log.rows.map { $0.dimensions[2] } == ["deep", "deep", "deep"])
    #expect(log.rows.allSatisfy { $0.properties == nil })
    #expect(log.rejected.map { String(decoding: $0.text, as: UTF8.self) } == ["{ }"])
  }

  static let misplaced: [(String, String)] = [
    (#"{"m":[\#(one)],"n":1}"#, "comes after the records"),
    (#"{"n":"\#(String(repeating: "x", count: 70_000))","m":[\#(one)]}"#, "is longer than"),
  ]

  @Test("A field that cannot be had is an error, not a missing value", arguments: misplaced)
  func misplacedField(text: String, said: String) throws {
    let description = try documents("records: m\nproperties: {n: $document.n}")
    let error = #expect(throws: IngestError.self) { try parseDocument(text, description) }
    #expect(error?.message.contains(said) == true)
    #expect(error?.message.contains("$document.n") == true)
  }

  @Test("A record may be as long as elsewhere and no longer")
  func longRecords() throws {
    let long = #"{"ts":"2026-08-01","u":"l","e":"x","p":"\#(String(repeating: "p", count: 3000))"}"#
    for (keys, text) in [
      ("", "[\(Self.one),\n\(long),\n\(Self.two)]"), ("records: m", "\(Self.one)\n\(long)\n\(Self.two)\n"),
    ] {
      let file = try TemporaryFile(text.utf8, suffix: ".json")
      let log = try parseFile(file.path, documents(keys), chunkByteCount: 512, recordByteCountMax: 2048)
      #expect(log.rows.map(\.member) == ["a", "b"])
      #expect(log.rejected.map(\.reason) == [.lineTooLong])
      #expect(log.rejected.map(\.line) == [2])
    }
  }
}
