internal import Events
internal import GRDB
internal import Glibc

/// Where a superseded segment waits for the end of the grace period.
/// - Parameter file: path below `segments/`.
func retiredPath(of file: String, storeFolder: String) -> String {
  "\(storeFolder)/retired/\(file.split(separator: "/").last ?? "")"
}

/// Superseded segments: out of `segments/` at once, gone when the grace period ends. For the holder of the lock.
struct RetiredFiles {
  let storeFolder: String
  let catalog: Catalog

  /// Moves what the catalog has retired out of `segments/`, as far as a killed process left it there.
  func moveAside() throws {
    let files = try catalog.read {
      try String.fetchAll($0, sql: "SELECT file FROM segment WHERE retired_at IS NOT NULL")
    }
    var folders: Set<Substring> = []
    for file in files {
      let path = "\(storeFolder)/segments/\(file)"
      guard fileExists(path) else { continue }
      try makeFolder("\(storeFolder)/retired")
      let target = retiredPath(of: file, storeFolder: storeFolder)
      guard rename(path, target) == 0 else {
        throw StoreError(.cannotWrite, "cannot move a superseded segment: \(systemMessage())", file: target)
      }
      ActivityIndexFiles(storeFolder: storeFolder).retire(file)
      folders.insert(file.prefix { $0 != "/" })
    }
    // A day without segments has no folder; one that holds others stays.
    for folder in folders { rmdir("\(storeFolder)/segments/\(folder)") }
  }

  /// What is past its time at `now`: paths below the store's folder.
  func overdue(_ now: Timestamp, settings: WorkspaceSettings) throws -> [String] {
    try overdueSegments(now, settings).map { "retired/\($0.name)" } + strangers(now, settings)
      + overdueQuarantine(now, settings).map { "quarantine/\($0.name)" }
  }

  /// Removes what is past its time at `now`.
  /// - Returns: how many files went.
  @discardableResult
  func remove(_ now: Timestamp, settings: WorkspaceSettings) throws -> Int {
    let (segments, quarantine) = (try overdueSegments(now, settings), try overdueQuarantine(now, settings))
    let strangers = try strangers(now, settings)
    for name in segments.map({ "retired/\($0.name)" }) + strangers + quarantine.map({ "quarantine/\($0.name)" }) {
      try removeFile("\(storeFolder)/\(name)")
    }
    for segment in segments { try removeFile("\(storeFolder)/retired/\(indexName(of: segment.name))") }
    if segments.isEmpty, quarantine.isEmpty { return strangers.count }
    try catalog.write { db in
      for segment in segments { try db.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment.id]) }
      for file in quarantine {
        try db.execute(sql: "UPDATE batch SET quarantine_file = NULL WHERE id = ?", arguments: [file.batch])
      }
    }
    return segments.count + quarantine.count + strangers.count
  }

  private func overdueSegments(_ now: Timestamp, _ settings: WorkspaceSettings) throws -> [(id: Int64, name: String)] {
    try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, file FROM segment WHERE retired_at IS NOT NULL AND retired_at <= ?",
        arguments: [now.adding(seconds: -settings.gracePeriodSeconds).microseconds])
    }.map { row in (row["id"], (row["file"] as String).split(separator: "/").last.map(String.init) ?? "") }
  }

  /// Files under `retired/` that the catalog does not know: what a crash left, moved there by a writer.
  private func strangers(_ now: Timestamp, _ settings: WorkspaceSettings) throws -> [String] {
    let names = listFolder("\(storeFolder)/retired")
    if names.isEmpty { return [] }
    let files = try catalog.read {
      try String.fetchAll($0, sql: "SELECT file FROM segment WHERE retired_at IS NOT NULL")
    }
    let known = Set(files.compactMap { $0.split(separator: "/").last.map(String.init) } + files.map(indexName))
    let limit = now.adding(seconds: -settings.gracePeriodSeconds)
    return names.filter { name in
      !known.contains(name) && movedAt("\(storeFolder)/retired/\(name)").map { $0 <= limit } == true
    }.map { "retired/\($0)" }
  }

  private func movedAt(_ path: String) -> Timestamp? {
    var information = stat()
    return stat(path, &information) == 0 ? Timestamp(seconds: Int64(information.st_ctim.tv_sec)) : nil
  }

  private func overdueQuarantine(_ now: Timestamp, _ settings: WorkspaceSettings) throws -> [(batch: Int, name: String)]
  {
    try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, quarantine_file FROM batch WHERE quarantine_file IS NOT NULL AND arrived_at <= ?",
        arguments: [now.adding(seconds: -Int64(settings.quarantineDays) * 86400).microseconds])
    }.map { row in (row["id"], (row["quarantine_file"] as String).split(separator: "/").last.map(String.init) ?? "") }
  }
}
