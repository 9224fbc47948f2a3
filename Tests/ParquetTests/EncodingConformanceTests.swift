import Columns
import Parquet
import Testing

/// Every shape of values, required and optional, through every encoding that the writer chooses for it.
@Suite struct EncodingConformanceTests {
  static let counts = [1, 2, 8, 9, 128, 129, 130, 1000, 20_001]

  @Test("Integers of any shape come back", arguments: integerShapes, counts)
  func integers(shape: IntegerShape, count: Int) throws {
    var random = SeededNumbers(seed: UInt64(count))
    let wide = (0..<count).map { shape.value($0, &random) }
    for isOptional in [false, true] {
      try check(.int64(wide), kind: .int64, isOptional: isOptional, encoding: .deltaBinaryPacked)
      try check(.int64(wide), kind: .timestamp, isOptional: isOptional, encoding: .deltaBinaryPacked)
      let narrow = wide.map { Int32(truncatingIfNeeded: $0) }
      try check(.int32(narrow), kind: .int32, isOptional: isOptional, encoding: .deltaBinaryPacked)
    }
  }

  @Test("Texts of any shape come back", arguments: textShapes, counts)
  func texts(shape: TextShape, count: Int) throws {
    var random = SeededNumbers(seed: UInt64(count))
    let rows = (0..<count).map { shape.value($0, &random) }
    let encoding = count >= 128 ? shape.encoding : nil
    try check(.text(TextColumn(rows)), kind: .text, isOptional: true, encoding: encoding)
    if !rows.contains(nil) {
      try check(.text(TextColumn(rows)), kind: .text, isOptional: false, encoding: encoding)
    }
  }

  /// Writes, reads and checks a file of `values`.
  private func check(
    _ values: ColumnValues, kind: ColumnDescription.Kind, isOptional: Bool, encoding: Encoding?
  ) throws {
    let bytes = file(values, kind: kind, isOptional: isOptional)
    #expect(bytes == file(values, kind: kind, isOptional: isOptional), "the same values give the same bytes")
    let reader = try ParquetReader(bytes, name: "conformance")
    try reader.check()
    let read = try reader.read(column: 0, rowGroup: 0)
    #expect(read.hasRows(of: values))
    let pages = try reader.pages(column: 0, rowGroup: 0).filter { $0.kind == .data }
    #expect(pages.reduce(0) { $0 + $1.rowCount } == values.count)
    #expect(pages.allSatisfy { $0.hasValidChecksum && $0.rowCount <= Limits.pageRowCount })
    if let encoding { #expect(pages.allSatisfy { $0.encoding == encoding }) }
  }
}

struct IntegerShape: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var value: @Sendable (Int, inout SeededNumbers) -> Int64
}

private let integerShapes = [
  IntegerShape(testDescription: "one value") { _, _ in 42 },
  IntegerShape(testDescription: "ascending") { row, _ in Int64(row) * 3 },
  IntegerShape(testDescription: "descending") { row, _ in -Int64(row) },
  IntegerShape(testDescription: "instants") { row, random in
    1_700_000_000_000_000 + Int64(row) * 1000 + Int64(random.next() % 900)
  },
  IntegerShape(testDescription: "small") { _, random in Int64(random.next() % 10) },
  IntegerShape(testDescription: "any") { _, random in Int64(truncatingIfNeeded: random.next()) },
  IntegerShape(testDescription: "extremes") { row, _ in row % 2 == 0 ? .min : .max },
  IntegerShape(testDescription: "32-bit extremes") { row, _ in Int64(row % 2 == 0 ? Int32.min : Int32.max) },
]

struct TextShape: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// What the writer chooses where rows are many.
  var encoding: Encoding
  var value: @Sendable (Int, inout SeededNumbers) -> String?
}

private let textShapes = [
  TextShape(testDescription: "one text", encoding: .rleDictionary) { _, _ in "post_view" },
  TextShape(testDescription: "empty", encoding: .rleDictionary) { _, _ in "" },
  TextShape(testDescription: "all missing", encoding: .plain) { _, _ in nil },
  TextShape(testDescription: "few", encoding: .rleDictionary) { _, random in "event-\(random.next() % 5)" },
  TextShape(testDescription: "sorted", encoding: .rleDictionary) { row, _ in "event-\(row / 50)" },
  TextShape(testDescription: "few, some missing", encoding: .rleDictionary) { _, random in
    random.next() % 3 == 0 ? nil : "event-\(random.next() % 9)"
  },
  TextShape(testDescription: "missing in runs", encoding: .rleDictionary) { row, _ in row / 40 % 2 == 0 ? nil : "a" },
  TextShape(testDescription: "distinct", encoding: .plain) { row, _ in "id-\(row)" },
  TextShape(testDescription: "distinct, some missing or empty", encoding: .plain) { row, _ in
    row % 5 == 0 ? nil : row % 5 == 1 ? "" : "社区-\(row)"
  },
  TextShape(testDescription: "long", encoding: .plain) { row, random in
    String(repeating: "长", count: Int(random.next() % 60)) + String(row)
  },
]
