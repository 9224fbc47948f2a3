import Columns
import Parquet
import Synchronization
import Testing

@Suite struct PageIndexTests {
  @Test("A page index names every page, its rows and its bounds")
  func locations() throws {
    let reader = try ParquetReader(
      file(.int64((0..<45_000).map { $0 * 2 }), kind: .int64, isOptional: true), name: "index")
    let index = try #require(try reader.pageIndex(column: 0, rowGroup: 0))
    #expect(index.locations.map(\.rows) == [0..<20_000, 20_000..<40_000, 40_000..<45_000])
    #expect(index.bounds.map(\.minimum) == [.integer(0), .integer(40_000), .integer(80_000)])
    #expect(index.bounds.map(\.maximum) == [.integer(39_998), .integer(79_998), .integer(89_998)])
    #expect(index.bounds.map(\.nullCount) == [0, 0, 0])
    #expect(index.locations.first?.byteRange.lowerBound == reader.rowGroups[0].chunks[0].byteRange.lowerBound)
    #expect(index.locations.last?.byteRange.upperBound == reader.rowGroups[0].chunks[0].byteRange.upperBound)
  }

  @Test("A page of nulls has no bounds")
  func nullPage() throws {
    let rows = (0..<50_000).map { $0 / 20_000 == 1 ? nil : "text-\($0 % 3)" }
    let reader = try ParquetReader(file(.text(TextColumn(rows)), kind: .text, isOptional: true), name: "index")
    let index = try #require(try reader.pageIndex(column: 0, rowGroup: 0))
    #expect(index.bounds.map { $0.minimum?.description } == ["text-0", nil, "text-0"])
    #expect(index.bounds.map(\.nullCount) == [0, 20_000, 0])
    try reader.check()
  }

  @Test(
    "Some rows of a chunk are those rows, and only their pages are read",
    arguments: [
      0..<0, 0..<1, 19_999..<20_001, 20_000..<40_000, 25_000..<25_001, 44_999..<45_000, 0..<45_000, 45_000..<45_000,
    ])
  func rows(rows: Range<Int>) throws {
    let expected = sampleRows(45_000, seed: 1)
    let source = CountingBytes(sampleFile([45_000]))
    let reader = try ParquetReader(source, name: "rows")
    for column in sampleColumns.indices {
      let read = try reader.read(column: column, rowGroup: 0, rows: rows)
      #expect(read.rows == Array(expected[column].rows[rows]))
    }
    if rows.count == 1 { #expect(source.byteCountRead < source.byteCount) }
  }

  @Test("A damaged page is named by its index in the chunk, also where pages before it are left out")
  func pageOfAnError() throws {
    var bytes = file(.text(TextColumn((0..<45_000).map { "t\($0 % 5)" })), kind: .text, isOptional: true)
    let reader = try ParquetReader(bytes, name: "index")
    let index = try #require(try reader.pageIndex(column: 0, rowGroup: 0))
    bytes[index.locations[2].byteRange.upperBound - 1] ^= 1
    let damaged = try ParquetReader(bytes, name: "index")
    for rows in [0..<45_000, 20_000..<45_000, 40_000..<45_000] {
      let error = #expect(throws: ParquetError.self) { try damaged.read(column: 0, rowGroup: 0, rows: rows) }
      #expect(error?.code == .checksum)
      #expect(error?.page == 3, "the dictionary is page 0")
    }
    #expect(try damaged.read(column: 0, rowGroup: 0, rows: 0..<40_000).count == 40_000)
  }
}

/// Bytes in memory that count how many of them are read.
private final class CountingBytes: RandomAccessBytes {
  private let bytes: [UInt8]
  private let counted = Mutex(0)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var byteCount: Int { bytes.count }
  var byteCountRead: Int { counted.withLock { $0 } }

  func read(_ range: Range<Int>) throws -> [UInt8] {
    counted.withLock { $0 += range.count }
    return Array(bytes[range])
  }
}
