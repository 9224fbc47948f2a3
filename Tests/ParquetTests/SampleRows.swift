import Columns
import Parquet

/// Random numbers that a seed determines.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A column of every kind, required and optional.
let sampleColumns: [ColumnDescription] = [
  ColumnDescription(name: "member", kind: .int32, isOptional: false),
  ColumnDescription(name: "weight", kind: .int32, isOptional: true),
  ColumnDescription(name: "amount", kind: .int64, isOptional: false),
  ColumnDescription(name: "ts", kind: .timestamp, isOptional: true),
  ColumnDescription(name: "event", kind: .text, isOptional: false),
  ColumnDescription(name: "push", kind: .text, isOptional: true),
  ColumnDescription(name: "nothing", kind: .text, isOptional: true),
  ColumnDescription(name: "properties", kind: .text, isOptional: true),
]

/// `count` rows of `sampleColumns`: extremes, repeats, empty texts, nulls, a column of nulls, distinct texts.
func sampleRows(_ count: Int, seed: UInt64) -> [ColumnValues] {
  var random = SeededNumbers(seed: seed)
  let members = (0..<count).map { _ in [Int32.min, Int32.max, 0, Int32(random.next() % 100)][Int(random.next() % 4)] }
  let weights = (0..<count).map { Int32($0 / 3) }
  let amounts = (0..<count).map { _ in [Int64.min, Int64.max, -1, Int64(random.next() >> 1)][Int(random.next() % 4)] }
  let instants = (0..<count).map { _ in 1_700_000_000_000_000 + Int64(random.next() % 86_400_000_000) }
  let events = (0..<count).map { ["comment", "like", "", "社区"][min($0 * 4 / max(count, 1), 3)] }
  let pushes = (0..<count).map { _ in [nil, nil, "", "evening", "morning"][Int(random.next() % 5)] }
  let properties = (0..<count).map { row -> String? in
    row % 7 == 3 ? nil : "{\"id\":\(row),\"note\":\"\(String(repeating: "é", count: Int(random.next() % 50)))\"}"
  }
  return [
    .int32(members), .int32(weights), .int64(amounts), .int64(instants), .text(TextColumn(events)),
    .text(TextColumn(pushes)), .text(TextColumn(Array(repeating: String?.none, count: count))),
    .text(TextColumn(properties)),
  ]
}

/// The file of row groups of `counts` rows of `sampleColumns`.
func sampleFile(_ counts: [Int], seed: UInt64 = 1) -> [UInt8] {
  var writer = ParquetWriter(columns: sampleColumns, sortedBy: [4, 0], metadata: [("source", "测试")])
  for (group, count) in counts.enumerated() { writer.append(sampleRows(count, seed: seed + UInt64(group))) }
  return writer.finish()
}

/// The file of one column.
func file(_ values: ColumnValues, kind: ColumnDescription.Kind, isOptional: Bool) -> [UInt8] {
  var writer = ParquetWriter(columns: [ColumnDescription(name: "column", kind: kind, isOptional: isOptional)])
  writer.append([values])
  return writer.finish()
}

extension ColumnValues {
  /// Every row in words, nil where it is missing: equal for equal values, however they are coded.
  var rows: [String?] {
    switch self {
    case .int32(let values): values.map { "int32 \($0)" }
    case .int64(let values): values.map { "int64 \($0)" }
    case .text(let column): (0..<column.count).map { column[$0] }
    }
  }
}

extension ColumnValues {
  /// Whether the rows are those of `other`, however they are coded.
  func hasRows(of other: ColumnValues) -> Bool {
    switch (self, other) {
    case (.int32(let a), .int32(let b)): a == b
    case (.int64(let a), .int64(let b)): a == b
    case (.text, .text): rows == other.rows
    default: false
    }
  }
}

extension ParquetReader {
  /// All rows in words: row group, column, row.
  func allRows() throws -> [[[String?]]] {
    try rowGroups.indices.map { group in
      try columns.indices.map { try read(column: $0, rowGroup: group).rows }
    }
  }
}
