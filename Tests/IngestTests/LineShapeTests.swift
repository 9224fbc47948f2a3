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
      expectSame(together, alone, "seed \(seed)")
      #expect(together.rows.count > 20, "seed \(seed)")
    }
  }

  /// Lines as one writer makes them, and now and then one that is not: by number, so that faults stand anywhere in
  /// what is looked at together.
  private static func alike(_ index: Int, _ numbers: inout SeededNumbers, oddOneOf rarity: Int) -> String {
    var ts = "2026-08-0\(1 + index / 200)T1\(index % 10):0\(index % 7):5\(index % 9).\(100_000 + index)Z"
    var (member, community) = ("u_\(index % 50)", "c_\(index)")
    var event = ["view", "a_long_event_name", "like"][index % 3]
    var (before, behind, tail) = ("", "", ",\"properties\":null}")
    switch Int.random(in: 0..<(14 * rarity), using: &numbers) {
    case 0: ts = "2026-08-01T10:00:61.000000Z"
    case 1: ts = "2026-13-01"
    case 2: ts = "1785587400"
    case 3: member = ""
    case 4: event = ""
    case 5: community = ""
    case 6: member = "张三"
    case 7: member = "a\nb"
    case 8: behind = "\""
    case 9: before = " "
    case 10: tail = ",\"properties\":{\"n\": 1}}"
    case 11: tail = ",\"properties\":null,\"properties\":{}}"
    case 12: community = "x\",\"community_id\":\"y"
    case 13: member = "a name that is longer than anything that is remembered: \(index)"
    default: break
    }
    let values = [("ts", ts), ("user_id", member), ("event", event), ("community_id", community)]
    let fields = values.map { ",\"\($0)\":\"\($1)\"" }.joined()
    return "\(before){\"event_id\":\"e\(index)\"\(fields)\(tail)\(behind)"
  }

  @Test("Of many lines alike, with a fault anywhere between them", arguments: (1...12).map(UInt64.init))
  func manyAlike(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let lines = (0..<900).map { Self.alike($0, &numbers, oddOneOf: [1, 4, 30][Int(seed % 3)]) }
    let text = lines.joined(separator: "\n") + (seed % 2 == 0 ? "\n" : "")
    let file = try TemporaryFile(text.utf8)
    let constant = "time: ts\nmember: user_id\nevent: { constant: seen }\nevent-id: event_id"
    for yaml in [nil, constant, "time: ts\nmember: user_id\nevent: event\nduplicates: line"] {
      let mapping = try yaml.map { try dataset($0) } ?? .plainLog(schema: testSchema)
      let together = try parseFile(file.path, mapping)
      let alone = try parseFile(file.path, mapping, chunkByteCount: 1)
      expectSame(together, alone, "seed \(seed)")
      #expect(together.rows.count > 300, "seed \(seed)")
    }
  }

  /// What ends lines, a stretch of them alike.
  private static let tails = [
    #","properties":null}"#,
    #","properties":{"arm":"b","push_id":"p_1","n":1.50}}"#,
    "}",
    #","platform":"ios","properties":{"deep":{"x":[1,"2",null]},"platform":"web"}}"#,
    #","event":"other","extra":true}"#,
    #","user_id":17,"properties":{}}"#,
    #","community_id":null,"arm":"beside"}"#,
    #","user_id":null}"#,
    #","ts":1785587400.5,"note":"a\u0041"}"#,
    #","note":"é","properties":null}"#,
    #","event_id":"same"} "#,
    ",\"note\":\"\(String(repeating: "long ", count: 60))\"}",
    #","properties":{"a":1,"a":2},"properties":{"b":"q"}}"#,
  ]

  @Test("Of stretches of lines that end alike", arguments: (1...20).map(UInt64.init))
  func stretches(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    var text = ""
    for stretch in 0..<30 {
      let tail = Self.tails.randomElement(using: &numbers)!
      for index in 0..<Int.random(in: 1...60, using: &numbers) {
        let other = Int.random(in: 0..<12, using: &numbers) == 0 ? Self.tails.randomElement(using: &numbers)! : tail
        text += #"{"event_id":"e\#(stretch)_\#(index)","ts":"2026-08-01T10:00:0\#(index % 10).000001Z","#
        text += #""user_id":"u\#(index)","event":"e\#(index % 4)","community_id":"c""# + other + "\n"
      }
    }
    let file = try TemporaryFile(text.utf8)
    let chosen = "time: ts\nmember: user_id\nevent: event\ndimensions: {community: [community_id, extra]}"
    let named = "time: ts\nmember: user_id\nevent: event\nevent-id: event_id\nproperties: [note, platform]"
    for yaml in [nil, chosen, named, "time: ts\nmember: user_id\nevent: event\nduplicates: line"] {
      let mapping = try yaml.map { try dataset($0) } ?? .plainLog(schema: testSchema)
      let together = try parseFile(file.path, mapping)
      let alone = try parseFile(file.path, mapping, chunkByteCount: 1)
      expectSame(together, alone, "seed \(seed)")
      #expect(together.rows.count > 200, "seed \(seed)")
    }
  }

  @Test("A line that is broken where the next one goes on as it should is not put together with it")
  func brokenLine() throws {
    let whole = #"{"ts":"2026-08-01T10:00:00Z","user_id":"ann","event":"view"}"# + "\n"
    let broken = #"{"ts":"2026-08-01T10:00:00Z","user_id":"ann"# + "\n" + #"","event":"view"}"# + "\n"
    let file = try TemporaryFile((String(repeating: whole, count: 5) + broken + whole).utf8)
    let parsed = try parseFile(file.path, .plainLog(schema: testSchema))
    #expect(parsed.rows.count == 6)
    #expect(parsed.rejected.map(\.line) == [6, 7])
  }
}

/// Says where two logs differ first: whole ones are too long to be read.
private func expectSame(_ a: ParsedLog, _ b: ParsedLog, _ what: String) {
  let row = zip(a.rows, b.rows).first { $0 != $1 }
  let rejected = zip(a.rejected, b.rejected).first { $0 != $1 }
  #expect(
    a == b,
    "\(what): \(a.rows.count) and \(b.rows.count) rows, \(String(describing: row)), \(String(describing: rejected))")
}
