import Ingest
import Testing

/// Rows without quotes are cut where their delimiters were found with the end of the line; a quote takes the long way.
@Suite("Rows with and without quotes")
struct PlainRowTests {
  private static let times = ["2026-08-01T12:00:00Z", "2026-08-01", "1785587400", "soon", ""].map { Array($0.utf8) }
  private static let texts: [[UInt8]] =
    ["", "ann", "张三", "a text of more than sixteen bytes", " ", "\t", "a\rb", "{}"].map { Array($0.utf8) }
    + [[0x61, 0x00], [0x61, 0xFF]]

  /// The fields of a row, of which some rows have too many or too few.
  private static func row(_ numbers: inout SeededNumbers) -> [[UInt8]] {
    if Int.random(in: 0..<12, using: &numbers) == 0 { return [] }
    let count = Int.random(in: 0..<8, using: &numbers) == 0 ? Int.random(in: 1...9, using: &numbers) : 6
    let isUsual = Int.random(in: 0..<3, using: &numbers) > 0
    return (0..<count).map { place in
      let choices = place == 1 ? times : texts
      return choices[isUsual ? min(place, 1) : Int.random(in: 0..<choices.count, using: &numbers)]
    }
  }

  private static func text(_ rows: [[[UInt8]]], breaks: [[UInt8]], isQuoted: Bool) -> [UInt8] {
    zip(rows, breaks).flatMap { row, lineBreak in
      var fields = row
      if isQuoted, let first = row.first, row.count > 1 || !first.isEmpty { fields[0] = [0x22] + first + [0x22] }
      return Array(fields.joined(separator: [0x2C])) + lineBreak
    }
  }

  @Test("They give the same records and rejections", arguments: (1...40).map(UInt64.init))
  func quoted(seed: UInt64) throws {
    var numbers = SeededNumbers(state: seed)
    let rows = (0..<150).map { _ in Self.row(&numbers) }
    var breaks = rows.map { _ in Bool.random(using: &numbers) ? [0x0A] : [0x0D, 0x0A] as [UInt8] }
    if Bool.random(using: &numbers) { breaks[breaks.count - 1] = [] }
    let header = Array("event_id,ts,user_id,event,platform,note\n".utf8)
    for (header, yaml) in [
      (header, nil),
      (header, "time: ts\nmember: user_id\nevent: {constant: e}\nproperties: [note]"),
      ([], "time: 2\nmember: 3\nevent: 4\nheader: false\nproperties: rest"),
      ([], "time: 2\nmember: 3\nevent: 4\nheader: false\nduplicates: line"),
    ] {
      let mapping = try yaml.map { try dataset($0) } ?? .plainLog(schema: testSchema)
      let logs = try [false, true].map { isQuoted in
        let file = try TemporaryFile(
          header + Self.text(rows, breaks: breaks, isQuoted: isQuoted), suffix: ".csv")
        return try parseFile(file.path, mapping)
      }
      #expect(logs[0].rows == logs[1].rows && logs[0].lineCount == logs[1].lineCount, "seed \(seed)")
      #expect(logs[0].rejected.map(\.reason) == logs[1].rejected.map(\.reason), "seed \(seed)")
      #expect(logs[0].rejected.map(\.line) == logs[1].rejected.map(\.line), "seed \(seed)")
      #expect(logs[0].rows.count > 20 && logs[0].rejected.count > 20, "seed \(seed)")
    }
  }
}
