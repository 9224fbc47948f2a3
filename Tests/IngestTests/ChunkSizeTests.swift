import Foundation
import Ingest
import Testing

/// A generator of the same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

@Suite("What is read does not depend on the size of chunks")
struct ChunkSizeTests {
  static let seeds = (1...25).map(UInt64.init)

  @Test("JSON lines of all sorts", arguments: seeds)
  func json(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    var text = ""
    for index in 0..<Int.random(in: 5...60, using: &numbers) {
      switch Int.random(in: 0..<8, using: &numbers) {
      case 0: text += "\n"
      case 1: text += "{\"broken\": \(index)\n"
      case 2: text += "{\"ts\":1785587400,\"user_id\":\"张\(index)\",\"event\":\"e\",\"x\":\"\\u00e9\"}\r\n"
      case 3: text += String(repeating: "y", count: Int.random(in: 0...600, using: &numbers)) + "\n"
      default: text += lines(index..<index + 1)
      }
    }
    if Bool.random(using: &numbers) { text += "{\"ts\":17855" }
    try expectEqual(text, seed: seed, suffix: ".jsonl", &numbers)
  }

  @Test("Rows with quotes in good and bad places", arguments: seeds)
  func csv(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed &* 77)
    var text = "ts,user_id,event,\"note\nof two lines\"\n"
    let pieces = [
      "2026-08-01", "a", "b", ",", ",", ",", "\n", "\n", "\"", "\"\"", "\r\n", " ", "x\"y", "\"q,\nr\"", ",\"z\"\n",
    ]
    for index in 0..<Int.random(in: 5...80, using: &numbers) {
      if Int.random(in: 0..<3, using: &numbers) == 0 {
        text += pieces[Int.random(in: 0..<pieces.count, using: &numbers)]
      } else {
        text += "2026-08-01,m\(index),e,\"line \(index)\n, \"\"quoted\"\" \"\n"
      }
    }
    try expectEqual(text, seed: seed, suffix: ".csv", &numbers)
  }

  @Test("Random bytes in every format end in records or rejections", arguments: seeds)
  func hostile(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed &* 991)
    let pieces = [
      ",", "\t", " ", "\n", "\r", "\"", "\"\"", "{", "}", "[", "]", ":", "\\", "\\u", "\\ud83d", "\0", "张",
      "2026-08-01", "a", "1785587400",
      "9223372036854.999999", "99999999999999999999", "-1e308", "{\"ts\":", "\"user_id\":", "\"event\":\"e\"", "null",
    ]
    var bytes: [UInt8] = []
    for _ in 0..<2000 {
      bytes += Array(pieces[Int.random(in: 0..<pieces.count, using: &numbers)].utf8)
      if Int.random(in: 0..<50, using: &numbers) == 0 { bytes.append(UInt8.random(in: 0...255, using: &numbers)) }
    }
    let file = try TemporaryFile(bytes)
    let mapping = "time: 1\nmember: 2\nevent: {constant: e}\nproperties-from: '3'\nheader: false"
    for format in DatasetDescription.Format.allCases where format != .parquet {
      var mapping = mapping
      if format == .accessLog { mapping = "time: 1\nmember: user\nevent: {constant: e}" }
      for timeFormat in ["automatic", "unix-seconds", "unix-milliseconds", "'%Y-%m-%d'"] {
        let field = format == .accessLog ? "time" : "1"
        let time = "time: {field: \(field), format: \(timeFormat)}"
        let yaml = mapping.replacing("time: 1", with: time) + "\nformat: \(format.rawValue)"
        let whole = try parseFile(file.path, dataset(yaml), recordByteCountMax: 1000)
        let pieces = try parseFile(file.path, dataset(yaml), chunkByteCount: 77, recordByteCountMax: 1000)
        #expect(whole == pieces, "seed \(seed), \(format)")
        // A document may hold many records on one line.
        if format == .json { continue }
        #expect(whole.rows.count + whole.rejected.count <= whole.lineCount, "seed \(seed), \(format)")
      }
    }
  }

  private func expectEqual(_ text: String, seed: UInt64, suffix: String, _ numbers: inout SeededNumbers) throws {
    let file = try TemporaryFile(text.utf8, suffix: suffix)
    let plain = DatasetDescription.plainLog(schema: testSchema)
    let whole = try parseFile(file.path, plain, recordByteCountMax: 400)
    for _ in 0..<8 {
      let size = Int.random(in: 1...500, using: &numbers)
      let pieces = try parseFile(file.path, plain, chunkByteCount: size, recordByteCountMax: 400)
      #expect(pieces == whole, "seed \(seed), chunks of \(size) bytes")
    }
    let breaks = text.utf8.count { $0 == 0x0A }
    #expect(whole.lineCount == breaks + (text.utf8.last == 0x0A ? 0 : 1), "seed \(seed)")
  }
}
