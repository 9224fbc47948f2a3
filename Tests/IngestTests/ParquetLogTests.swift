import Foundation
import Ingest
import Parquet
import Segments
import TestSupport
import Testing

/// Parquet through the mapping that every other log goes through.
@Suite("Parquet as a log")
struct ParquetLogTests {
  static let folder = repositoryFolder + "/Tests/Fixtures/Parquet"
  let plain = DatasetDescription.plainLog(schema: testSchema)

  @Test(
    "A plain log as Parquet is the log of the same lines, properties as text, struct or map",
    arguments: ["plain-log-json", "plain-log-struct", "plain-log-map"], [64, 1 << 20])
  func plainLog(name: String, chunkByteCount: Int) throws {
    let lines = try parseFile("\(Self.folder)/plain-log.jsonl", plain)
    let rows = try parseFile("\(Self.folder)/\(name).parquet", plain, chunkByteCount: chunkByteCount)
    #expect(rows.rows == lines.rows)
    #expect(rows.rows.count == 4)
    #expect(rows.lineCount == 5)
    #expect(rows.rows.first?.dimensions == ["c1", "ios", "p1", "n1", "evening"])
    #expect(rows.rows[1].properties == #"{"length":"120"}"#)
  }

  @Test("A rejected row is named by its number", arguments: ["plain-log-json", "plain-log-struct", "plain-log-map"])
  func rejected(name: String) throws {
    let log = try parseFile("\(Self.folder)/\(name).parquet", plain)
    #expect(log.rejected.map(\.reason) == [.missingMember])
    #expect(log.rejected.first?.line == 4)
    let text = String(decoding: log.rejected[0].text, as: UTF8.self)
    #expect(text.hasPrefix(#"{"event_id":"e4","ts":"2025-07-02T12:00:00"#))
  }

  @Test("A time without UTC is of the dataset's zone")
  func localTimes() throws {
    let path = "\(Self.folder)/plain-log-map.parquet"
    let shanghai = try dataset(
      "time: {field: ts, zone: Asia/Shanghai}\nmember: user_id\nevent: event\nproperties: none\n")
    let inZone = try parseFile(path, shanghai)
    let inUTC = try parseFile(path, plain)
    #expect(inZone.rows.map(\.ts) == inUTC.rows.map { $0.ts - 8 * 3_600_000_000 })
  }

  @Test("dataset.yaml maps fields of structs, lists and maps, and leaves the rest")
  func mapped() throws {
    let description = try dataset(
      """
      format: parquet
      time: ts
      member: user_id
      event: {constant: seen}
      event-id: event_id
      dimensions: {platform: few, community: who.home.city}
      properties: [row, tags, scores.k0]
      """)
    let path = "\(Self.folder)/pyarrow-v2-gzip-delta.parquet"
    let log = try parseFile(path, description)
    let lines = try String(contentsOfFile: "\(Self.folder)/pyarrow-v2-gzip-delta.jsonl", encoding: .utf8)
    let same = try parseText(
      lines,
      dataset(
        """
        time: ts
        member: user_id
        event: {constant: seen}
        event-id: event_id
        dimensions: {platform: few, community: who.home.city}
        properties: [row, tags, scores.k0]
        """))
    #expect(log.rows == same.rows && log.rows.count == 12)
    #expect(log.rejected.map(\.reason) == same.rejected.map(\.reason))
    #expect(log.rejected.map(\.line) == same.rejected.map(\.line))
  }

  static let wrongColumns = [
    "time: at_us\nmember: nobody\nevent: event\n", "time: when\nmember: user_id\nevent: event\n",
  ]

  @Test(
    "A column that the dataset names and the file has not is an error that names the nearest", arguments: wrongColumns)
  func missingColumn(yaml: String) throws {
    let path = "\(Self.folder)/pyarrow-v2-none.parquet"
    let error = #expect(throws: IngestError.self) { try parseFile(path, dataset(yaml)) }
    #expect(error?.code == .header && error?.file == path && error?.line == nil)
    #expect(error?.hint.contains("The columns are: event_id, ts, user_id") == true)
  }

  @Test("Bytes tell, not the name; and a file that says it is Parquet has to be")
  func recognised() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/plain-log-struct.parquet"))
    for suffix in [".log", ".csv", ".jsonl"] {
      let file = try TemporaryFile(bytes, suffix: suffix)
      #expect(try parseFile(file.path, plain).rows.count == 4)
    }
    let text = try TemporaryFile("{}\n".utf8, suffix: ".parquet")
    let yaml = "time: ts\nmember: user_id\nevent: event\n"
    let error = #expect(throws: IngestError.self) { try parseFile(text.path, dataset("format: parquet\n" + yaml)) }
    #expect(error?.message.hasPrefix("this is not Parquet") == true)
    let binary = try TemporaryFile(bytes, suffix: ".parquet")
    let other = #expect(throws: IngestError.self) { try parseFile(binary.path, dataset("format: csv\n" + yaml)) }
    #expect(other?.hint.contains("format: csv") == true)
    let packed = try TemporaryFile(Array(bytes).withUnsafeBytes { Gzip.compress($0, level: 1) }, suffix: ".parquet.gz")
    let unpacked = #expect(throws: IngestError.self) { try parseFile(packed.path, plain) }
    #expect(unpacked?.message.contains("compressed as a whole") == true)
  }

  @Test("The raw hash is that of the file's bytes")
  func rawHashOfAll() throws {
    let path = "\(Self.folder)/plain-log-map.parquet"
    let reader = try LogReader(path: path, description: plain)
    while try reader.next() != nil {}
    let byteCount = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(reader.rawByteCount == byteCount && reader.progressFraction == 1)
    #expect(try rawHash(ofFile: path, prefix: byteCount) == reader.rawHash)
  }

  @Test("A damaged file is an error, whatever was read before the damage", arguments: 0..<40)
  func damaged(seed: UInt64) throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/pyarrow-v1-zstd-split.parquet")))
    var random = SeededNumbers(state: seed)
    // Its pages have checksums.
    let place = 100 + Int(random.next() % 2500)
    bytes[place] ^= 1 << UInt8(random.next() % 8)
    let file = try TemporaryFile(bytes, suffix: ".parquet")
    let yaml = "time: ts\nmember: user_id\nevent: event\n"
    let whole = try parseFile("\(Self.folder)/pyarrow-v1-zstd-split.parquet", dataset(yaml))
    do {
      let read = try parseFile(file.path, dataset(yaml))
      // What carries no value, such as statistics in headers, may change.
      #expect(read.rows == whole.rows, "byte \(place), seed \(seed)")
    } catch let error as ParquetError {
      #expect(error.file == file.path)
    }
  }
}
