internal import Columns
internal import Events
internal import Glibc

/// What a reindex has done so far: a folder under `staging/` that an interrupted call leaves and the next one takes up.
///
/// ```
/// staging/reindex/plan                      what is rewritten, and into what
/// staging/reindex/day=…/u000007-1001.parquet
/// staging/reindex/done-2026-08-01.json      the segments of that day, whole and synced
/// ```
struct ReindexStaging {
  let folder: String
  private let storeFolder: String

  init(storeFolder: String) {
    self.storeFolder = storeFolder
    folder = "\(storeFolder)/staging/reindex"
  }

  /// Keeps what lies there if it was made for `plan`, and begins anew otherwise.
  func take(up plan: String) throws {
    let file = "\(folder)/plan"
    if let bytes = try? readFile(file), bytes.elementsEqual(plan.utf8) { return }
    clear()
    try makeFolder(folder)
    try Array(plan.utf8).withUnsafeBytes { try writeFileDurably($0, to: file) }
  }

  func clear() { removeFolder(folder) }

  /// The segments of a day that is done; nil where it is not.
  func segments(of day: CommunityDay) -> [UpkeepSegment]? {
    let path = marker(day)
    guard let bytes = try? readFile(path),
      let list = try? YAMLValue(text: String(decoding: bytes, as: UTF8.self), file: path).list(),
      let segments = try? list.map({ try Self.segment($0, day: day) })
    else { return nil }
    // An interrupted switch has moved some of them.
    let isWhole = segments.allSatisfy { segment in
      [folder, "\(storeFolder)/segments"].contains {
        fileByteCount("\($0)/\(segment.record.file)") == segment.record.byteCount
      }
    }
    return isWhole ? segments : nil
  }

  /// Notes that a day is done: its files are durable before the note is.
  func finish(_ day: CommunityDay, _ segments: [UpkeepSegment]) throws {
    try syncFileSystem(of: folder)
    let list = segments.map { segment in
      let record = segment.record
      return "{\"file\":\(jsonText(record.file)),\"rows\":\(record.rowCount),\"bytes\":\(record.byteCount),"
        + "\"content\":\"\(record.content)\",\"tail_offset\":\(record.tailOffset),\"tail\":\"\(record.tail)\","
        + "\"ts_min\":\(record.timestamps.lowerBound),\"ts_max\":\(record.timestamps.upperBound),"
        + "\"batch\":\(segment.batch)}"
    }
    let text = "[" + list.joined(separator: ",") + "]\n"
    try Array(text.utf8).withUnsafeBytes { try writeFileDurably($0, to: marker(day)) }
  }

  private func marker(_ day: CommunityDay) -> String { "\(folder)/done-\(day).json" }

  private static func segment(_ yaml: YAMLValue, day: CommunityDay) throws -> UpkeepSegment {
    let keys = try yaml.mapping(knowing: [
      "file", "rows", "bytes", "content", "tail_offset", "tail", "ts_min", "ts_max", "batch",
    ])
    func text(_ key: String) throws -> String { try keys.require(key, of: yaml).string() }
    func count(_ key: String) throws -> Int { try keys.require(key, of: yaml).count() }
    func instant(_ key: String) throws -> Int64 { Int64(try keys.require(key, of: yaml).int(in: Int.min...Int.max)) }
    let (low, high) = (try instant("ts_min"), try instant("ts_max"))
    guard low <= high else { throw yaml.error("the instants are the wrong way round") }
    let record = SegmentRecord(
      day: day, file: try text("file"), rowCount: try count("rows"), byteCount: try count("bytes"),
      content: try text("content"), tailOffset: try count("tail_offset"), tail: try text("tail"),
      timestamps: low...high)
    return UpkeepSegment(record: record, batch: try count("batch"))
  }
}

/// Bytes that a file system has left for this process.
func freeByteCount(_ folder: String) throws -> Int {
  var information = statvfs()
  guard statvfs(folder, &information) == 0 else {
    throw StoreError(.cannotRead, "cannot ask the file system how much is free: \(systemMessage())", file: folder)
  }
  return Int(information.f_bavail) * Int(information.f_frsize)
}
