internal import ArgumentParser
internal import Parquet
internal import Segments

struct StoreLayout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout", abstract: "How a segment lies on disk: row groups, columns, pages, encodings, sizes.",
    discussion: """
      Examples:
        muster store layout .muster/segments/day=2026-08-01/000001-0001.parquet
        muster store layout day=2026-08-01/000001-0001.parquet --pages
      """)

  @Argument(help: ArgumentHelp("A segment's path, also from segments/ on.", valueName: "file"))
  var file: String

  @Flag(help: "List every page.")
  var pages = false

  @OptionGroup var options: WorkspaceOptions

  func run() throws {
    let path = try resolved()
    let reader = try ParquetReader(OpenFile(reading: path), name: path)
    var lines = ["\(path): \(grouped(reader.rowCount)) rows, \(byteText(fileByteCount(path) ?? 0))"]
    for key in reader.metadata.keys.sorted() { lines.append("  \(key) = \(reader.metadata[key]!)") }
    for (number, group) in reader.rowGroups.enumerated() {
      lines.append("row group \(number): \(grouped(group.rowCount)) rows, \(byteText(group.compressedByteCount))")
      for (index, column) in reader.columns.enumerated() {
        lines += try columnLines(reader, column, index, group: number)
      }
    }
    Terminal.write(lines.joined(separator: "\n") + "\n")
  }

  private func resolved() throws -> String {
    let path = absolutePath(file, from: currentFolder)
    if fileExists(path) { return path }
    if let workspace = try? options.load() {
      let inStore = "\(workspace.storeFolder)/segments/\(file)"
      if fileExists(inStore) { return inStore }
    }
    throw StoreError(.notFound, "there is no such file", file: file, hint: "Segments lie under .muster/segments/.")
  }

  private func columnLines(_ reader: ParquetReader, _ column: ColumnDescription, _ index: Int, group: Int) throws
    -> [String]
  {
    let chunk = reader.rowGroups[group].chunks[index]
    let listed = try reader.pages(column: index, rowGroup: group)
    let encodings = chunk.encodings.map { "\($0)" }.joined(separator: " ")
    let bounds = [chunk.minimum, chunk.maximum].map { $0.map { "\($0)" } ?? "–" }.joined(separator: " … ")
    let name = column.name + String(repeating: " ", count: max(0, 12 - column.name.count))
    var lines = [
      "  \(name) \(chunk.codec) \(encodings), \(listed.count) pages, \(byteText(chunk.uncompressedByteCount)) → "
        + "\(byteText(chunk.compressedByteCount)), \(chunk.nullCount ?? 0) null, \(bounds)"
    ]
    guard pages else { return lines }
    for page in listed {
      let bounds = page.minimum.map { ", \($0) … \(page.maximum.map { "\($0)" } ?? "–")" } ?? ""
      lines.append(
        "    page \(page.index): \(page.kind) \(page.encoding), \(grouped(page.rowCount)) rows, "
          + "\(byteText(page.uncompressedByteCount)) → \(byteText(page.compressedByteCount)), "
          + "checksum \(page.hasValidChecksum ? "right" : "WRONG")\(bounds)")
    }
    return lines
  }
}
