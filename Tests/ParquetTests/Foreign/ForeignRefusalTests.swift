import Parquet
import Testing

/// What is not read, or cannot be: the error says what, where, and what to do.
@Suite struct ForeignRefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var file: [UInt8]
    var code: ParquetError.Code
    var message: String
    var hint: String

    init(_ name: String, _ file: [UInt8], _ code: ParquetError.Code, _ message: String, hint: String = "") {
      (testDescription, self.file, self.code, self.message, self.hint) = (name, file, code, message, hint)
    }
  }

  private static let x = HandElement(name: "x", type: 1)
  private static let one = HandPage(count: 1, body: little(Int32(1)))
  private static let whole = handMadeFile(x, rowCount: 1, [one])

  static let unsupported: [Case] = [
    Case(
      "LZ4", handMadeFile(x, codec: 7, rowCount: 1, [one]), .unsupported, "compressed with LZ4_RAW",
      hint: "zstd, snappy"),
    Case(
      "Brotli", handMadeFile(x, codec: 4, rowCount: 1, [one]), .unsupported, "compressed with BROTLI",
      hint: "export the file again"),
    Case("an unknown codec", handMadeFile(x, codec: 99, rowCount: 1, [one]), .unsupported, "the unknown codec 99"),
    Case(
      "an encrypted footer", Array(whole.dropLast(4)) + Array("PARE".utf8), .unsupported,
      "the file's footer is encrypted",
      hint: "without encryption"),
    Case(
      "an encrypted column", handMadeFile(x, rowCount: 1, [one], isEncrypted: true), .unsupported,
      "the column is encrypted",
      hint: "without encryption"),
    Case(
      "an unknown encoding", handMadeFile(x, rowCount: 1, [HandPage(encoding: 10, count: 1, body: [1])]), .unsupported,
      "values in encoding 10"),
    Case(
      "an encoding that is not for the type",
      handMadeFile(x, rowCount: 1, [HandPage(encoding: 6, count: 1, body: [1])]),
      .unsupported, "DELTA_LENGTH_BYTE_ARRAY is not read for this type"),
    Case(
      "levels in BIT_PACKED",
      handMadeFile(
        HandElement(name: "x", type: 1, repetition: 1), rowCount: 1,
        [HandPage(count: 1, body: [0x80] + little(Int32(1)), levelEncoding: 4)]),
      .unsupported, "levels in encoding 4"),
    Case(
      "a variant",
      handMadeFile(
        [
          .group("x", children: 2) { $0.structure(16) }, HandElement(name: "a", type: 6),
          HandElement(name: "b", type: 6),
        ],
        rowCount: 0,
        [
          HandColumn(path: ["x", "a"], type: 6, valueCount: 0, pages: []),
          HandColumn(path: ["x", "b"], type: 6, valueCount: 0, pages: []),
        ]),
      .unsupported, "groups of the logical type 16", hint: "JSON text"),
    Case(
      "an unknown logical type", handMadeFile(HandElement(name: "x", type: 1) { $0.structure(40) }, rowCount: 1, [one]),
      .unsupported, "the logical type 40", hint: "cast the column to text"),
    Case(
      "two columns of one name",
      handMadeFile(
        [x, x], rowCount: 1,
        [
          HandColumn(path: ["x"], type: 1, valueCount: 1, pages: [one]),
          HandColumn(path: ["x"], type: 1, valueCount: 1, pages: [one]),
        ]),
      .unsupported, "two columns have the same name"),
    Case(
      "more rows than such a file may have", handMadeFile(x, rowCount: 1 << 40, [one]), .unsupported,
      "announces 1099511627776 rows",
      hint: "JSON lines"),
  ]

  static let damaged: [Case] = [
    Case("cut off", Array(whole.dropLast(30)), .truncated, "does not end with 'PAR1'", hint: "copy the file again"),
    Case("nothing but the magic", Array("PAR1".utf8), .truncated, "too short for Parquet"),
    Case(
      "a footer longer than the file", Array(whole.dropLast(8)) + [0xFF, 0xFF, 0xFF, 0] + Array("PAR1".utf8),
      .corruptFooter,
      "the footer takes 16777215 bytes"),
    Case(
      "a wrong checksum", handMadeFile(x, rowCount: 1, [HandPage(count: 1, body: little(Int32(1)), checksum: 1)]),
      .checksum,
      "does not have the checksum"),
    Case("fewer values than rows", handMadeFile(x, rowCount: 2, [one]), .corruptPage, ""),
    Case(
      "more values than the footer says", handMadeFile(x, rowCount: 1, [HandPage(count: 2, body: little(Int64(1)))]),
      .corruptPage,
      "the pages hold more values"),
    Case(
      "fewer bytes than values", handMadeFile(x, rowCount: 2, [HandPage(count: 2, body: little(Int32(1)))]),
      .corruptPage,
      "fewer values than levels"),
    Case(
      "an index behind the dictionary",
      handMadeFile(
        x, rowCount: 1,
        [HandPage(kind: 2, count: 1, body: little(Int32(1))), HandPage(encoding: 8, count: 1, body: [1, 2, 1])]),
      .corruptPage, "index 1 into a dictionary of 1 values"),
    Case(
      "a dictionary of more values than bytes",
      handMadeFile(x, rowCount: 1, [HandPage(kind: 2, count: 1 << 30, body: little(Int32(1)))]), .corruptPage,
      "a dictionary holds fewer values"),
    Case(
      "indices without a dictionary", handMadeFile(x, rowCount: 1, [HandPage(encoding: 8, count: 1, body: [1, 2, 0])]),
      .corruptPage,
      "a dictionary of 0 values"),
    Case(
      "a text longer than its page",
      handMadeFile(HandElement(name: "x", type: 6), rowCount: 1, [HandPage(count: 1, body: little(UInt32.max))]),
      .corruptPage,
      "4294967295 bytes are due"),
    Case(
      "a prefix longer than the text before",
      handMadeFile(
        HandElement(name: "x", type: 6), rowCount: 1,
        [HandPage(encoding: 7, count: 1, body: [0x80, 1, 4, 1, 2, 0x80, 1, 4, 1, 2] + Array("a".utf8))]),
      .corruptPage, "a text shares 1 bytes with one of 0"),
    Case(
      "a level above the greatest",
      handMadeFile(
        HandElement(name: "x", type: 1, repetition: 1), rowCount: 1,
        [HandPage(count: 1, body: little(UInt32(2)) + [2, 3])]),
      .corruptPage, "a level of 3 where the greatest is 1"),
    Case(
      "levels longer than the page",
      handMadeFile(
        HandElement(name: "x", type: 1, repetition: 1), rowCount: 1,
        [HandPage(kind: 3, count: 1, body: [2, 1], levels: (3, 0))]),
      .corruptPage, "the levels of a page are longer than the page"),
    Case(
      "a snappy page of 200 MiB in six bytes",
      handMadeFile(x, codec: 1, rowCount: 1, [HandPage(count: 1, body: [0, 0, 0, 0, 0, 0], uncompressed: 200 << 20)]),
      .corruptPage,
      "more than 6 bytes of SNAPPY can hold"),
    Case(
      "a gzip page of 200 MiB in six bytes",
      handMadeFile(x, codec: 2, rowCount: 1, [HandPage(count: 1, body: [0, 0, 0, 0, 0, 0], uncompressed: 200 << 20)]),
      .corruptPage,
      "more than 6 bytes of GZIP can hold"),
    Case(
      "a zstd page of 200 MiB in six bytes",
      handMadeFile(
        x, codec: 6, rowCount: 1, [HandPage(count: 1, body: [0, 0, 0, 0, 0, 0], uncompressed: 200 << 20)]),
      .corruptPage,
      "more than 6 bytes of ZSTD can hold"),
    Case(
      "a page of 2 GiB",
      handMadeFile(x, codec: 6, rowCount: 1, [HandPage(count: 1, body: [0], uncompressed: Int(Int32.max))]),
      .unsupported,
      "a page of 2147483647 bytes"),
    Case(
      "a chunk of another column",
      handMadeFile([x], rowCount: 1, [HandColumn(path: ["y"], type: 1, valueCount: 1, pages: [one])]), .corruptFooter,
      "belongs to another column"),
    Case(
      "a decimal of 65 bytes",
      handMadeFile(
        HandElement(name: "x", type: 6, converted: 5), rowCount: 1,
        [HandPage(count: 1, body: little(UInt32(65)) + Array(repeating: 1, count: 65))]), .corruptPage,
      "a decimal of 65 bytes"),
  ]

  @Test("It is refused in words", arguments: unsupported + damaged)
  func refused(_ example: Case) {
    let error = #expect(throws: ParquetError.self) { try lines(of: example.file) }
    #expect(error?.code == example.code)
    #expect(error?.file == "hand-made")
    #expect(error?.description.contains(example.message) == true, "\(error as Any)")
    #expect(error?.hint.contains(example.hint) == true)
  }

  @Test("A file without rows has none, wherever it says that its columns lie", arguments: [0, 4, 1 << 40])
  func noRows(offset: Int) throws {
    let column = HandColumn(path: ["x"], type: 1, valueCount: 0, pages: [], offset: offset)
    #expect(try lines(of: handMadeFile([Self.x], rowCount: 0, [column])) == [])
    let full = HandColumn(path: ["x"], type: 1, valueCount: 1, pages: [Self.one], offset: 1 << 40)
    let error = #expect(throws: ParquetError.self) { try lines(of: handMadeFile([Self.x], rowCount: 1, [full])) }
    #expect(error?.code == .corruptFooter)
  }

  @Test("A column that is not wanted need not be readable")
  func unwanted() throws {
    let y = HandElement(name: "y", type: 1) { $0.structure(40) }
    let file = handMadeFile(
      [Self.x, y], rowCount: 1,
      [
        HandColumn(path: ["x"], type: 1, valueCount: 1, pages: [Self.one]),
        HandColumn(path: ["y"], type: 1, codec: 7, valueCount: 1, pages: [Self.one]),
      ])
    #expect(try lines(of: file, wanted: { $0 == "x" }) == ["{\"x\":1}"])
    #expect(throws: ParquetError.self) { try lines(of: file) }
  }

  @Test("An error names column, row group and page")
  func place() {
    let file = handMadeFile(
      Self.x, rowCount: 2, [Self.one, HandPage(count: 1, body: little(Int32(2)), checksum: 7)])
    let error = #expect(throws: ParquetError.self) { try lines(of: file) }
    #expect(error?.description.hasPrefix("hand-made, column 'x', row group 0, page 1: ") == true, "\(error as Any)")
  }

  @Test("A row that is longer than the limit is cut, and still longer than the limit")
  func longRow() throws {
    let texts = ["a", String(repeating: "b", count: 5000), "c"]
    let file = handMadeFile(
      HandElement(name: "x", type: 6, converted: 0), rowCount: 3,
      [HandPage(count: 3, body: texts.flatMap { plain($0) })])
    let read = try lines(of: file, rowByteCountMax: 1000)
    #expect(read.count == 3 && read[0] == "{\"x\":\"a\"}" && read[2] == "{\"x\":\"c\"}")
    #expect(read[1].utf8.count > 1000)
    #expect(try lines(of: file, rowByteCountMax: 5008) == texts.map { "{\"x\":\"\($0)\"}" })
  }
}
