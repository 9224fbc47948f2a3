package import Columns

/// Reads a Parquet file of the kind that `ParquetWriter` writes, and of some others.
///
/// What is read: data pages of version 1, uncompressed or zstd; PLAIN and dictionary encoding, and
/// DELTA_BINARY_PACKED; columns of integers, timestamps and text. Anything else is `unsupported`.
/// Damaged bytes are an error that names file, column and page.
package struct ParquetReader: Sendable {
  /// The schema.
  package let columns: [ColumnDescription]
  /// What the footer says of the row groups, in the order of their rows.
  package let rowGroups: [RowGroup]
  /// The footer's keys and values; of a key that is there twice, the last.
  package let metadata: [String: String]
  /// The program that wrote the file, as it names itself.
  package let createdBy: String?
  /// The name that errors give the file.
  package let name: String
  let source: any RandomAccessBytes

  /// Opens a file: reads its end, not its pages. Costs one read, two where the footer is long.
  ///
  /// Throws `notParquet`, `truncated`, `corruptFooter` or `unsupported`, and what `source` throws.
  package init(_ source: any RandomAccessBytes, name: String) throws {
    self.source = source
    self.name = name
    do {
      let (bytes, offset) = try readFooter(of: source)
      let footer = try Footer(bytes, at: offset)
      columns = footer.columns
      rowGroups = footer.rowGroups
      metadata = Dictionary(footer.metadata.map { ($0.key, $0.value) }) { $1 }
      createdBy = footer.createdBy
    } catch let error as ParquetError {
      throw error.located(file: name)
    }
  }

  /// Rows of all row groups.
  package var rowCount: Int { rowGroups.reduce(0) { $0 + $1.rowCount } }

  /// The index of the column `name`, nil where there is none.
  package func column(named name: String) -> Int? { columns.firstIndex { $0.name == name } }

  /// Reads a whole chunk; one read of the file.
  ///
  /// A text's table holds the chunk's dictionary in its order, and what PLAIN pages add.
  /// Throws `checksum`, `corruptPage`, `corruptStream` or `unsupported`, and what the source throws.
  package func read(column: Int, rowGroup: Int) throws -> ColumnValues {
    let group = rowGroups[rowGroup]
    return try withPages(column: column, rowGroup: rowGroup, group.chunks[column].byteRange) { pages in
      try columns[column].read(&pages, rowCount: group.rowCount, isDistinct: isOwn)
    }
  }

  /// Whether `ParquetWriter` wrote the file: no dictionary of its names a text twice.
  var isOwn: Bool { createdBy == ParquetWriter.name }

  /// The places and bounds of a chunk's data pages, nil where the file has no page index; reads that alone.
  package func pageIndex(column: Int, rowGroup: Int) throws -> PageIndex? {
    let chunk = rowGroups[rowGroup].chunks[column]
    guard let range = chunk.offsetIndexRange else { return nil }
    do {
      return try PageIndex(
        locations: source.bytes(range), bounds: chunk.columnIndexRange.map(source.bytes),
        kind: columns[column].kind, byteRange: chunk.byteRange, rowCount: rowGroups[rowGroup].rowCount)
    } catch let error as ParquetError {
      throw error.located(file: name, column: columns[column].name, rowGroup: rowGroup)
    }
  }

  /// Calls `body` with the pages in `range` of the file, or, where `dictionary` is another range, with the
  /// dictionary page there and the pages in `range`; an error gets the place where it arose.
  ///
  /// `skippedCount` data pages are left out before `range`.
  func withPages<Result>(
    column: Int, rowGroup: Int, _ range: Range<Int>, after dictionary: Range<Int>? = nil, skippedCount: Int = 0,
    _ body: (inout PageReader) throws -> Result
  ) throws -> Result {
    let columnName = columns[column].name
    do {
      let bytes: [UInt8] =
        switch dictionary {
        case nil: try source.bytes(range)
        case let before? where before.upperBound == range.lowerBound:
          try source.bytes(before.lowerBound..<range.upperBound)
        case let before?: try source.bytes(before) + source.bytes(range)
        }
      let codec = rowGroups[rowGroup].chunks[column].codec
      var pages = try PageReader(bytes, codec: codec, skippedCount: skippedCount)
      do {
        return try body(&pages)
      } catch let error as ParquetError {
        throw error.located(file: name, column: columnName, rowGroup: rowGroup, page: pages.index)
      }
    } catch let error as ParquetError {
      throw error.located(file: name, column: columnName, rowGroup: rowGroup)
    }
  }
}

extension ColumnDescription {
  /// Decodes the values of `pages`, which hold `rowCount` rows of this column.
  /// - Parameter isDistinct: whether dictionaries are known to name no text twice.
  func read(_ pages: inout PageReader, rowCount: Int, isDistinct: Bool) throws -> ColumnValues {
    switch kind {
    case .int32: .int32(try readIntegerChunk(Int32.self, isOptional: isOptional, rowCount: rowCount, pages: &pages))
    case .int64, .timestamp:
      .int64(try readIntegerChunk(Int64.self, isOptional: isOptional, rowCount: rowCount, pages: &pages))
    case .text:
      .text(try readTextChunk(isOptional: isOptional, rowCount: rowCount, isDistinct: isDistinct, pages: &pages))
    }
  }
}

/// The footer's bytes, without length and magic, and where they begin in the file.
private func readFooter(of source: any RandomAccessBytes) throws -> ([UInt8], Int) {
  let byteCount = source.byteCount
  let trailerByteCount = 4 + fileMagic.count
  guard byteCount >= fileMagic.count + trailerByteCount else {
    throw ParquetError(.notParquet, "a file of \(byteCount) bytes is too short for Parquet")
  }
  let tailStart = max(0, byteCount - Limits.tailByteCount)
  let tail = try source.bytes(tailStart..<byteCount)
  guard tail.suffix(fileMagic.count).elementsEqual(fileMagic) else {
    throw ParquetError(.notParquet, "the file does not end with 'PAR1'")
  }
  let length = tail[(tail.count - trailerByteCount)...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  let end = byteCount - trailerByteCount
  guard length <= end - fileMagic.count else {
    throw ParquetError(.truncated, "the footer takes \(length) bytes of a file of \(byteCount)")
  }
  let start = end - length
  if start >= tailStart { return (Array(tail[(start - tailStart)..<(end - tailStart)]), start) }
  return (try source.bytes(start..<end), start)
}

extension RandomAccessBytes {
  /// Reads `range`; throws `truncated` where the source gives another number of bytes.
  fileprivate func bytes(_ range: Range<Int>) throws -> [UInt8] {
    let bytes = try read(range)
    guard bytes.count == range.count else {
      throw ParquetError(.truncated, "\(bytes.count) bytes were read of \(range.count) at \(range.lowerBound)")
    }
    return bytes
  }
}
