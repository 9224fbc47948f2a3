import Columns
import Parquet
import Testing

@Suite struct ParquetWriterTests {
  @Test(
    "Rows of every kind come back, whatever the row groups", arguments: [[], [1], [100], [20_001], [50, 1, 30_000]])
  func roundtrip(counts: [Int]) throws {
    let reader = try ParquetReader(sampleFile(counts), name: "sample")
    #expect(reader.columns == sampleColumns)
    #expect(reader.rowGroups.map(\.rowCount) == counts)
    #expect(reader.rowCount == counts.reduce(0, +))
    let expected = counts.enumerated().map { sampleRows($1, seed: 1 + UInt64($0)).map(\.rows) }
    #expect(try reader.allRows() == expected)
    try reader.check()
  }

  @Test("The same rows give the same bytes, also where the table has other codes and unused texts")
  func deterministic() throws {
    #expect(sampleFile([500, 20]) == sampleFile([500, 20]))
    let rows = (0..<1000).map { "event-\($0 % 7)" }
    var other = TextColumn(codes: [], values: StringTable((0..<50).reversed().map { "event-\($0)" }))
    for row in rows { other.append(row) }
    let first = file(.text(TextColumn(rows)), kind: .text, isOptional: false)
    #expect(first == file(.text(other), kind: .text, isOptional: false))
  }

  @Test("The smallest file has these bytes")
  func golden() throws {
    let bytes = file(.int32([7]), kind: .int32, isOptional: false)
    let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x05, 0x29, 0x00, 0x00, 0x80, 0x01, 0x04, 0x01, 0x0E]
    #expect(Array(bytes.prefix(4)) == Array("PAR1".utf8))
    // Page header: kind 0, 5 bytes, 14 compressed; then checksum and data page header.
    #expect(Array(bytes[4..<11]) == [0x15, 0x00, 0x15, 0x0A, 0x15, 0x1C, 0x15])
    let range = try ParquetReader(bytes, name: "golden").rowGroups[0].chunks[0].byteRange
    #expect(Array(bytes[range].suffix(14)) == zstd)
    let header: [UInt8] = [0x1C, 0x15, 0x02, 0x15, 0x0A, 0x15, 0x06, 0x15, 0x06, 0x00, 0x00]
    #expect(Array(bytes[range].dropLast(14).suffix(11)) == header)
    #expect(Array(bytes.suffix(4)) == Array("PAR1".utf8))
  }

  @Test("Numbers that repeat are compressed by what repeats, others by how often their bytes occur")
  func methods() throws {
    let pattern = (0..<20_000).map { "p\($0 % 500 * 37 % 500)" }
    var random = SeededNumbers(seed: 3)
    let skewed = (0..<20_000).map { _ in
      let part = Double.random(in: 0..<1, using: &random)
      return "p\(Int(20 * part * part * part * part))"
    }
    for (rows, repeats) in [(pattern, true), (skewed, false)] {
      let bytes = file(.text(TextColumn(rows)), kind: .text, isOptional: false)
      let reader = try ParquetReader(bytes, name: "numbers")
      #expect(try reader.allRows() == [[rows]])
      let page = try #require(try reader.pages(column: 0, rowGroup: 0).last)
      let frame = Array(bytes[reader.rowGroups[0].chunks[0].byteRange].suffix(page.compressedByteCount))
      let plain = try frame.withUnsafeBytes { try Zstd.decompress($0, byteCount: page.uncompressedByteCount) }
      let common = plain.withUnsafeBytes { Zstd.compress($0, level: 1) }
      #expect((frame == common) == repeats)
      #expect(frame.count * 20 <= common.count * 21, "at most a twentieth larger")
    }
  }

  @Test("The footer says who wrote the file, how it is sorted and what the caller adds")
  func footer() throws {
    let reader = try ParquetReader(sampleFile([10]), name: "sample")
    #expect(reader.createdBy == "muster version 1 (build 1)")
    #expect(reader.metadata == ["source": "测试"])
    #expect(reader.rowGroups[0].sortedBy == [4, 0])
    #expect(reader.column(named: "push") == 5)
    #expect(reader.column(named: "Push") == nil)
  }

  @Test("Chunks carry nulls and bounds; long bounds are shortened and said to be")
  func statistics() throws {
    let texts = ["b", nil, String(repeating: "z", count: 100), "", nil]
    var reader = try ParquetReader(file(.text(TextColumn(texts)), kind: .text, isOptional: true), name: "texts")
    var chunk = reader.rowGroups[0].chunks[0]
    #expect(chunk.nullCount == 2)
    #expect(chunk.minimum == .text([]) && chunk.bounds.isMinimumExact)
    #expect(chunk.maximum == .text(Array((String(repeating: "z", count: 63) + "{").utf8)))
    #expect(!chunk.bounds.isMaximumExact)
    reader = try ParquetReader(file(.int64([3, -9, 4]), kind: .timestamp, isOptional: false), name: "instants")
    chunk = reader.rowGroups[0].chunks[0]
    #expect(chunk.nullCount == 0 && chunk.minimum == .integer(-9) && chunk.maximum == .integer(4))
    reader = try ParquetReader(file(.text(TextColumn([nil, nil])), kind: .text, isOptional: true), name: "nulls")
    chunk = reader.rowGroups[0].chunks[0]
    #expect(chunk.nullCount == 2 && chunk.minimum == nil && chunk.maximum == nil)
  }

  @Test("A dictionary is written only where it is smaller, and only of the texts in use, the most frequent first")
  func dictionary() throws {
    var column = TextColumn(codes: [], values: StringTable(["unused", "z", "é", "a"]))
    for row in 0..<200 { column.append(["z", "a", "é", "a"][row % 4]) }
    let reader = try ParquetReader(file(.text(column), kind: .text, isOptional: false), name: "few")
    #expect(reader.rowGroups[0].chunks[0].hasDictionary)
    #expect(reader.rowGroups[0].chunks[0].encodings == [.plain, .rle, .rleDictionary])
    guard case .text(let read) = try reader.read(column: 0, rowGroup: 0) else { return #expect(Bool(false)) }
    #expect(read.values.strings == ["a", "z", "é"])
    let distinct = TextColumn((0..<200).map { "id-\($0)" })
    let plain = try ParquetReader(file(.text(distinct), kind: .text, isOptional: false), name: "distinct")
    #expect(!plain.rowGroups[0].chunks[0].hasDictionary)
    #expect(plain.rowGroups[0].chunks[0].encodings == [.rle, .plain])
  }

  @Test("Pages of long PLAIN texts end at a byte count, and a text above it has a page of its own")
  func longTexts() throws {
    let rows = (0..<40).map { String(repeating: "x", count: $0 % 10 == 0 ? 2 << 20 : 100_000) + String($0) }
    let bytes = file(.text(TextColumn(rows)), kind: .text, isOptional: false)
    let reader = try ParquetReader(bytes, name: "long")
    let pages = try reader.pages(column: 0, rowGroup: 0)
    #expect(pages.count == 8)
    #expect(pages.allSatisfy { $0.uncompressedByteCount <= Limits.pageByteCount || $0.rowCount == 1 })
    #expect(try reader.read(column: 0, rowGroup: 0).rows == rows)
    try reader.check()
  }

  @Test("The tail begins where the writer says: page indexes, then the footer")
  func tail() throws {
    var writer = ParquetWriter(columns: sampleColumns)
    writer.append(sampleRows(100, seed: 5))
    #expect(writer.rowCount == 100)
    let offset = writer.tailOffset
    let reader = try ParquetReader(writer.finish(), name: "tail")
    #expect(reader.rowGroups[0].chunks.map(\.byteRange.upperBound).max() == offset)
    #expect(reader.rowGroups[0].chunks.compactMap(\.columnIndexRange?.lowerBound).min() == offset)
  }
}
