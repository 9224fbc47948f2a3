internal import Columns
package import Events
internal import GRDB
internal import Glibc

/// Makes a lost or damaged catalog again from what lies beside it: footers of segments say days, batches and sources,
/// `committed.json` says how much of the growing files counts.
package struct Recovery: Sendable {
  /// What was found, and what could not be.
  package struct Outcome: Sendable {
    /// The catalog was sound, and nothing was changed.
    package var wasSound = false
    package var segmentCount = 0
    package var rowCount = 0
    package var dayCount = 0
    package var batchCount = 0
    package var sourceCount = 0
    package var memberCount = 0
    /// Files under `segments/` that do not count, and why; they move to `retired/`.
    package var setAside: [(file: String, reason: String)] = []
    /// Members whose facts are in force again.
    package var factCount = 0
    /// What is gone for good.
    package var lost: [String] = []
    /// What could not be proven.
    package var doubts: [String] = []
  }

  private let workspace: Workspace
  private var folder: String { workspace.storeFolder }

  package init(_ workspace: Workspace) { self.workspace = workspace }

  /// Builds the new catalog beside and gives it its name at the end: killed at any instant, it is run again.
  /// - Throws: ``StoreError`` `corrupt` where the dictionary is lost or a segment is damaged; `settingsChanged` where
  ///   segments were made with other settings; `locked`; `notFound`. The files of the store are as they were.
  package func run(now: Timestamp, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws -> Outcome {
    guard isFolder("\(folder)/segments") || fileExists("\(folder)/catalog.sqlite") else {
      throw StoreError.noStore(folder)
    }
    let lock = try FileLock("\(folder)/writer.lock")
    defer { withExtendedLifetime(lock) {} }
    if try isSound() {
      var outcome = Outcome()
      outcome.wasSound = true
      return outcome
    }
    let record = CommitRecord(storeFolder: folder)
    let segments = try RecoveredSegments(
      storeFolder: folder, record: record, expiredBefore: record?.expiredBefore, progress: progress)
    try checkSettings(segments, record: record)
    let memberCountMin = segments.counted.compactMap(\.maximumMember).max().map { $0 + 1 } ?? 0
    let arrival = segments.counted.compactMap { $0.footer.batches.last?.arrival }.max() ?? now
    let files = try RecoveredFiles(
      storeFolder: folder, record: record, memberCountMin: memberCountMin, arrival: arrival)
    let facts = RecoveredFacts(storeFolder: folder, lastBatch: record?.batch, memberCount: files.memberCount)
    let content = try RecoveredCatalog(
      storeFolder: folder, segments: segments.counted, files: files, facts: facts, record: record,
      settings: workspace.settings)
    let beside = "\(folder)/staging/recover"
    removeFolder(beside)
    try makeFolder(beside)
    try content.write(beside, now: now)
    try replaceCatalog(with: "\(beside)/catalog.sqlite")
    removeFolder(beside)
    let catalog = try Catalog(storeFolder: folder, writable: true)
    let leftovers = Leftovers(storeFolder: folder, catalog: catalog)
    for file in segments.setAside { try leftovers.setAside(file.file) }
    try DerivedFiles(storeFolder: folder, settings: workspace.settings, catalog: catalog).renewMissing()
    return outcome(segments, files, facts, content, record)
  }

  /// Whether the catalog can be read, is whole, and has its tables.
  /// - Throws: ``StoreError`` where that cannot be told: it is in use, may not be read, or is of another version.
  private func isSound() throws -> Bool {
    guard fileByteCount("\(folder)/catalog.sqlite") ?? 0 > 0 else { return false }
    do {
      let catalog = try Catalog(storeFolder: folder, writable: false)
      let verdict = try catalog.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
      _ = try catalog.snapshot()
      return verdict == ["ok"]
    } catch let error as StoreError {
      if [.corrupt, .notFound].contains(error.code) || error.message.contains("no such") { return false }
      throw error
    }
  }

  /// The settings that segments were made with must be those of `muster.yaml`: nothing else says them for sure.
  private func checkSettings(_ segments: RecoveredSegments, record: CommitRecord?) throws {
    var made = record?.settings ?? [:]
    for file in segments.counted {
      let own = ["time-zone": file.footer.timeZone, "dimensions": file.dimensions.joined(separator: ",")]
      for (name, value) in own where made[name] != value {
        if made[name] != nil {
          throw StoreError(
            .corrupt, "segments were made with different \(name): '\(made[name] ?? "")' and '\(value)'",
            file: "\(folder)/segments/\(file.record.file)", hint: "Move away those that do not belong to the store.")
        }
        made[name] = value
      }
    }
    try Catalog.compare(made, with: workspace.settings, file: "\(folder)/segments")
  }

  /// Keeps what is left of the old catalog under `retired/`, and puts the new one in its place. The write-ahead log
  /// of the old one goes first: it must never be applied to the new one.
  private func replaceCatalog(with path: String) throws {
    let old = "\(folder)/catalog.sqlite"
    try makeFolder("\(folder)/retired")
    for suffix in ["-wal", "-shm", ""] where fileExists(old + suffix) {
      try moveFile(old + suffix, to: "\(folder)/retired/damaged-catalog.sqlite\(suffix)")
    }
    try syncFileSystem(of: folder)
    try moveFile(path, to: old)
  }

  private func outcome(
    _ segments: RecoveredSegments, _ files: RecoveredFiles, _ facts: RecoveredFacts, _ content: RecoveredCatalog,
    _ record: CommitRecord?
  ) -> Outcome {
    var outcome = Outcome()
    outcome.segmentCount = segments.counted.count
    outcome.rowCount = segments.counted.reduce(0) { $0 + $1.record.rowCount }
    outcome.dayCount = Set(segments.counted.map(\.record.day)).count
    outcome.batchCount = content.batches.count
    outcome.sourceCount = content.sources.count
    outcome.memberCount = files.memberCount
    outcome.factCount = facts.record?.rowCount ?? 0
    outcome.setAside = segments.setAside
    outcome.doubts = files.doubts + facts.doubts
    outcome.lost = ["runs of pipelines", "looks at experiments", "annotations", "places in followed files"]
    if facts.record != nil {
      outcome.lost.append("which files of member facts were read: read again, they change nothing")
    }
    if let record, record.rowCount > outcome.rowCount {
      outcome.lost.append("\(record.rowCount - outcome.rowCount) events: segments are gone")
    }
    if content.hasBatchesWithoutAccount {
      outcome.lost.append("how many duplicates and conflicts batches had that are not among the last 100")
    }
    if record == nil { outcome.doubts.append("whether days had expired: run `muster store expire` again") }
    return outcome
  }
}
