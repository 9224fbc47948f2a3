import Parquet
import Testing

/// Things that are larger than what is read at a time, and things that say so and are not.
@Suite struct LargeThingsTests {
  static let optional = HandElement(name: "x", type: 1, repetition: 1)
  static let text = HandElement(name: "x", type: 6, converted: 0)

  @Test("Pages and headers longer than a read of the file are put together")
  func longPages() throws {
    let pages = (0..<5).map { page in
      HandPage(
        count: 40_000, body: (0..<40_000).flatMap { little(Int32(page * 40_000 + $0)) },
        maximum: page % 2 == 0 ? nil : Array(repeating: 7, count: 300_000))
    }
    let file = handMadeFile(HandElement(name: "x", type: 1), rowCount: 200_000, pages)
    let read = try lines(of: file)
    #expect(read.count == 200_000)
    for row in stride(from: 0, to: 200_000, by: 997) { #expect(read[row] == "{\"x\":\(row)}") }
  }

  @Test("A run of nulls stands for as many rows as a small file may have, and no more")
  func nulls() throws {
    func file(_ rowCount: Int) -> [UInt8] {
      let run = HandThrift.varint(UInt64(rowCount) << 1) + [0]
      return handMadeFile(
        Self.optional, rowCount: rowCount, [HandPage(count: rowCount, body: little(UInt32(run.count)) + run)])
    }
    let (rows, byteCount) = try count(of: file(1 << 20))
    #expect(rows == 1 << 20 && byteCount == 3 << 20)
    let error = #expect(throws: ParquetError.self) { try count(of: file(1 << 22)) }
    #expect(error?.code == .unsupported)
  }

  @Test("A list of millions of values in a few bytes is one row that is too long")
  func longList() throws {
    let valueCount = 1 << 24
    let repetitions = [0x02, 0x00] + HandThrift.varint(UInt64(valueCount - 1) << 1) + [1]
    let definitions = HandThrift.varint(UInt64(valueCount) << 1) + [1]
    let page = HandPage(
      encoding: 8, count: valueCount,
      body: little(UInt32(repetitions.count)) + repetitions + little(UInt32(definitions.count)) + definitions + [0])
    let column = HandColumn(
      path: ["x"], type: 6, valueCount: valueCount, pages: [HandPage(kind: 2, count: 1, body: plain("社区")), page])
    let file = handMadeFile([HandElement(name: "x", type: 6, repetition: 2, converted: 0)], rowCount: 1, [column])
    let (rows, byteCount) = try count(of: file, rowByteCountMax: 8 << 20)
    #expect(rows == 1 && byteCount > 8 << 20 && byteCount < 9 << 20)
  }

  @Test("A long text that a million rows point to ends in an error")
  func longText() throws {
    let rowCount = 1 << 20
    let file = handMadeFile(
      Self.text, codec: 6, rowCount: rowCount,
      [
        zstdPage(HandPage(kind: 2, count: 1, body: plain(String(repeating: "x", count: 4 << 20)))),
        zstdPage(HandPage(encoding: 8, count: rowCount, body: [0])),
      ])
    #expect(file.count < 2000)
    let error = #expect(throws: ParquetError.self) { try count(of: file, rowByteCountMax: 8 << 20) }
    #expect(error?.code == .unsupported && error?.message.contains("such long rows") == true)
  }

  @Test("A footer of a million empty things is refused at the first", arguments: [2, 4] as [Int16])
  func emptyThings(field: Int16) {
    let footer = HandThrift.structure { footer in
      footer.int32(1, 2)
      footer.list(field, of: 12, Array(repeating: [0], count: 1 << 20))
    }
    let file = Array("PAR1".utf8) + footer + little(UInt32(footer.count)) + Array("PAR1".utf8)
    let error = #expect(throws: ParquetError.self) { try lines(of: file) }
    #expect(error?.code == .corruptFooter)
  }

  /// The same page, compressed.
  private func zstdPage(_ page: HandPage) -> HandPage {
    var compressed = page
    compressed.uncompressed = page.body.count
    compressed.body = page.body.withUnsafeBytes { Zstd.compress($0, level: 1) }
    return compressed
  }

  /// Rows and bytes of a file's text, none of it kept.
  @discardableResult
  private func count(of file: [UInt8], rowByteCountMax: Int = 1 << 20) throws -> (rows: Int, byteCount: Int) {
    let rows = try ForeignRows(file, name: "hand-made", rowByteCountMax: rowByteCountMax)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { room.deallocate() }
    var (rowCount, byteCount) = (0, 0)
    while case let count = try rows.read(into: room), count > 0 {
      byteCount += count
      for byte in room[..<count] where byte == 0x0A { rowCount += 1 }
    }
    return (rowCount, byteCount)
  }
}
