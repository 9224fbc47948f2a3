package import Columns

/// Writes a Parquet file, a row group at a time, into memory.
///
/// ```
/// var writer = ParquetWriter(columns: [ColumnDescription(name: "event", kind: .text, isOptional: false)])
/// writer.append([.text(events)])
/// let file = writer.finish()
/// ```
///
/// The same rows, in the same row groups, give the same bytes.
package struct ParquetWriter: ~Copyable {
  private var file: [UInt8] = fileMagic
  private var footer: Footer
  private var indexes: [[PageIndex]] = []
  private var pages = PageWriter()
  private let sortedBy: [Int]

  /// What files say of the program that wrote them.
  static var name: String { "muster version 1 (build 1)" }

  /// A writer of rows of `columns`.
  ///
  /// `sortedBy` names the columns by which the caller's rows ascend, the most significant first: it is written
  /// down, not checked.
  package init(
    columns: [ColumnDescription], sortedBy: [Int] = [], metadata: [(key: String, value: String)] = []
  ) {
    precondition(!columns.isEmpty, "a file has at least one column")
    precondition(sortedBy.allSatisfy(columns.indices.contains), "sorted by a column that there is not")
    precondition(Set(columns.map(\.name)).count == columns.count, "two columns have one name")
    self.sortedBy = sortedBy
    footer = Footer(
      columns: columns, rowCount: 0, rowGroups: [], metadata: metadata, createdBy: Self.name)
  }

  /// Rows so far.
  package var rowCount: Int { footer.rowCount }

  /// Bytes so far. Once all rows are appended, the finished file's page indexes and footer begin there.
  package var tailOffset: Int { file.count }

  /// Appends a row group: a column's values each, all of the same number of rows. No rows append nothing.
  package mutating func append(_ rowGroup: [ColumnValues]) {
    precondition(rowGroup.count == footer.columns.count, "a row group has values for every column")
    let rowCount = rowGroup[0].count
    precondition(rowGroup.allSatisfy { $0.count == rowCount }, "the columns of a row group have as many rows")
    precondition(rowCount <= Limits.rowGroupRowCountMax, "a row group has more than \(Limits.rowGroupRowCountMax) rows")
    if rowCount == 0 { return }
    var group = RowGroup(rowCount: rowCount, chunks: [], sortedBy: sortedBy)
    var groupIndexes: [PageIndex] = []
    for (column, values) in zip(footer.columns, rowGroup) {
      let (chunk, index) = append(values, of: column)
      group.chunks.append(chunk)
      groupIndexes.append(index)
    }
    footer.rowGroups.append(group)
    footer.rowCount += rowCount
    indexes.append(groupIndexes)
  }

  private mutating func append(_ values: ColumnValues, of column: ColumnDescription) -> (ColumnChunk, PageIndex) {
    switch (values, column.kind) {
    case (.int32(let values), .int32):
      appendIntegerChunk(values, isOptional: column.isOptional, pages: &pages, to: &file)
    case (.int64(let values), .int64), (.int64(let values), .timestamp):
      appendIntegerChunk(values, isOptional: column.isOptional, pages: &pages, to: &file)
    case (.text(let values), .text):
      appendTextChunk(values, isOptional: column.isOptional, pages: &pages, to: &file)
    default: preconditionFailure("column '\(column.name)' has values of another kind than \(column.kind)")
    }
  }

  /// The whole file.
  package consuming func finish() -> [UInt8] {
    forEachChunk { chunk, index, column, file in
      let bytes = index.encodedBounds(of: column.kind)
      chunk.columnIndexRange = file.count..<file.count + bytes.count
      file += bytes
    }
    forEachChunk { chunk, index, _, file in
      let bytes = index.encodedLocations()
      chunk.offsetIndexRange = file.count..<file.count + bytes.count
      file += bytes
    }
    file += footer.encoded()
    return file
  }

  private mutating func forEachChunk(
    _ body: (inout ColumnChunk, PageIndex, ColumnDescription, inout [UInt8]) -> Void
  ) {
    for group in footer.rowGroups.indices {
      for column in footer.columns.indices {
        body(&footer.rowGroups[group].chunks[column], indexes[group][column], footer.columns[column], &file)
      }
    }
  }
}
