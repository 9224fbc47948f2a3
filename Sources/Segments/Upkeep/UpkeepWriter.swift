internal import Columns
internal import Events
internal import GRDB
internal import Glibc

/// A segment that upkeep wrote under `staging/`.
struct UpkeepSegment: Sendable, Equatable {
  var record: SegmentRecord
  /// The newest batch that gave rows.
  var batch: Int
}

/// What one transaction of upkeep changes.
struct UpkeepChange: Sendable {
  var kind: UpkeepKind
  var written: [UpkeepSegment] = []
  /// Superseded, or expired: they stay readable under `retired/` until the grace period ends.
  var retired: [SegmentRecord] = []
  var expiredBefore: CommunityDay?
  /// Physical settings that hold from here on.
  var settings: [String: String] = [:]
  /// Days counted anew by arrival: the records lie on other days than before.
  var changesDays = false
  /// Sidecars that go, by UTC day.
  var droppedDuplicateDays: [Int] = []
}

/// Changes segments without adding records: the holder of the writer's lock, in the same order as a batch.
///
/// ```
/// staging/upkeep/day=…/u000007-0001.parquet   written, synced
/// segments/day=…/u000007-0001.parquet         moved, synced
/// one transaction                             new ones in, old ones retired
/// retired/000012-0003.parquet                 moved out of segments/
/// ```
struct UpkeepWriter: ~Copyable {
  /// The number of the next transaction.
  private(set) var id: Int
  let now: Timestamp
  let folder: String
  let settings: WorkspaceSettings
  let catalog: Catalog
  private let lock: FileLock
  private var fileCount = 0

  /// Takes the lock and clears what a crash left.
  /// - Parameter reindexes: the settings may differ from those of the store, and staged days of an interrupted
  ///   reindex are kept.
  /// - Throws: ``StoreError`` `notFound`, `locked`, `settingsChanged`, `cannotWrite`, `corrupt`.
  init(_ workspace: Workspace, now: Timestamp, reindexes: Bool = false) throws {
    let (folder, settings) = (workspace.storeFolder, workspace.settings)
    guard fileExists("\(folder)/catalog.sqlite") || isFolder("\(folder)/segments") else {
      throw StoreError.noStore(folder)
    }
    let lock = try FileLock("\(folder)/writer.lock")
    let catalog = try Catalog(storeFolder: folder, writable: true)
    if !reindexes { try catalog.check(settings) }
    let snapshot = try catalog.snapshot()
    let last = try catalog.read { try Int.fetchOne($0, sql: "SELECT COALESCE(MAX(id), 0) FROM upkeep") ?? 0 }
    try RetiredFiles(storeFolder: folder, catalog: catalog).remove(now, settings: settings)
    try Leftovers(storeFolder: folder, catalog: catalog).clear(
      batchesAfter: snapshot.batch, keepingReindex: reindexes)
    try makeFolder("\(folder)/staging")
    (self.folder, self.settings, self.now) = (folder, settings, now)
    (self.lock, self.catalog, id) = (lock, catalog, last + 1)
  }

  deinit { removeFolder("\(folder)/staging/upkeep") }

  var staging: String { "\(folder)/staging/upkeep" }

  /// The name of the next file of a day, below `segments/`.
  mutating func nextName(_ day: CommunityDay) -> String {
    fileCount += 1
    return "day=\(day)/u\(zeroPadded(id, 6))-\(zeroPadded(fileCount, 4)).parquet"
  }

  /// Numbers the files that follow from `count` + 1 on.
  mutating func startNumbering(behind count: Int) { fileCount = count }

  /// Sorts, encodes and writes rows of one day. Costs memory for twice the rows.
  mutating func stage(_ rows: SegmentRows, footer: SegmentFooter, in folder: String? = nil) throws -> UpkeepSegment {
    let encoder = SegmentEncoder(
      schema: SegmentSchema(dimensions: settings.schema.dimensions, keepsEventID: rows.eventIDs != nil),
      provenance: footer.metadata)
    let job = SegmentJob(
      rows: rows, day: footer.day, encoder: encoder, passive: settings.schema.passiveEvents,
      folder: folder ?? staging, name: nextName(footer.day))
    return UpkeepSegment(record: try job.run().record, batch: footer.batches.last?.id ?? 0)
  }

  /// Makes a change visible: files first, then one transaction, then what is superseded moves aside.
  /// - Parameter staged: where the written segments lie; those that an interrupted call moved are in place already.
  mutating func commit(_ change: UpkeepChange, staged: String? = nil) throws {
    try syncFileSystem(of: folder)
    for segment in change.written { try move(segment.record, from: staged ?? staging) }
    if !change.written.isEmpty { try syncFileSystem(of: folder) }
    let (id, now, folder) = (id, now, folder)
    try catalog.write { db in
      try change.write(db, id: id, now: now)
      try CommitRecord.write(db, storeFolder: folder)
    }
    try RetiredFiles(storeFolder: folder, catalog: catalog).moveAside()
    removeFolder(staging)
    (self.id, fileCount) = (id + 1, 0)
  }

  private func move(_ record: SegmentRecord, from staged: String) throws {
    let (source, target) = ("\(staged)/\(record.file)", "\(folder)/segments/\(record.file)")
    try ActivityIndexFiles(storeFolder: folder).move(record, from: staged)
    if !fileExists(source), fileByteCount(target) == record.byteCount { return }
    try makeFolder("\(folder)/segments/day=\(record.day)")
    guard rename(source, target) == 0 else {
      throw StoreError(.cannotWrite, "cannot move a segment into place: \(systemMessage())", file: target)
    }
  }
}

extension UpkeepChange {
  func write(_ db: Database, id: Int, now: Timestamp) throws {
    let rows = kind == .expire ? retired.reduce(0) { $0 + $1.rowCount } : written.reduce(0) { $0 + $1.record.rowCount }
    precondition(kind == .expire || rows == retired.reduce(0) { $0 + $1.rowCount }, "upkeep neither adds nor drops")
    try db.execute(
      sql: "INSERT INTO upkeep (id, kind, finished_at, row_count, before_day) VALUES (?, ?, ?, ?, ?)",
      arguments: [id, kind.rawValue, now.microseconds, rows, expiredBefore?.number])
    for segment in retired {
      try db.execute(
        sql: "UPDATE segment SET retired_at = ? WHERE file = ? AND retired_at IS NULL",
        arguments: [now.microseconds, segment.file])
      guard db.changesCount == 1 else {
        throw StoreError(.corrupt, "the catalog does not know the segment any more", file: segment.file)
      }
    }
    for segment in written {
      try segment.record.insert(db, batch: segment.batch)
      try db.execute(sql: "UPDATE segment SET upkeep_id = ? WHERE file = ?", arguments: [id, segment.record.file])
    }
    for day in droppedDuplicateDays {
      try db.execute(sql: "DELETE FROM duplicate_day WHERE day = ?", arguments: [day])
    }
    for (name, value) in settings {
      try db.execute(sql: "UPDATE setting SET value = ? WHERE name = ?", arguments: [value, name])
    }
    if kind != .compact { try countDays(db, now: now) }
  }

  /// Days as their segments are now; when they last changed is kept unless records moved.
  private func countDays(_ db: Database, now: Timestamp) throws {
    if changesDays { try db.execute(sql: "DELETE FROM day") }
    try db.execute(
      sql: """
        DELETE FROM day WHERE day NOT IN (SELECT day FROM segment WHERE retired_at IS NULL);
        INSERT INTO day (day, row_count, changed_at)
        SELECT day, SUM(row_count), \(now.microseconds) FROM segment WHERE retired_at IS NULL GROUP BY day
        ON CONFLICT (day) DO UPDATE SET row_count = excluded.row_count;
        """)
  }
}
