package import Columns
internal import Parquet

/// Columns over some rows of a row group: of their pages only those that hold them are read.
extension SegmentReader {
  /// `rows` widened to whole pages of `member` and `ts`, so that reading them copies nothing.
  package func widened(_ rows: Range<Int>, inGroup group: Int) -> Range<Int> {
    let page = Parquet.Limits.pageRowCount
    let end = (rows.upperBound + page - 1) / page * page
    return rows.lowerBound / page * page..<min(end, rowCount(ofGroup: group))
  }

  /// Member keys of `rows`.
  package func members(rowGroup: Int, rows: Range<Int>) throws -> [Int32] {
    guard let column = parquet.column(named: "member"),
      case .int32(let values) = try parquet.read(column: column, rowGroup: rowGroup, rows: rows)
    else { throw wrongKind("member") }
    return values
  }

  /// Timestamps of `rows`, microseconds of UTC.
  package func timestamps(rowGroup: Int, rows: Range<Int>) throws -> [Int64] {
    guard let column = parquet.column(named: "ts"),
      case .int64(let values) = try parquet.read(column: column, rowGroup: rowGroup, rows: rows)
    else { throw wrongKind("ts") }
    return values
  }

  /// The text column called `name` over `rows`; nil where this segment has no such column.
  package func text(_ name: String, rowGroup: Int, rows: Range<Int>) throws -> TextColumn? {
    guard let column = parquet.column(named: name) else { return nil }
    guard case .text(let values) = try parquet.read(column: column, rowGroup: rowGroup, rows: rows) else {
      throw wrongKind(name)
    }
    return values
  }
}
