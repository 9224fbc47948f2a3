import Ingest
import Testing

/// A parser that knows how the lines before began reads what one reads that begins anew with each line.
@Suite("Lines that begin as others do")
struct LineShapeTests {
  private static let values: [String: [String]] = [
    "event_id": [#""e7""#, #""""#, #""e\"8""#, "9", "null", #""é""#],
    "ts": [#""2026-08-01T12:00:00Z""#, #""2026-08-01T12:00:00.5Z""#, "1785587400", #""soon""#],
    "user_id": [#""ann""#, #""张三""#, "17", #""a\u0062c""#, #""x"y""#, "\"tab\there\""],
    "event": [#""post_view""#, #""like""#, #""a name of more than twenty-four bytes""#],
    "community_id": [#""c_7""#, #"["c_7"]"#, "null", #""  ""#],
    "platform": [#""ios""#, "true", #""web", "platform": "android""#],
    "note": [#""seen""#, "1.5", #"{"a": "b", "c": [1, "2"]}"#],
    "properties": ["null", #"{"push_id": "p1", "n": 1}"#, "{}", #"{"n": "#],
  ]
  private static let usual = ["event_id", "ts", "user_id", "event", "community_id", "platform"]

  private static func line(_ numbers: inout SeededNumbers) -> String {
    var keys = usual
    switch Int.random(in: 0..<6, using: &numbers) {
    case 0: keys.shuffle(using: &numbers)
    case 1: keys.insert("note", at: Int.random(in: 0...keys.count, using: &numbers))
    case 2: keys.remove(at: Int.random(in: 0..<keys.count, using: &numbers))
    default: break
    }
    if Bool.random(using: &numbers) { keys.append("properties") }
    let isUsual = Int.random(in: 0..<4, using: &numbers) > 0
    let gap = isUsual ? "" : ["", " ", "  ", "\t"].randomElement(using: &numbers)!
    let fields = keys.map { key in
      let choices = values[key]!
      return "\"\(key)\":\(gap)\(isUsual ? choices[0] : choices.randomElement(using: &numbers)!)"
    }
    let start = Int.random(in: 0..<20, using: &numbers) == 0 ? " " : ""
    let end = Int.random(in: 0..<20, using: &numbers) == 0 ? ["\r", " ", "x", ","].randomElement(using: &numbers)! : ""
    return "\(start){\(fields.joined(separator: ",\(gap)"))}\(end)\n"
  }

  @Test("Of lines in any order, with any blanks, values and faults", arguments: (1...40).map(UInt64.init))
  func together(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let file = try TemporaryFile((0..<120).map { _ in Self.line(&numbers) }.joined().utf8)
    for yaml in [nil, "time: ts\nmember: user_id\nevent: event\nproperties: [note, platform]\nduplicates: line"] {
      let mapping = try yaml.map { try dataset($0) } ?? .plainLog(schema: testSchema)
      let together = try parseFile(file.path, mapping)
      let alone = try parseFile(file.path, mapping, chunkByteCount: 1)
      #expect(together == alone, "seed \(seed)")
      #expect(together.rows.count > 20, "seed \(seed)")
    }
  }
}
