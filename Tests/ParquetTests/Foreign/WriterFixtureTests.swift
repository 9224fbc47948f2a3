import Foundation
import Parquet
import Testing

/// The files below `Tests/Fixtures/Parquet`, which `Tests/Oracles/parquet_fixtures.py` has other writers write, each with
/// the text that it has to become.
enum WriterFixtures {
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/Fixtures/Parquet"

  static let names = [
    "pyarrow-v1-snappy", "pyarrow-v2-gzip-delta", "pyarrow-v1-zstd-split", "pyarrow-v2-none", "duckdb-v1-zstd",
    "duckdb-v2-snappy", "polars-gzip", "polars-none", "spark-default", "spark-legacy-lists", "spark-zstd-v2",
  ]

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
  }
}

@Suite struct WriterFixtureTests {
  @Test("Every cell of another writer's file is what was written", arguments: WriterFixtures.names)
  func cells(name: String) throws {
    let expected = String(decoding: try WriterFixtures.bytes("\(name).jsonl"), as: UTF8.self)
    let read = try lines(of: WriterFixtures.bytes("\(name).parquet"))
    let wanted = expected.split(separator: "\n").map(String.init)
    #expect(read.count == wanted.count && read.count == 12)
    for (line, expected) in zip(read, wanted) { #expect(line == expected) }
  }

  @Test("A file cut off anywhere is an error", arguments: WriterFixtures.names)
  func truncated(name: String) throws {
    let file = try WriterFixtures.bytes("\(name).parquet")
    for count in stride(from: 0, to: file.count, by: 97) {
      #expect(throws: ParquetError.self) { try lines(of: Array(file[..<count])) }
    }
  }

  @Test("A changed file is an error or an answer, never a crash", arguments: WriterFixtures.names, 0..<10)
  func mutated(name: String, seed: UInt64) throws {
    let file = try WriterFixtures.bytes("\(name).parquet")
    var random = SeededNumbers(seed: seed)
    var errorCount = 0
    for round in 0..<100 {
      var damaged = file
      // Half of the changes fall into the footer, which is short against the pages.
      let from = round % 2 == 0 ? 0 : file.count - min(file.count, 3000)
      for _ in 0..<1 + random.next() % 4 {
        let place = from + Int(random.next() % UInt64(file.count - from))
        switch random.next() % 3 {
        case 0: damaged[place] ^= 1 << UInt8(random.next() % 8)
        case 1: damaged[place] = [0, 1, 0x7F, 0x80, 0xFF][Int(random.next() % 5)]
        default: damaged[place] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      do {
        // A small file makes no long text, whatever it says.
        _ = try lines(of: damaged, embedding: ["text"])
      } catch is ParquetError {
        errorCount += 1
      }
    }
    #expect(errorCount > 20, "seed \(seed)")
  }
}
