extension Footer {
  /// Reads the footer `bytes` of a file whose footer begins at `offset`.
  ///
  /// Throws `corruptFooter` where it contradicts itself or points outside the file.
  init(_ bytes: [UInt8], at offset: Int) throws {
    var reader = ThriftReader(bytes, failingWith: .corruptFooter)
    var schema: [SchemaElement] = []
    var rowCount: Int?
    var groups: [RawRowGroup] = []
    var metadata: [(key: String, value: String)] = []
    var createdBy: String?
    try reader.structure { field, reader in
      switch field.id {
      case 2: schema = try reader.list(field, of: .structure) { try SchemaElement(&$0) }
      case 3: rowCount = try reader.int64(field)
      case 4: groups = try reader.list(field, of: .structure) { try RawRowGroup(&$0) }
      case 5: metadata = try reader.list(field, of: .structure) { try readPair(&$0) }
      case 6: createdBy = try reader.string(field)
      default: try reader.skip(field)
      }
    }
    guard reader.position == bytes.count else { throw reader.failure("bytes follow the footer") }
    guard let root = schema.first, let count = root.childCount, count >= 0 else {
      throw reader.failure("the schema has no root")
    }
    let columns = try schema.dropFirst().map { try $0.column() }
    guard count == columns.count else {
      throw reader.failure("the schema announces \(count) columns and has \(columns.count)")
    }
    let rowGroups = try groups.map { try $0.rowGroup(of: columns, before: offset) }
    guard let rowCount, rowCount == rowGroups.reduce(0, { $0 + $1.rowCount }) else {
      throw reader.failure("the file's row count is not that of its row groups")
    }
    self.init(
      columns: columns, rowCount: rowCount, rowGroups: rowGroups, metadata: metadata, createdBy: createdBy)
  }
}

private func readPair(_ reader: inout ThriftReader) throws -> (key: String, value: String) {
  var key = ""
  var value = ""
  try reader.structure { field, reader in
    switch field.id {
    case 1: key = try reader.string(field)
    case 2: value = try reader.string(field)
    default: try reader.skip(field)
    }
  }
  return (key, value)
}

/// A row group as it stands in the footer.
private struct RawRowGroup {
  private var chunks: [RawColumnChunk] = []
  private var rowCount: Int?
  private var sortedBy: [Int] = []

  init(_ reader: inout ThriftReader) throws {
    var sorting: [(column: Int, isDescending: Bool)] = []
    try reader.structure { field, reader in
      switch field.id {
      case 1: chunks = try reader.list(field, of: .structure) { try RawColumnChunk(&$0) }
      case 3: rowCount = try reader.int64(field)
      case 4: sorting = try reader.list(field, of: .structure) { try readSorting(&$0) }
      default: try reader.skip(field)
      }
    }
    sortedBy = sorting.prefix { !$0.isDescending }.map(\.column)
  }

  func rowGroup(of columns: [ColumnDescription], before end: Int) throws -> RowGroup {
    guard let rowCount, rowCount >= 0, chunks.count == columns.count else {
      throw ParquetError(.corruptFooter, "a row group has \(chunks.count) chunks of \(columns.count) columns")
    }
    guard rowCount <= Limits.rowGroupRowCountMax else {
      let limit = Limits.rowGroupRowCountMax
      throw ParquetError(.unsupported, "a row group of \(rowCount) rows; at most \(limit) are read")
    }
    guard sortedBy.allSatisfy(columns.indices.contains) else {
      throw ParquetError(.corruptFooter, "a row group is sorted by a column that there is not")
    }
    let checked = try zip(chunks, columns).map { try $0.chunk(of: $1, rowCount: rowCount, before: end) }
    return RowGroup(rowCount: rowCount, chunks: checked, sortedBy: sortedBy)
  }
}

private func readSorting(_ reader: inout ThriftReader) throws -> (column: Int, isDescending: Bool) {
  var column = -1
  var isDescending = false
  var isNullsFirst = false
  try reader.structure { field, reader in
    switch field.id {
    case 1: column = try reader.int32(field)
    case 2: isDescending = try reader.bool(field)
    case 3: isNullsFirst = try reader.bool(field)
    default: try reader.skip(field)
    }
  }
  return (column, isDescending || isNullsFirst)
}
