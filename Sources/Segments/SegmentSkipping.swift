internal import Parquet

extension SegmentReader {
  /// Why no row of a row group can meet all `conditions`, by the footer's statistics; nil where it must be read.
  ///
  /// Costs a comparison a condition, and no read.
  package func reasonToSkip(rowGroup: Int, _ conditions: [ColumnCondition]) -> String? {
    let group = parquet.rowGroups[rowGroup]
    for condition in conditions {
      guard let column = parquet.column(named: condition.column) else {
        if condition.test == .isNull { continue }
        return "\(condition.column) is always missing"
      }
      if let reason = condition.reasonToSkip(group.chunks[column].bounds, rowCount: group.rowCount) { return reason }
    }
    return nil
  }

  /// Rows of a row group that may meet all `conditions`, by the page index: ranges, ascending, not touching.
  ///
  /// Costs a small read a condition. Rows outside meet not all of them; rows inside may or may not.
  /// - Throws: `ParquetError` where the page index is damaged.
  package func candidateRows(rowGroup: Int, _ conditions: [ColumnCondition]) throws -> [Range<Int>] {
    var rows = [0..<rowCount(ofGroup: rowGroup)]
    for condition in conditions {
      guard let column = parquet.column(named: condition.column),
        let index = try parquet.pageIndex(column: column, rowGroup: rowGroup), !index.bounds.isEmpty
      else { continue }
      var kept: [Range<Int>] = []
      for (page, bounds) in zip(index.locations, index.bounds) where !page.rows.isEmpty {
        if condition.reasonToSkip(bounds, rowCount: page.rows.count) != nil { continue }
        if kept.last?.upperBound == page.rows.lowerBound {
          kept[kept.count - 1] = kept[kept.count - 1].lowerBound..<page.rows.upperBound
        } else {
          kept.append(page.rows)
        }
      }
      rows = Self.intersection(rows, kept)
    }
    return rows
  }

  private static func intersection(_ a: [Range<Int>], _ b: [Range<Int>]) -> [Range<Int>] {
    a.flatMap { left in b.map { left.clamped(to: $0) }.filter { !$0.isEmpty } }
  }

  /// Pages and bytes of some columns over a row group, and those of them that hold any of `rows`.
  package struct Extent: Sendable, Equatable {
    package var pageCount = 0
    package var byteCount = 0
    package var readPageCount = 0
    package var readByteCount = 0

    /// Nothing.
    package init() {}
  }

  /// How much of the columns `names` lies in `rows`; columns that the segment has not are nothing.
  package func extent(rowGroup: Int, columns names: [String], rows: [Range<Int>]) throws -> Extent {
    var extent = Extent()
    for name in names {
      guard let column = parquet.column(named: name) else { continue }
      let chunk = parquet.rowGroups[rowGroup].chunks[column]
      let dictionary = chunk.dataOffset - chunk.byteRange.lowerBound
      extent.byteCount += chunk.byteRange.count
      guard let index = try parquet.pageIndex(column: column, rowGroup: rowGroup) else {
        extent.pageCount += 1
        if !rows.isEmpty {
          (extent.readPageCount, extent.readByteCount) = (
            extent.readPageCount + 1, extent.readByteCount + chunk.byteRange.count
          )
        }
        continue
      }
      extent.pageCount += index.locations.count
      let read = index.locations.filter { page in rows.contains { $0.overlaps(page.rows) } }
      extent.readPageCount += read.count
      extent.readByteCount += read.reduce(0) { $0 + $1.byteRange.count } + (read.isEmpty ? 0 : dictionary)
    }
    return extent
  }
}
