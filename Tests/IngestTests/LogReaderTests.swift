import Columns
import Foundation
import Ingest
import Parquet
import Testing

func gzip(_ text: String) -> [UInt8] { Array(text.utf8).withUnsafeBytes { Gzip.compress($0, level: 6) } }
func zstd(_ text: String) -> [UInt8] { Array(text.utf8).withUnsafeBytes { Zstd.compress($0, level: 3) } }

/// `count` lines of the plain log with members m0, m1, …
func lines(_ range: Range<Int>) -> String {
  range.map { #"{"ts":"2026-08-01","user_id":"m\#($0)","event":"e"}"# + "\n" }.joined()
}

@Suite("Reading a source")
struct LogReaderTests {
  let plain = DatasetDescription.plainLog(schema: testSchema)

  static let forms: [(String, [UInt8])] = [
    ("plain", Array(lines(0..<300).utf8)),
    ("gzip", gzip(lines(0..<300))),
    ("gzip of three members", gzip(lines(0..<100)) + gzip(lines(100..<199)) + gzip(lines(199..<300))),
    (
      "gzip with a record across members",
      gzip(String(lines(0..<300).prefix(777))) + gzip(String(lines(0..<300).dropFirst(777)))
    ),
    ("gzip with zeros behind it", gzip(lines(0..<300)) + [0, 0, 0]),
    ("zstd", zstd(lines(0..<300))),
    ("zstd of two frames", zstd(lines(0..<7)) + zstd(lines(7..<300))),
    ("zstd behind a skippable frame", [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9] + zstd(lines(0..<300))),
    ("with a byte order mark", [0xEF, 0xBB, 0xBF] + Array(lines(0..<300).utf8)),
    ("with CRLF", Array(lines(0..<300).replacing("\n", with: "\r\n").utf8)),
  ]

  @Test("The bytes tell the form, not the name", arguments: forms)
  func form(name: String, bytes: [UInt8]) throws {
    let file = try TemporaryFile(bytes, suffix: ".log")
    let log = try parseFile(file.path, plain, chunkByteCount: 1000)
    #expect(log.rejected == [])
    #expect(log.rows.map(\.member) == (0..<300).map { "m\($0)" })
    #expect(log.lineCount == 300)
  }

  static let damaged: [(String, [UInt8], Int)] = [
    ("gzip cut off", Array(gzip(lines(0..<300)).dropLast(12)), 1),
    ("gzip without its trailer", Array(gzip(lines(0..<300)).dropLast(8)), 300),
    ("gzip with other bytes behind it", gzip(lines(0..<300)) + Array("more".utf8), 300),
    ("second gzip member cut off", gzip(lines(0..<300)) + Array(gzip(lines(0..<300)).prefix(15)), 300),
    ("zstd cut off", zstd(lines(0..<20)) + Array(zstd(lines(20..<300)).dropLast(4)), 20),
    ("zstd with other bytes behind it", zstd(lines(0..<300)) + Array("more".utf8), 300),
    ("zstd of nothing", [0x28, 0xB5, 0x2F, 0xFD], 0),
    ("gzip of nothing", [0x1F, 0x8B], 0),
  ]

  @Test("What comes before damage is kept, and the damage is said once", arguments: damaged)
  func damage(name: String, bytes: [UInt8], storedAtLeast: Int) throws {
    let file = try TemporaryFile(bytes)
    let log = try parseFile(file.path, plain, chunkByteCount: 500)
    #expect(log.rows.count >= storedAtLeast)
    #expect(log.rows.map(\.member) == (0..<log.rows.count).map { "m\($0)" })
    #expect(log.rejected.map(\.reason) == [.sourceEndedEarly])
    #expect(log.rejected.first?.line == log.rows.count + 1)
    #expect(log.rejected.first?.byteOffset == lines(0..<log.rows.count).utf8.count)
  }

  @Test("A number cut off by damage is not taken for a whole one")
  func cutNumber() throws {
    let whole = "ts,user_id,event\n2026-08-01,a,b\n2026-08-01,c,d123"
    let file = try TemporaryFile(Array(gzip(whole).dropLast(8)), suffix: ".csv")
    let log = try parseFile(file.path, plain)
    #expect(log.rows.map(\.member) == ["a"])
    #expect(log.rejected.map(\.reason) == [.sourceEndedEarly])
    #expect(log.rejected.first?.text == Array("2026-08-01,c,d123".utf8))
    #expect(log.rejected.first?.byteOffset == 32)
  }

  @Test("Damage within the first row is said, not that its columns are unknown")
  func cutHeader() throws {
    let file = try TemporaryFile(Array(gzip("ts,user_id,eve").dropLast(8)), suffix: ".csv")
    let error = try #require(throws: IngestError.self) { try parseFile(file.path, plain) }
    #expect(error.code == .header)
    #expect("\(error)".contains("the gzip data ends early, after"))
    #expect("\(error)".contains("within the first row"))
  }

  @Test("A line of 100 MB is rejected, not held", arguments: [".jsonl", ".csv"])
  func longLine(suffix: String) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("muster-long-\(UUID())\(suffix)").path
    defer { unlink(path) }
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    let csv = suffix == ".csv"
    handle.write(Data((csv ? "ts,user_id,event\n2026-08-01,m0,e\n" : lines(0..<1)).utf8))
    let start = try handle.offset()
    for _ in 0..<100 { handle.write(Data(repeating: 0x61, count: 1_000_000)) }
    handle.write(Data(("\n" + (csv ? "2026-08-01,m1,e\n" : lines(1..<2))).utf8))
    try handle.close()
    let reader = try LogReader(path: path, description: plain)
    while let chunk = try reader.next() { #expect(chunk.byteCount < 5000) }
    #expect(reader.roomByteCount <= IngestLimits.recordByteCountMax + 1)
    let log = try parseFile(path, plain)
    #expect(log.rows.map(\.member) == ["m0", "m1"])
    #expect(log.rejected.map(\.reason) == [.lineTooLong])
    #expect(log.rejected.first?.byteOffset == Int(start))
    #expect(log.rejected.first?.line == (csv ? 3 : 2))
    #expect(log.rejected.first?.text.count == 4096)
  }

  @Test("A record may be as long as the limit", arguments: [(0, true), (1, false)])
  func limit(extra: Int, isStored: Bool) throws {
    let frame = #"{"ts":"2026-08-01","user_id":"m0","event":""}"#
    let line = frame.replacing(
      #"event":""#, with: #"event":""# + String(repeating: "x", count: 1000 - frame.count + extra))
    for tail in ["\n", ""] {
      let file = try TemporaryFile((lines(1..<9) + line + tail).utf8)
      for chunk in [1, 64, 999, 1001, 100_000] {
        let log = try parseFile(file.path, plain, chunkByteCount: chunk, recordByteCountMax: 1000)
        #expect(log.rows.count == (isStored ? 9 : 8))
        #expect(log.rejected.map(\.reason) == (isStored ? [] : [.lineTooLong]))
      }
    }
  }

  @Test("An empty source holds nothing", arguments: ["", "\n", "\r\n\n\n", "\u{FEFF}"])
  func empty(text: String) throws {
    for suffix in [".jsonl", ".csv"] {
      let log = try parseText(text, suffix: suffix)
      #expect(log.rows == [] && log.rejected == [])
    }
  }

  @Test("What cannot be opened is an error with the path and what to do")
  func unopened() throws {
    func error(_ path: String) -> IngestError? {
      #expect(throws: IngestError.self) { try LogReader(path: path, description: plain) }
    }
    let absent = error("/nowhere/log.jsonl")
    #expect(absent?.code == .notFound)
    #expect(
      absent?.description == "/nowhere/log.jsonl: there is no such file. Check the spelling; `-` reads standard input.")
    #expect(error("/tmp")?.code == .cannotRead)
    #expect(error("/tmp")?.message == "this is a folder, not a log")
  }

  @Test("The raw hash is that of the bytes on disk, and that of a prefix is known again")
  func rawHashes() throws {
    var bytes = Array(lines(0..<60_000).utf8)
    let file = try TemporaryFile(bytes)
    func hash(_ path: String) throws -> (ContentHash, Int, Int) {
      let reader = try LogReader(path: path, description: plain)
      while try reader.next() != nil {}
      return (reader.rawHash, reader.rawByteCount, reader.consumedBytes)
    }
    let (whole, rawCount, consumed) = try hash(file.path)
    #expect(rawCount == bytes.count && consumed == bytes.count && bytes.count > 2 << 20)
    #expect(try rawHash(ofFile: file.path, prefix: bytes.count) == whole)
    let old = bytes.count
    bytes += Array("{}\n".utf8)
    let grown = try TemporaryFile(bytes)
    #expect(try rawHash(ofFile: grown.path, prefix: old) == whole)
    #expect(try hash(grown.path).0 != whole)
    #expect(try rawHash(ofFile: grown.path, prefix: 5) != rawHash(ofFile: grown.path, prefix: 6))
  }

  @Test("Bytes that were read before are skipped, in compressed sources too")
  func skipping() throws {
    let text = lines(0..<300)
    let skip = lines(0..<120).utf8.count
    for bytes in [Array(text.utf8), gzip(text), zstd(text)] {
      let file = try TemporaryFile(bytes)
      let log = try parseFile(file.path, plain, skippingBytes: skip, chunkByteCount: 777)
      #expect(log.rows.map(\.member) == (120..<300).map { "m\($0)" })
      #expect(log.lineCount == 180)
      #expect(try parseFile(file.path, plain, skippingBytes: 1 << 30).rows == [])
    }
  }

  @Test("A header is read even where its bytes are skipped")
  func skippedHeader() throws {
    let file = try TemporaryFile("user_id,event,ts\nm0,e,2026-08-01\nm1,e,2026-08-01\n".utf8, suffix: ".csv")
    let log = try parseFile(file.path, plain, skippingBytes: 33)
    #expect(log.rows.map(\.member) == ["m1"])
    #expect(log.lineCount == 1)
  }

  @Test("Progress goes from 0 to 1")
  func progress() throws {
    let file = try TemporaryFile(gzip(lines(0..<300)))
    let reader = try LogReader(path: file.path, description: plain)
    while try reader.next() != nil {}
    #expect(reader.progressFraction == 1)
  }
}
