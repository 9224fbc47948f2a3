import Events
import Foundation
import Ingest
import Parquet
import Testing

/// Documents made to break a reader: much of the same, from a file of some kilobytes.
@Suite("Hostile documents")
struct HostileDocumentTests {
  /// What stands before, what is repeated, and how the records are to be found.
  static let documents: [(String, String, String)] = [
    ("[", "[", "records: \"*\""), ("", "[", "records: m"), ("", "{\"a\":", "records: m"),
    ("", "{\"a\":", "records: \"*\""),
    ("{\"m\":[", "[", "records: m"), ("{\"m\":[{\"x\":", "[", "records: m"), ("{\"a\":", "[", "records: m"),
    ("{\"m\":", "{\"m\":", "records: m.m.m"), ("[{", "]", ""), ("{\"", "k", "records: m"),
    ("{\"m\":[\"", "t", "records: m"),
    ("[{\"a\":\"", "\\", ""), ("[", "\n", "records: \"*\""), ("[", "1,", "format: json"), ("", "{}", "records: m"),
  ]

  @Test("100 MB of the same neither crash nor hang, and never more than a record is held", arguments: documents)
  func hostile(start: String, repeated: String, keys: String) throws {
    let piece = [UInt8](String(repeating: repeated, count: (1 << 20) / repeated.utf8.count).utf8)
    let frame = piece.withUnsafeBytes { Zstd.compress($0, level: 1) }
    var bytes = Array(start.utf8).withUnsafeBytes { Zstd.compress($0, level: 1) }
    // Where each few bytes are a record of their own the time goes into reasons.
    let isRecords = repeated == "1," || repeated == "{}"
    for _ in 0..<(isRecords ? 2 : 100) { bytes += frame }
    let file = try TemporaryFile(bytes, suffix: ".json.zst")
    let reader = try LogReader(path: file.path, description: Self.description(keys))
    let parser = try reader.parser(
      schema: testSchema, communityZone: .utc, arrival: testArrival, keepsEventID: false)
    let began = ContinuousClock.now
    var read = 0
    while let chunk = try reader.next() { read += parser.parse(chunk).readCount }
    #expect(reader.roomByteCount <= IngestLimits.recordByteCountMax + 1)
    #expect(ContinuousClock.now - began < .seconds(120))
    #expect(read > 0)
  }

  static func description(_ keys: String) throws -> DatasetDescription {
    try dataset("\(keys)\ntime: ts\nmember: u\nevent: e\n")
  }
}
