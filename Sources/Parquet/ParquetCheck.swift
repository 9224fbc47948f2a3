import Columns

extension ParquetReader {
  /// Reads the whole file and holds what it says of itself against what it holds.
  ///
  /// Every page: its header parses, its checksum agrees, it decompresses and decodes. Every chunk: rows, nulls,
  /// sizes and bounds are those of the footer, and the page index names its pages, their rows and their bounds.
  /// Throws the first thing that is wrong.
  package func check() throws {
    guard try source.read(0..<fileMagic.count) == fileMagic else {
      throw ParquetError(.notParquet, "the file does not begin with 'PAR1'", file: name)
    }
    var end = fileMagic.count
    for rowGroup in rowGroups.indices {
      for column in columns.indices {
        let range = rowGroups[rowGroup].chunks[column].byteRange
        guard range.lowerBound >= end else {
          throw failure(.corruptFooter, "two chunks overlap", column: column, rowGroup: rowGroup)
        }
        end = range.upperBound
        try checkChunk(column: column, rowGroup: rowGroup)
      }
    }
  }

  private func checkChunk(column: Int, rowGroup: Int) throws {
    let group = rowGroups[rowGroup]
    let chunk = group.chunks[column]
    let values = try read(column: column, rowGroup: rowGroup)
    guard chunk.bounds.hold(for: values.bounds(of: 0..<group.rowCount)) else {
      throw failure(
        .corruptFooter, "the footer's null count or bounds do not hold", column: column, rowGroup: rowGroup)
    }
    let found = try walk(column: column, rowGroup: rowGroup)
    guard found.uncompressedByteCount == chunk.uncompressedByteCount else {
      let message = "the pages take \(found.uncompressedByteCount) bytes, not \(chunk.uncompressedByteCount)"
      throw failure(.corruptFooter, message, column: column, rowGroup: rowGroup)
    }
    guard found.hasDictionary == chunk.hasDictionary else {
      throw failure(.corruptFooter, "the dictionary is not where the footer says", column: column, rowGroup: rowGroup)
    }
    guard found.encodings.isSubset(of: chunk.encodings),
      chunk.pageCounts.isEmpty || Set(chunk.pageCounts) == Set(found.pageCounts)
    else {
      throw failure(
        .corruptFooter, "the pages have other kinds or encodings than the footer says", column: column,
        rowGroup: rowGroup)
    }
    try checkPageIndex(column: column, rowGroup: rowGroup, values, found.locations)
  }

  private func checkPageIndex(
    column: Int, rowGroup: Int, _ values: ColumnValues, _ locations: [PageLocation]
  ) throws {
    guard let index = try pageIndex(column: column, rowGroup: rowGroup) else { return }
    guard index.locations == locations else {
      throw failure(.corruptFooter, "the page index names other pages", column: column, rowGroup: rowGroup)
    }
    for (page, bounds) in index.bounds.enumerated() {
      let exact = values.bounds(of: locations[page].rows)
      guard bounds.hold(for: exact), (bounds.minimum == nil) == (exact.minimum == nil) else {
        throw failure(
          .corruptFooter, "the page index has bounds that do not hold for data page \(page)", column: column,
          rowGroup: rowGroup)
      }
    }
  }

  private struct FoundPages {
    var locations: [PageLocation] = []
    var uncompressedByteCount = 0
    var hasDictionary = false
    /// Of data pages: not every writer names the dictionary's.
    var encodings: Set<Encoding> = []
    var pageCounts: [ColumnChunk.PageCount] = []

    mutating func count(_ header: PageHeader) {
      if header.kind == .dictionary { hasDictionary = true } else { encodings.insert(header.encoding) }
      let known = pageCounts.firstIndex { $0.kind == header.kind && $0.encoding == header.encoding }
      if let known {
        pageCounts[known].count += 1
      } else {
        pageCounts.append(.init(kind: header.kind, encoding: header.encoding, count: 1))
      }
    }
  }

  /// Follows the headers of a chunk.
  private func walk(column: Int, rowGroup: Int) throws -> FoundPages {
    let chunk = rowGroups[rowGroup].chunks[column]
    return try withPages(column: column, rowGroup: rowGroup, chunk.byteRange) { pages in
      var found = FoundPages()
      var row = 0
      while let header = try pages.nextHeader() {
        found.count(header)
        if header.kind == .dictionary { continue }
        let start = chunk.byteRange.lowerBound
        let place = pages.byteRange.lowerBound + start..<pages.byteRange.upperBound + start
        found.locations.append(PageLocation(byteRange: place, rows: row..<row + header.valueCount))
        row += header.valueCount
      }
      found.uncompressedByteCount = pages.uncompressedByteCount
      return found
    }
  }

  private func failure(_ code: ParquetError.Code, _ message: String, column: Int, rowGroup: Int) -> ParquetError {
    ParquetError(code, message, file: name, column: columns[column].name, rowGroup: rowGroup)
  }
}

extension ColumnValues {
  /// The exact bounds of the values of `rows`.
  fileprivate func bounds(of rows: Range<Int>) -> Bounds {
    switch self {
    case .int32(let values):
      values.withUnsafeBufferPointer { integerBounds(UnsafeBufferPointer(rebasing: $0[rows])) }
    case .int64(let values):
      values.withUnsafeBufferPointer { integerBounds(UnsafeBufferPointer(rebasing: $0[rows])) }
    case .text(let column):
      textBounds(column, rows)
    }
  }

  private func textBounds(_ column: TextColumn, _ rows: Range<Int>) -> Bounds {
    let present = column.codes[rows].filter { $0 != TextColumn.null }
    var bounds = Bounds(nullCount: rows.count - present.count)
    if let extremes = column.values.extremes(present) {
      bounds.minimum = .text(column.values.withBytes(of: extremes.low) { Array($0) })
      bounds.maximum = .text(column.values.withBytes(of: extremes.high) { Array($0) })
    }
    return bounds
  }
}
