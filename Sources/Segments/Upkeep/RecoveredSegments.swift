internal import Columns
internal import Events
internal import Parquet

/// The segment files of a store without its catalog, and which of them count.
struct RecoveredSegments {
  struct File {
    var record: SegmentRecord
    var footer: SegmentFooter
    /// Declared dimensions, as the columns say.
    var dimensions: [String]
    /// The greatest member key, nil where the file does not say.
    var maximumMember: Int?

    /// The batch that wrote it, by its footer or its name, whichever is later; nil where upkeep did.
    var batch: Int? {
      guard footer.upkeep == nil else { return nil }
      let name = record.file.split(separator: "/").last ?? ""
      return max(footer.batches.last?.id ?? 0, Int(name.prefix { $0 != "-" }) ?? 0)
    }
  }

  /// Those that count, by day and name.
  private(set) var counted: [File] = []
  /// Those that do not: paths below `segments/`, and why.
  private(set) var setAside: [(file: String, reason: String)] = []

  /// Reads every file under `segments/`, whole.
  /// - Throws: ``StoreError`` `corrupt` that names all damaged files.
  init(storeFolder: String, record: CommitRecord?, expiredBefore: CommunityDay?, progress: (Int, Int) -> Void) throws {
    let root = "\(storeFolder)/segments"
    let names = listFolder(root).flatMap { day in listFolder("\(root)/\(day)").map { "\(day)/\($0)" } }
      .filter { $0.hasSuffix(".parquet") }
    var files: [File] = []
    var damaged: [String] = []
    for (index, name) in names.enumerated() {
      progress(index, names.count)
      do { files.append(try Self.file(name, root: root)) } catch { damaged.append("\(error)") }
    }
    guard damaged.isEmpty else {
      throw StoreError(
        .corrupt, "\(damaged.count) segments cannot be read:\n  " + damaged.joined(separator: "\n  ") + "\n",
        file: root, hint: "Restore them from a copy, or move them away and lose their events, and run it again.")
    }
    sort(files, record: record, expiredBefore: expiredBefore)
  }

  private static func file(_ name: String, root: String) throws -> File {
    let path = "\(root)/\(name)"
    let bytes = try readFile(path)
    let parquet = try ParquetReader(OpenFile(reading: path), name: path)
    try parquet.check()
    let footer = try SegmentFooter(parquet)
    guard name.hasPrefix("day=\(footer.day)/") else {
      throw StoreError(.corrupt, "the segment is of \(footer.day)", file: path, hint: "Move it to its day's folder.")
    }
    // Behind the last chunk lie page indexes and footer.
    let tailOffset = parquet.tailOffset
    let (content, tail) = bytes.withUnsafeBytes {
      (ContentHash(of: $0), ContentHash(of: UnsafeRawBufferPointer(rebasing: $0[tailOffset...])))
    }
    guard let ts = bounds("ts", parquet) else {
      throw StoreError(.corrupt, "the segment does not say when its events happened", file: path)
    }
    let record = SegmentRecord(
      day: footer.day, file: name, rowCount: parquet.rowCount, byteCount: bytes.count, content: content.description,
      tailOffset: tailOffset, tail: tail.description, timestamps: ts)
    return File(
      record: record, footer: footer,
      dimensions: parquet.columns.map(\.name).filter { !EventSchema.reservedNames.contains($0) },
      maximumMember: bounds("member", parquet).map { Int(UInt32(truncatingIfNeeded: $0.upperBound)) })
  }

  private static func bounds(_ column: String, _ parquet: ParquetReader) -> ClosedRange<Int64>? {
    guard let index = parquet.column(named: column) else { return nil }
    var (low, high) = (Int64.max, Int64.min)
    for group in parquet.rowGroups {
      guard case .integer(let least)? = group.chunks[index].minimum,
        case .integer(let greatest)? = group.chunks[index].maximum
      else { return nil }
      (low, high) = (min(low, least), max(high, greatest))
    }
    return low <= high ? low...high : nil
  }

  /// Tells what counts from what a crash left and from what was superseded.
  private mutating func sort(_ files: [File], record: CommitRecord?, expiredBefore: CommunityDay?) {
    var open = files
    func setAside(_ reason: String, where isOut: (File) -> Bool, _ out: inout [(file: String, reason: String)]) {
      out += open.filter(isOut).map { ($0.record.file, reason) }
      open.removeAll(where: isOut)
    }
    var out: [(file: String, reason: String)] = []
    if let record {
      setAside("written by a batch that was never committed", where: { ($0.batch ?? 0) > record.batch }, &out)
      setAside("written by upkeep that was never committed", where: { ($0.footer.upkeep ?? 0) > record.upkeep }, &out)
    }
    // The newest upkeep first: what it supersedes says nothing any more.
    for upkeep in Set(open.compactMap(\.footer.upkeep)).sorted(by: >) {
      let written = open.filter { $0.footer.upkeep == upkeep }
      let through = written.compactMap(\.footer.replacesThrough).max()
      let named = Set(written.flatMap(\.footer.replaced))
      func isReplaced(_ file: File) -> Bool {
        if file.footer.upkeep == upkeep { return false }
        if named.contains(file.record.file) { return true }
        guard let through else { return false }
        return (file.footer.upkeep ?? 0) < upkeep && (file.batch ?? 0) <= through
      }
      let replacedRows = open.filter(isReplaced).reduce(0) { $0 + $1.record.rowCount }
      let rows = written.reduce(0) { $0 + $1.record.rowCount }
      // Upkeep neither adds nor drops: fewer rows than what it replaces are not all of it.
      if rows < replacedRows {
        setAside("written by upkeep that was never committed", where: { $0.footer.upkeep == upkeep }, &out)
      } else {
        setAside("superseded by upkeep \(upkeep)", where: isReplaced, &out)
      }
    }
    if let expiredBefore { setAside("of a day that expired", where: { $0.record.day < expiredBefore }, &out) }
    counted = open.sorted { ($0.record.day, $0.record.file) < ($1.record.day, $1.record.file) }
    self.setAside = out
  }
}
