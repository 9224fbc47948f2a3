package import Columns
internal import Parquet

/// One segment open for reading: columns by name, row group by row group.
package struct SegmentReader: Sendable {
  package let record: SegmentRecord
  let parquet: ParquetReader
  private let path: String

  /// Opens the file, whose length and tail must be what the catalog says. Costs two small reads.
  /// - Throws: ``StoreError`` `corrupt` or `notFound`; ``ParquetError``.
  package init(_ record: SegmentRecord, of store: Store) throws {
    self.record = record
    let (file, path) = try Self.open(record, of: store)
    self.path = path
    guard file.byteCount == record.byteCount else {
      throw StoreError(
        .corrupt, "the segment has \(file.byteCount) bytes where \(record.byteCount) were written", file: path,
        hint: Self.hint)
    }
    let tail = try file.read(record.tailOffset..<record.byteCount)
    guard tail.withUnsafeBytes({ ContentHash(of: $0) }).description == record.tail else {
      throw StoreError(
        .corrupt, "the footer of the segment is damaged: bytes \(record.tailOffset) to the end do not match their hash",
        file: path, hint: Self.hint)
    }
    parquet = try ParquetReader(file, name: path)
    guard parquet.rowCount == record.rowCount else {
      throw StoreError(
        .corrupt, "the segment has \(parquet.rowCount) rows where \(record.rowCount) were written", file: path,
        hint: Self.hint)
    }
  }

  /// The file under `segments/`, or under `retired/` where it was superseded since the snapshot.
  private static func open(_ record: SegmentRecord, of store: Store) throws -> (OpenFile, String) {
    let paths = [store.path(of: record), retiredPath(of: record.file, storeFolder: store.folder)]
    for path in paths {
      do { return (try OpenFile(reading: path), path) } catch let error as StoreError where error.code == .notFound {
        continue
      }
    }
    throw StoreError(.gone, "the segment is gone: \(record.rowCount) events", file: paths[0], hint: hint)
  }

  static let hint = "Restore the file from a copy; `muster store check` lists all damage."

  /// How many row groups the segment has.
  package var rowGroupCount: Int { parquet.rowGroups.count }

  /// Rows of a row group.
  package func rowCount(ofGroup group: Int) -> Int { parquet.rowGroups[group].rowCount }

  /// Whether the segment has a column called `name`.
  package func hasColumn(_ name: String) -> Bool { parquet.column(named: name) != nil }

  /// The text column called `name` over a row group; nil where this segment has no such column.
  package func text(_ name: String, rowGroup: Int) throws -> TextColumn? {
    guard let column = parquet.column(named: name) else { return nil }
    guard case .text(let values) = try parquet.read(column: column, rowGroup: rowGroup) else { throw wrongKind(name) }
    return values
  }

  /// The text column called `name` over a row group, by runs of equal rows; nil where this segment has no such column.
  package func textRuns(_ name: String, rowGroup: Int) throws -> TextRuns? {
    guard let column = parquet.column(named: name) else { return nil }
    guard parquet.columns[column].kind == .text else { throw wrongKind(name) }
    return try parquet.readRuns(column: column, rowGroup: rowGroup)
  }

  /// Member keys over a row group.
  package func members(rowGroup: Int) throws -> [Int32] {
    guard let column = parquet.column(named: "member"),
      case .int32(let values) = try parquet.read(column: column, rowGroup: rowGroup)
    else { throw wrongKind("member") }
    return values
  }

  /// Timestamps over a row group, microseconds of UTC.
  package func timestamps(rowGroup: Int) throws -> [Int64] {
    guard let column = parquet.column(named: "ts"),
      case .int64(let values) = try parquet.read(column: column, rowGroup: rowGroup)
    else { throw wrongKind("ts") }
    return values
  }

  func wrongKind(_ name: String) -> StoreError {
    StoreError(.corrupt, "the column '\(name)' is missing or of another type", file: path, hint: Self.hint)
  }

  /// Checks every page.
  package func check() throws { try parquet.check() }
}
