package import Columns

extension ParquetReader {
  /// Reads the rows `rows` of a chunk: of its data pages only those that hold them, where the file has a page index.
  ///
  /// Costs a read of the page index and one of the pages; with a dictionary that does not lie beside them, one more.
  /// Throws what `read(column:rowGroup:)` throws.
  package func read(column: Int, rowGroup: Int, rows: Range<Int>) throws -> ColumnValues {
    let group = rowGroups[rowGroup]
    precondition(rows.lowerBound >= 0 && rows.upperBound <= group.rowCount, "rows outside the row group")
    guard let index = try pageIndex(column: column, rowGroup: rowGroup),
      let first = index.locations.firstIndex(where: { $0.rows.upperBound > rows.lowerBound }),
      let last = index.locations.lastIndex(where: { $0.rows.lowerBound < rows.upperBound }), first <= last
    else { return try read(column: column, rowGroup: rowGroup)[rows: rows] }
    let chunk = group.chunks[column]
    let covered = index.locations[first].rows.lowerBound..<index.locations[last].rows.upperBound
    let dictionary = chunk.hasDictionary ? chunk.byteRange.lowerBound..<chunk.dataOffset : nil
    let pages = index.locations[first].byteRange.lowerBound..<index.locations[last].byteRange.upperBound
    let values = try withPages(
      column: column, rowGroup: rowGroup, pages, after: dictionary, skippedCount: first
    ) { try columns[column].read(&$0, rowCount: covered.count, isDistinct: isOwn) }
    return values[rows: rows.lowerBound - covered.lowerBound..<rows.upperBound - covered.lowerBound]
  }
}

extension ColumnValues {
  /// The values of `rows`; a text keeps its whole table.
  fileprivate subscript(rows rows: Range<Int>) -> ColumnValues {
    if rows == 0..<count { return self }
    return switch self {
    case .int32(let values): .int32(Array(values[rows]))
    case .int64(let values): .int64(Array(values[rows]))
    case .text(let column): .text(TextColumn(codes: Array(column.codes[rows]), values: column.values))
    }
  }
}
