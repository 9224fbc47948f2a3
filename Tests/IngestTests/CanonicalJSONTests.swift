import Foundation
import Ingest
import Testing

@Suite("JSON")
struct CanonicalJSONTests {
  static let objects: [(String, String?)] = [
    ("{}", nil), (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), (#"{"a":{}, "b" : [ ] }"#, #"{"a":{},"b":[]}"#),
    (#"{"a":1,"a":2}"#, #"{"a":2}"#), (#"{"a":1,"\u0061":2,"a":{"z":1,"y":2,"z":3}}"#, #"{"a":{"y":2,"z":3}}"#),
    (
      #"{"n":[0,-0,1.50,1E+2,-1e-7,123456789012345678901234567890]}"#,
      #"{"n":[0,-0,1.50,1E+2,-1e-7,123456789012345678901234567890]}"#
    ),
    (
      #"{"s":"\/\b\f\n\r\t\"\\\u001f\u007f\u00e9\u4f60\ud83d\ude00"}"#,
      "{\"s\":\"/\\b\\f\\n\\r\\t\\\"\\\\\\u001f\u{7f}é你😀\"}"
    ),
    (#"{"s":"\u0000"}"#, #"{"s":"\u0000"}"#), (#"{"é":1,"z":2,"":3,"Z":4}"#, #"{"":3,"Z":4,"z":2,"é":1}"#),
    (#"{"ab":1,"a":2,"a\u0000":3}"#, #"{"a":2,"a\u0000":3,"ab":1}"#),
    (#"{"a":null,"b":[null,true,false,{"c":null}]}"#, #"{"b":[null,true,false,{"c":null}]}"#),
    ("{ \t\"a\"\t:\r1 , \"b\":[ 1 , 2 ] }", #"{"a":1,"b":[1,2]}"#),
    (#"{"k12":12,"k03":3,"k01":1,"k02":2}"#, #"{"k01":1,"k02":2,"k03":3,"k12":12}"#),
  ]

  @Test("Properties have one form", arguments: objects)
  func properties(object: String, expected: String?) throws {
    #expect(try canonical(object) == expected)
    if let expected { #expect(try canonical(expected) == expected) }
  }

  @Test("Many members are sorted as few are")
  func many() throws {
    let names = (0..<100).map { String($0 * 37 % 100) }
    let object = "{" + names.map { "\"\($0)\":0,\"\($0)\":\($0)" }.joined(separator: ",") + "}"
    let expected =
      "{"
      + names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      .map { "\"\($0)\":\($0)" }.joined(separator: ",") + "}"
    #expect(try canonical(object) == expected)
  }

  @Test("It means what Foundation reads", arguments: (1...200).map(UInt64.init))
  func agreesWithFoundation(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let text = "{\"p\":[" + randomValue(&numbers, depth: 0) + "]}"
    let written = try #require(try canonical(text), "seed \(seed)")
    let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
    let source = try JSONSerialization.jsonObject(with: Data(text.utf8), options: options)
    let result = try JSONSerialization.jsonObject(with: Data(written.utf8), options: options)
    #expect((source as? NSDictionary) == (result as? NSDictionary), "seed \(seed): \(text) became \(written)")
  }

  @Test("Flipped bytes never stop the reader", arguments: (1...200).map(UInt64.init))
  func hostile(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed &+ 1000)
    var bytes: [UInt8] = []
    for _ in 0..<20 {
      bytes += Array(#"{"ts":"2026-08-01T00:00:00Z","user_id":"a","event":"b","properties":"#.utf8)
      bytes += Array((randomValue(&numbers, depth: 0) + "}\n").utf8)
    }
    for _ in 0..<Int.random(in: 1...30, using: &numbers) {
      bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
    }
    let file = try TemporaryFile(bytes)
    let log = try parseFile(file.path, .plainLog(schema: testSchema))
    let blank = bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast().count {
      $0.allSatisfy { [32, 9, 13].contains($0) }
    }
    #expect(log.rows.count + log.rejected.count + blank == log.lineCount, "seed \(seed)")
    for row in log.rows {
      guard let properties = row.properties else { continue }
      #expect(throws: Never.self, "seed \(seed)") { try JSONSerialization.jsonObject(with: Data(properties.utf8)) }
    }
  }

  /// The properties of a plain log line that has `object` as its `properties`.
  private func canonical(_ object: String) throws -> String? {
    let log = try parseText(#"{"ts":"2026-08-01","user_id":"a","event":"b","properties":"# + object + "}\n")
    #expect(log.rejected == [])
    return log.rows.first?.properties
  }

  private func randomValue(_ numbers: inout SeededNumbers, depth: Int) -> String {
    let words = [
      #""""#, #""a""#, #""\u00e9\n""#, #""张三 😀""#, #""\ud83d\ude00\\""#, #""long text of some thirty letters""#,
    ]
    switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &numbers) {
    case 0: return "null"
    case 1: return Bool.random(using: &numbers) ? "true" : "false"
    case 2: return "\(Int.random(in: -1000...1000, using: &numbers))"
    case 3: return "\(Double(Int.random(in: -1000...1000, using: &numbers)) / 8)"
    case 4, 5: return words[Int.random(in: 0..<words.count, using: &numbers)]
    case 6:
      return "["
        + (0..<Int.random(in: 0...4, using: &numbers)).map { _ in randomValue(&numbers, depth: depth + 1) }.joined(
          separator: " , ") + "]"
    default:
      let members = (0..<Int.random(in: 0...5, using: &numbers)).map { index in
        "\(words[index]) : \(randomValue(&numbers, depth: depth + 1))"
      }
      return "{ " + members.shuffled(using: &numbers).joined(separator: ",") + "}"
    }
  }
}
