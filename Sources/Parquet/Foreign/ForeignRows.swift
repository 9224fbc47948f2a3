/// Reads a Parquet file that any program wrote, row by row, as JSON lines: an object a row, nulls left out.
///
/// ```
/// let rows = try ForeignRows(file, name: "export.parquet", embedding: ["properties"])
/// while case let count = try rows.read(into: room), count > 0 { … }
/// ```
/// What is read, and what becomes what, is in <doc:ForeignFiles>. Memory: a page of each column and the dictionaries
/// of one row group, at most `Limits.foreignHeldByteCountMax`; and the longest row. Not for two threads at once.
package final class ForeignRows {
  /// The names of all columns, those that are not wanted among them.
  package let columnNames: [String]
  /// Rows of all row groups.
  package let rowCount: Int
  /// Rows whose text has been made.
  package private(set) var rowsDone = 0

  private let name: String
  private let rowGroups: [ForeignRowGroup]
  private var rowGroup = 0
  private let nodes: [RowNode]
  private let columns: [ForeignColumn]
  /// Text is handed out once there is so much.
  private let textByteCount = 1 << 16
  private var text: RowText
  private var textTaken = 0
  private var textLeft: Int
  private let byteCount: Int
  private var rowsLeft = 0
  private var isGroupOpen = false

  /// Opens a file: reads its footer.
  ///
  /// - Parameters:
  ///   - name: what errors call the file.
  ///   - embedding: columns whose texts are written as JSON objects where they hold one.
  ///   - rowByteCountMax: a longer row is cut, and filled up to more than that.
  ///   - isWanted: whether a column is to be read; of others not even the type must be known.
  /// - Throws: ``ParquetError``, and what `source` throws.
  package init(
    _ source: any RandomAccessBytes, name: String, embedding: Set<String> = [], rowByteCountMax: Int = 64 << 20,
    isWanted: @escaping (String) -> Bool = { _ in true }
  ) throws {
    self.name = name
    byteCount = source.byteCount
    text = RowText(byteCountMax: textByteCount + rowByteCountMax + 1)
    textLeft = Limits.foreignTextByteCountMax(byteCount: source.byteCount)
    do {
      let footer = try ForeignFooter(of: source)
      let schema = try ForeignSchema(footer.schema, wanted: isWanted)
      let held = HeldBytes()
      nodes = schema.fields.map { field in
        RowNode(field) { leaf, isKey in
          ForeignColumn(
            leaf, of: source, held: held, embedsObjects: leaf.path.count == 1 && embedding.contains(leaf.path[0]),
            isKey: isKey)
        }
      }
      columns = nodes.flatMap(\.columns)
      (columnNames, rowCount, rowGroups) = (schema.names, footer.rowCount, footer.rowGroups)
      try Self.check(footer, columns: columns, leafCount: schema.leafCount, byteCount: source.byteCount)
    } catch let error as ParquetError {
      throw error.located(file: name)
    }
  }

  private static func check(
    _ footer: ForeignFooter, columns: [ForeignColumn], leafCount: Int, byteCount: Int
  ) throws {
    guard footer.rowCount <= Limits.foreignRowCountMax(byteCount: byteCount) else {
      throw tooDense("\(footer.rowCount) rows", byteCount)
    }
    var valueCount = 0
    for (index, group) in footer.rowGroups.enumerated() {
      guard group.chunks.count == leafCount else {
        throw ParquetError(
          .corruptFooter, "a row group has \(group.chunks.count) chunks of \(leafCount) columns", rowGroup: index)
      }
      for column in columns {
        let (sum, overflow) = valueCount.addingReportingOverflow(group.chunks[column.leaf.index].valueCount)
        valueCount = overflow ? .max : sum
      }
    }
    guard valueCount <= Limits.foreignValueCountMax(byteCount: byteCount) else {
      throw tooDense("\(valueCount) values", byteCount)
    }
  }

  private static func tooDense(_ what: String, _ byteCount: Int) -> ParquetError {
    ParquetError(
      .unsupported, "a file of \(byteCount) bytes announces \(what), more than are read of a file of this size",
      hint: "check where it comes from; if it is right, export it as JSON lines")
  }

  /// Fills the front of `room`, which is not empty, with text and says how many bytes; 0 at the end.
  ///
  /// Throws ``ParquetError`` that names file, column, row group and page, and what the source throws.
  package func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    if textTaken == text.count { try fill() }
    let count = min(room.count, text.count - textTaken)
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: text.bytes[textTaken..<textTaken + count]))
    textTaken += count
    return count
  }

  private func fill() throws {
    text.removeAll()
    textTaken = 0
    do {
      while text.count < textByteCount, try hasRow() {
        try RowNode.write(nodes, to: &text)
        text.fillUp()
        text.append(0x0A)
        rowsLeft -= 1
        rowsDone += 1
      }
    } catch let error as ParquetError {
      throw error.located(file: name, rowGroup: rowGroup)
    }
    textLeft -= text.count
    guard textLeft >= 0 else {
      throw Self.tooDense("such long rows", byteCount).located(file: name, rowGroup: rowGroup)
    }
  }

  /// Whether a row is left; goes to its row group.
  private func hasRow() throws -> Bool {
    while rowsLeft == 0 {
      if isGroupOpen {
        for column in columns { try column.close() }
        isGroupOpen = false
        rowGroup += 1
      }
      guard rowGroup < rowGroups.count else { return false }
      let group = rowGroups[rowGroup]
      for column in columns { try column.open(group.chunks[column.leaf.index]) }
      rowsLeft = group.rowCount
      isGroupOpen = true
    }
    return true
  }
}
