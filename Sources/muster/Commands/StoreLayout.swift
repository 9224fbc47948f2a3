internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Parquet
internal import Segments

struct StoreLayout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout", abstract: "How a segment lies on disk: row groups, columns, pages, encodings, sizes.",
    discussion: """
      Without a file: which segments, row groups and pages a question would read, and why others are skipped.

      Examples:
        muster store layout .muster/segments/day=2026-08-01/000001-0001.parquet
        muster store layout day=2026-08-01/000001-0001.parquet --pages
        muster store layout --event comment --where "platform = 'ios'" --from 2026-08-01
      """)

  @Argument(help: ArgumentHelp("A segment's path, also from segments/ on.", valueName: "file"))
  var file: String?

  @Option(name: .customLong("where"), help: ArgumentHelp("The condition of a question.", valueName: "expr"))
  var condition: String?

  @Option(help: ArgumentHelp("Only this event; may stand several times.", valueName: "name"))
  var event: [String] = []

  @Option(help: ArgumentHelp("First community day of a question.", valueName: "day"))
  var from: CommunityDay?

  @Option(help: ArgumentHelp("Last community day of a question.", valueName: "day"))
  var to: CommunityDay?

  @Flag(help: "List every page.")
  var pages = false

  @OptionGroup var options: WorkspaceOptions

  func validate() throws {
    guard file == nil || condition == nil && event.isEmpty && from == nil && to == nil else {
      throw ValidationError("A file is shown as it is; leave it out to ask what a question would read.")
    }
  }

  func run() throws {
    if let from, let to, from > to { throw ValidationError("--from lies after --to.") }
    guard let file else { return Terminal.write(try survey().text()) }
    let path = try resolved(file)
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

  private func resolved(_ file: String) throws -> String {
    let path = absolutePath(file, from: currentFolder)
    if fileExists(path) { return path }
    if let workspace = try? options.load() {
      let inStore = "\(workspace.storeFolder)/segments/\(file)"
      if fileExists(inStore) { return inStore }
    }
    throw StoreError(.notFound, "there is no such file", file: file, hint: "Segments lie under .muster/segments/.")
  }

  private func survey() throws -> StoreLayoutSurvey {
    let workspace = try options.load()
    let filter = try condition.map { try Filter($0, dimensions: workspace.settings.schema.dimensions) }
    let events = event.isEmpty ? [] : [ColumnCondition("event", .isAmong(event))]
    let others = (filter?.columns ?? []).subtracting(["event"]).sorted()
    let days =
      from == nil && to == nil ? nil : (from ?? CommunityDay(.min))...max(from ?? .init(.min), to ?? .init(.max))
    return StoreLayoutSurvey(
      store: try Store(reading: workspace), days: days, conditions: events + (filter?.conditions ?? []),
      columns: ["event", "member"] + others)
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
