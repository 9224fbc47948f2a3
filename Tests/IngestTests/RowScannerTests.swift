import Ingest
import Testing

@Suite("Rows")
struct RowScannerTests {
  static let rows: [(String, RowFormat, [String])] = [
    ("a,b,c", .csv, ["a", "b", "c"]), (",", .csv, ["", ""]), ("a,,c,", .csv, ["a", "", "c", ""]),
    (#""a","b,c","d""e""#, .csv, ["a", "b,c", "d\"e"]), (#""","""",x"#, .csv, ["", "\"", "x"]),
    ("\"two\nlines\",x", .csv, ["two\nlines", "x"]), (#"5" pipe,say "x""#, .csv, [#"5" pipe"#, #"say "x""#]),
    (" a , b ", .csv, [" a ", " b "]),
    ("abcdefghij,klmnopqrstuvwxyz,0123456789", .csv, ["abcdefghij", "klmnopqrstuvwxyz", "0123456789"]),
    ("张,三", .csv, ["张", "三"]),
    ("a;b,c", RowFormat(delimiter: 0x3B, hasQuotes: true, skipsBlanks: false), ["a", "b,c"]),
    ("a\t\"b\t", .tsv, ["a", "\"b", ""]), ("1 2 3", .space, ["1", "2", "3"]), ("  1\t 2  3 ", .space, ["1", "2", "3"]),
    ("   ", .space, []),
  ]

  @Test("A row is cut into its fields", arguments: rows)
  func fields(row: String, format: RowFormat, expected: [String]) throws {
    #expect(try cut(row, format) == expected)
  }

  static let faults: [(String, String)] = [
    (#""a"#, "openQuote"), (#"a,"b"#, "openQuote"), (#""a"""#, "openQuote"), (#"x,"a"b"#, "textBehindQuote(2)"),
    (String(repeating: ",", count: 4096), "tooManyFields"),
  ]

  @Test("A row that cannot be cut says why", arguments: faults)
  func fault(row: String, expected: String) {
    let error = #expect(throws: RowScanner.Fault.self) { try cut(row, .csv) }
    #expect(error.map { "\($0)" } == expected)
  }

  private func cut(_ row: String, _ format: RowFormat) throws -> [String] {
    var bytes = Array(row.utf8)
    let count = bytes.count
    bytes += [UInt8](repeating: 0, count: LogChunk.paddingByteCount)
    var fields: [FieldValue] = []
    var scratch = ScratchBytes()
    return try bytes.withUnsafeBytes { padded in
      try RowScanner(format: format).fields(UnsafeRawBufferPointer(rebasing: padded[..<count]), into: &fields)
      return fields.map { String(decoding: CanonicalJSON.text(of: $0, scratch: &scratch), as: UTF8.self) }
    }
  }
}

extension RowFormat {
  static let csv = RowFormat(delimiter: 0x2C, hasQuotes: true, skipsBlanks: false)
  static let tsv = RowFormat(delimiter: 0x09, hasQuotes: false, skipsBlanks: false)
  static let space = RowFormat(delimiter: 0x20, hasQuotes: false, skipsBlanks: true)
}
