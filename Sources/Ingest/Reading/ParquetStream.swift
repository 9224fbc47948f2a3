internal import Parquet
internal import Segments

/// The rows of a Parquet file as JSON lines, a line a row: what follows takes them as it takes any log.
///
/// Rows are read by their place in the file, and beside that the raw bytes go by in order for the source's hash.
final class ParquetStream: DecodedStream {
  private let blocks: RawBlocks
  private let rows: ForeignRows
  /// A file that is damaged anywhere is an error: nothing of it is taken.
  let damage: String? = nil

  /// - Throws: ``IngestError`` `cannotRead` for a pipe, `header` where columns that the dataset names are not there;
  ///   ``ParquetError``.
  init(_ blocks: RawBlocks, path: String, description: DatasetDescription, recordByteCountMax: Int) throws {
    guard path != "-", blocks.byteCountInAll != nil else {
      throw IngestError(
        .cannotRead, "Parquet has its index at the end and cannot be read from a pipe", file: path,
        hint: "Save it to a file and name that.")
    }
    self.blocks = blocks
    let used = description.usedPaths + (description.flattened.map { [$0] } ?? [])
    let names = Set(used.compactMap(\.parts.first))
    let keepsAll = description.properties == .rest
    // Where the mapping looks into a field, a text in it may be an object, as in CSV.
    let entered = used.filter { $0.parts.count > 1 || $0 == description.flattened }
    rows = try ForeignRows(
      OpenFile(reading: path), name: path, embedding: Set(entered.compactMap(\.parts.first)),
      rowByteCountMax: recordByteCountMax, isWanted: { keepsAll || names.contains($0) })
    do {
      try RowLayout.check(description.usedPaths, description: description, header: rows.columnNames)
    } catch var error as IngestError {
      (error.file, error.line) = (path, nil)
      throw error
    }
  }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try rows.read(into: room)
    let byteCount = blocks.byteCountInAll ?? 0
    // As far as the rows are; at the end all.
    let due = count == 0 ? Int.max : Int(Double(byteCount) * Double(rows.rowsDone) / Double(max(rows.rowCount, 1)))
    while blocks.byteCount < due, try blocks.advance() {}
    return count
  }
}

/// "PAR1", and "PARE" where the footer is encrypted.
private func hasParquetMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
  bytes.starts(with: Array("PAR1".utf8)) || bytes.starts(with: Array("PARE".utf8))
}

/// Whether `block`, the first of a source, is that of a Parquet file, and the dataset says nothing else.
/// - Throws: ``IngestError`` `cannotRead` where the dataset says Parquet and it is not.
func isParquet(_ block: UnsafeRawBufferPointer, path: String, description: DatasetDescription) throws -> Bool {
  let hasMagic = hasParquetMagic(block)
  guard description.format == .parquet else { return hasMagic && description.format == nil }
  guard hasMagic || block.isEmpty else {
    throw IngestError(
      .cannotRead, "this is not Parquet, as the dataset says: it does not begin with 'PAR1'", file: path,
      hint: "Leave out `format` in dataset.yaml, or unpack the file if it is compressed as a whole.")
  }
  return hasMagic
}

/// Refuses Parquet that comes as text: under another format, or compressed as a whole.
/// - Throws: ``IngestError`` `cannotRead`.
func refuseParquet(_ first: UnsafeRawBufferPointer, path: String, description: DatasetDescription) throws {
  // Behind the magic every file has a field of a header.
  guard first.count >= 5, hasParquetMagic(first), first[4] == 0x15 else { return }
  throw IngestError(
    .cannotRead, "this is a Parquet file, compressed as a whole or under another format", file: path,
    hint: description.format.map { "Leave out `format: \($0.rawValue)` in dataset.yaml, and unpack the file." }
      ?? "Unpack the file.")
}

/// Whether the file at `path` begins as Parquet does.
func beginsAsParquet(_ path: String) throws -> Bool {
  let file = try OpenFile(reading: path)
  return try file.read(0..<min(4, file.byteCount)).withUnsafeBytes(hasParquetMagic)
}
