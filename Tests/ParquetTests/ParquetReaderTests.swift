import Columns
import Parquet
import Testing

@Suite struct ParquetReaderTests {
  @Test(
    "What is no Parquet file is refused with a reason",
    arguments: [
      ("empty", [], .notParquet),
      ("short", Array("PAR1PAR1".utf8), .notParquet),
      ("text", Array("{\"ts\":\"2024-01-01\"}".utf8), .notParquet),
      ("a footer longer than the file", Array("PAR1".utf8) + [9, 0, 0, 0] + Array("PAR1".utf8), .truncated),
      ("an empty footer", Array("PAR1".utf8) + [0, 0, 0, 0] + Array("PAR1".utf8), .corruptFooter),
      ("a footer without schema", Array("PAR1".utf8) + [0, 1, 0, 0, 0] + Array("PAR1".utf8), .corruptFooter),
    ] as [(String, [UInt8], ParquetError.Code)])
  func refused(what: String, bytes: [UInt8], code: ParquetError.Code) {
    let error = #expect(throws: ParquetError.self, "\(what)") { try ParquetReader(bytes, name: "some.parquet") }
    #expect(error?.code == code)
    #expect(error?.file == "some.parquet")
    #expect(error?.description.hasPrefix("some.parquet: ") == true)
    #expect(error?.hint.isEmpty == false)
  }

  @Test("A footer nested without end is an error, not a full stack")
  func nesting() {
    // Field 15, a structure; field 1, a list of one list.
    for opening: UInt8 in [0xFC, 0x19] {
      let footer = [UInt8](repeating: opening, count: 100_000)
      let length = (0..<4).map { UInt8(truncatingIfNeeded: footer.count >> ($0 * 8)) }
      let bytes = Array("PAR1".utf8) + footer + length + Array("PAR1".utf8)
      let error = #expect(throws: ParquetError.self) { try ParquetReader(bytes, name: "deep") }
      #expect(error?.code == .corruptFooter)
      #expect(error?.message.contains("nested too deep") == true)
    }
  }

  @Test("Every start of a file is an error")
  func truncated() {
    let bytes = sampleFile([20])
    for count in 0..<bytes.count {
      #expect(throws: ParquetError.self) { try ParquetReader(Array(bytes.prefix(count)), name: "cut") }
    }
  }

  @Test("A source that gives too few bytes is an error")
  func shortReads() throws {
    struct Short: RandomAccessBytes {
      var bytes: [UInt8]
      var byteCount: Int { bytes.count + 1 }
      func read(_ range: Range<Int>) throws -> [UInt8] { Array(bytes[range.clamped(to: 0..<bytes.count)]) }
    }
    let error = #expect(throws: ParquetError.self) { try ParquetReader(Short(bytes: sampleFile([3])), name: "short") }
    #expect(error?.code == .truncated)
  }

  @Test("A damaged page says file, column, row group and page, and the other columns stay readable")
  func damagedPage() throws {
    var bytes = sampleFile([30, 30])
    let reader = try ParquetReader(bytes, name: "day.parquet")
    bytes[reader.rowGroups[1].chunks[4].byteRange.upperBound - 1] ^= 0x40
    let damaged = try ParquetReader(bytes, name: "day.parquet")
    let error = #expect(throws: ParquetError.self) { try damaged.read(column: 4, rowGroup: 1) }
    #expect(error?.code == .checksum)
    #expect(error?.description.hasPrefix("day.parquet, column 'event', row group 1, page 1: ") == true)
    #expect(throws: ParquetError.self) { try damaged.check() }
    let pages = try damaged.pages(column: 4, rowGroup: 1)
    #expect(pages.map(\.hasValidChecksum) == [true, false])
    #expect(pages.map(\.kind) == [.dictionary, .data])
    #expect(try damaged.read(column: 5, rowGroup: 1).rows == sampleRows(30, seed: 2)[5].rows)
  }
}
