package import Columns
package import Events
internal import GRDB
internal import Glibc

/// A source as the catalog remembers it.
package struct SourceRecord: Sendable, Equatable {
  package var dataset: String
  package var path: String
  /// Hash of all raw bytes, and how many there were.
  package var content: ContentHash
  package var byteCount: Int
  /// Hash of the first ``SourceRecord/headByteCount`` raw bytes, or of all where there are fewer.
  package var head: ContentHash
  /// Decompressed bytes and lines read, where reading goes on when the source grows.
  package var consumedByteCount: Int
  package var lineCount: Int

  package static let headByteCount = 4096

  package init(
    dataset: String, path: String, content: ContentHash, byteCount: Int, head: ContentHash, consumedByteCount: Int,
    lineCount: Int
  ) {
    self.dataset = dataset
    self.path = path
    self.content = content
    self.byteCount = byteCount
    self.head = head
    self.consumedByteCount = consumedByteCount
    self.lineCount = lineCount
  }
}

/// The account of one call of ingest: `read = stored + duplicate + rejected`.
package struct BatchTotals: Sendable, Equatable {
  package var read = 0
  package var stored = 0
  package var duplicate = 0
  package var rejected = 0
  /// Records stored although another one has the same id: their content differs.
  package var conflicts = 0

  package init() {}
}

/// The one way to change a store: everything a batch writes becomes visible in one transaction, or not at all.
///
/// ```
/// var batch = try BatchWriter(workspace, arrival: now)      // takes the lock, clears what a crash left
/// let key = try batch.members.key(for: id)                  // new ids get keys
/// try batch.append(rows, day: day, sources: sources)        // staging/
/// try batch.commit(totals, sources: sources)                // dictionary, sync, move, one transaction
/// ```
/// Without `commit` nothing happened.
package struct BatchWriter: ~Copyable {
  package let id: Int
  package let arrival: Timestamp
  /// Records of earlier days are not taken: those days expired. Nil where none did.
  package let expiredBefore: CommunityDay?
  package var members: MemberDictionary
  package var duplicates: DuplicateCheck
  /// Facts of members, once ``loadFacts()`` has read them.
  package var facts: MemberFacts?
  package var extras = BatchExtras()
  /// The most rows that one of the last segments has: a guess at what a day brings.
  package let usualRowCount: Int
  let folder: String
  let staging: String
  let settings: WorkspaceSettings
  let catalog: Catalog
  let committedFacts: FactsRecord?
  private let lock: FileLock
  private var staged: [SegmentRecord] = []
  private var jobCount = 0
  private var quarantined: [UInt8] = []
  private var quarantineByteCount = 0
  private var duplicateDays: [DuplicateCheck.Committed]?
  /// The transaction was begun: what was appended may be in force, whatever is said of its end.
  private var mayBeCommitted = false

  /// - Parameter reopensClosedDays: records of days that have forgotten theirs are stored all the same.
  /// - Throws: ``StoreError`` `locked`, `settingsChanged`, `cannotWrite`, `corrupt`.
  package init(_ workspace: Workspace, arrival: Timestamp, reopensClosedDays: Bool = false) throws {
    let folder = workspace.storeFolder
    let settings = workspace.settings
    try makeFolder(folder)
    let lock = try FileLock("\(folder)/writer.lock")
    let catalog = try Catalog(storeFolder: folder, writable: true)
    try catalog.pin(settings)
    let snapshot = try catalog.snapshot()
    let id = snapshot.batch + 1
    let expiredBefore = try catalog.expiredBefore()
    try RetiredFiles(storeFolder: folder, catalog: catalog).remove(arrival, settings: settings)
    try Leftovers(storeFolder: folder, catalog: catalog).clear(batchesAfter: id - 1)
    try SupersededFiles(storeFolder: folder, catalog: catalog).clear(arrival: arrival)
    let staging = "\(folder)/staging/\(id)"
    try makeFolder(staging)
    let members = try MemberDictionary(of: snapshot, storeFolder: folder)
    let duplicates = try DuplicateCheck(
      catalog: catalog, storeFolder: folder, arrival: arrival, windowDays: settings.duplicateWindowDays,
      acceptsClosed: reopensClosedDays)
    (self.folder, self.settings, self.lock, self.catalog) = (folder, settings, lock, catalog)
    (self.id, self.arrival, self.staging, self.expiredBefore) = (id, arrival, staging, expiredBefore)
    committedFacts = snapshot.facts
    usualRowCount = snapshot.segments.suffix(Self.lastSegmentCount).map(\.rowCount).max() ?? 0
    (self.members, self.duplicates) = (members, duplicates)
    if id > 1 { renewDerived() }
  }

  private static let lastSegmentCount = 7

  deinit {
    removeFolder(staging)
    if mayBeCommitted { return }
    // What was written behind the committed parts would take room until the next batch.
    duplicates.withdraw()
    members.withdraw()
  }

  /// Sources that begin like `head`, longest first: a source that grew is the longest of which it is a continuation.
  package func sources(dataset: String, head: ContentHash) throws -> [SourceRecord] {
    try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM source WHERE dataset = ? AND head = ? ORDER BY byte_count DESC",
        arguments: [dataset, head.description]
      ).map(SourceRecord.init)
    }
  }

  /// Whether an earlier batch read a source of this content.
  package func hasSource(dataset: String, content: ContentHash) throws -> Bool {
    try catalog.read { db in
      try Bool.fetchOne(
        db, sql: "SELECT COUNT(*) > 0 FROM source WHERE dataset = ? AND content = ?",
        arguments: [dataset, content.description]) ?? false
    }
  }

  /// Shorter sources than a head have heads of their own; this finds them by length.
  package func shortSources(dataset: String) throws -> [SourceRecord] {
    try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM source WHERE dataset = ? AND byte_count < ? ORDER BY byte_count DESC",
        arguments: [dataset, SourceRecord.headByteCount]
      ).map(SourceRecord.init)
    }
  }

  /// Stages the rows of one day as a segment. Costs sorting, encoding and one write.
  /// - Parameter sources: read whole and not named before; the footer names them.
  package mutating func append(_ rows: SegmentRows, day: CommunityDay, sources: [SourceRecord]) throws {
    if rows.count == 0 { return }
    try add(job(rows, day: day, sources: sources).run())
  }

  /// The work of staging the rows of one day, to be run anywhere; its result is given to ``add(_:)``.
  package mutating func job(_ rows: SegmentRows, day: CommunityDay, sources: [SourceRecord]) -> SegmentJob {
    jobCount += 1
    let name = "day=\(day)/\(zeroPadded(id, 6))-\(zeroPadded(jobCount, 4)).parquet"
    let encoder = SegmentEncoder(
      schema: SegmentSchema(dimensions: settings.schema.dimensions, keepsEventID: settings.keepsEventID),
      provenance: [
        ("muster.format", "1"), ("muster.day", day.description), ("muster.time_zone", settings.timeZone),
        ("muster.batch", String(id)), ("muster.arrived_at", arrival.description),
        ("muster.sources", "[" + sources.map(\.json).joined(separator: ",") + "]"),
      ])
    return SegmentJob(
      rows: rows, day: day, encoder: encoder, passive: settings.schema.passiveEvents, folder: staging, name: name)
  }

  /// Takes what a job staged; jobs may end in any order.
  package mutating func add(_ segment: StagedSegment) throws {
    let events = segment.eventNames.map { name in
      Array(name.utf8).withUnsafeBytes { members.eventCode(for: $0) }
    }
    guard members.eventNameCount <= StoreLimits.eventNameCountMax else {
      throw StoreError(
        .configuration, "the log has more than \(StoreLimits.eventNameCountMax) event names",
        hint: "Map the field to a dimension, and a constant or a coarser field to the event.")
    }
    members.note(segment, events: events)
    staged.append(segment.record)
  }

  /// Keeps the text of a rejected record: one JSON object a line.
  package mutating func setAside(rejected line: [UInt8]) throws {
    quarantined += line
    if quarantined.count > 1 << 20 { try stageQuarantine() }
  }

  private mutating func stageQuarantine() throws {
    if quarantined.isEmpty { return }
    try quarantined.withUnsafeBytes { try appendToFile($0, to: "\(staging)/quarantine", at: quarantineByteCount) }
    quarantineByteCount += quarantined.count
    quarantined = []
  }

  /// Where the rejected records of this batch will lie.
  package var quarantineFile: String { "\(folder)/quarantine/\(zeroPadded(id, 6)).jsonl" }

  /// Writes what is settled once the last record was read, ids and sidecars: work to be done beside the last segments.
  package mutating func finishReading() throws {
    duplicateDays = try duplicates.stage()
    try members.stageIDs()
  }

  /// Makes the batch visible: dictionary and sidecars first, then the files, then one transaction.
  /// - Precondition: `totals` add up, and `stored` is what was appended.
  package consuming func commit(_ totals: BatchTotals, sources: [SourceRecord]) throws {
    precondition(totals.read == totals.stored + totals.duplicate + totals.rejected, "every record is accounted for")
    precondition(
      totals.stored == staged.reduce(extras.factsStored) { $0 + $1.rowCount }, "what is counted as stored was staged")
    if duplicateDays == nil { try finishReading() }
    let duplicateDays = duplicateDays ?? []
    let memberFiles = try members.stage()
    let facts = try stageFacts()
    for folderName in ["segments", "retired", "quarantine", "index", "published"] {
      try makeFolder("\(folder)/\(folderName)")
    }
    try stageQuarantine()
    try syncFileSystem(of: folder)
    let indexes = ActivityIndexFiles(storeFolder: folder)
    for segment in staged {
      let target = "\(folder)/segments/\(segment.file)"
      try makeFolder("\(folder)/segments/day=\(segment.day)")
      guard rename("\(staging)/\(segment.file)", target) == 0 else {
        throw StoreError(.cannotWrite, "cannot move a segment into place: \(systemMessage())", file: target)
      }
      try indexes.move(segment, from: staging)
    }
    if !staged.isEmpty { try syncFileSystem(of: folder) }
    if let facts { try moveFile("\(staging)/\(facts.file)", to: "\(folder)/members/\(facts.file)") }
    if quarantineByteCount > 0 { try moveFile("\(staging)/quarantine", to: quarantineFile) }
    let quarantine = quarantineByteCount > 0 ? quarantineFile : nil
    let (id, arrival, staged, extras, folder) = (id, arrival, staged, extras, folder)
    var totals = totals
    totals.read -= extras.replayedCount
    totals.rejected -= extras.replayedCount
    mayBeCommitted = true
    try catalog.write { db in
      try Self.insertBatch(db, id: id, arrival: arrival, totals: totals, quarantine: quarantine)
      try memberFiles.write(db)
      for day in duplicateDays { try day.write(db, arrival: arrival) }
      for segment in staged { try segment.insert(db, batch: id) }
      try extras.write(db, batch: id, arrival: arrival, facts: facts)
      for source in sources { try source.insert(db, batch: id) }
      for day in Set(staged.map(\.day.number)).sorted() {
        let rows = staged.filter { $0.day.number == day }.reduce(0) { $0 + $1.rowCount }
        try db.execute(
          sql: """
            INSERT INTO day (day, row_count, changed_at) VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE
            SET row_count = row_count + excluded.row_count, changed_at = excluded.changed_at
            """, arguments: [day, rows, arrival.microseconds])
      }
      try CommitRecord.write(db, storeFolder: folder)
    }
    for name in extras.replayedFiles { try removeFile("\(folder)/quarantine/\(name)") }
    let (members, staging) = (members, staging)
    let store = try? Store(folder: folder, settings: settings, catalog: catalog)
    _ = together {
      members.writeTable(beside: staging)
    } _: {
      if let store, let snapshot = try? store.snapshot() { try? store.renewFirstDays(snapshot) }
    }
  }

  /// Inserts the account of a batch.
  static func insertBatch(
    _ db: Database, id: Int, arrival: Timestamp, totals: BatchTotals, quarantine: String?
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO batch (id, arrived_at, read_count, stored_count, duplicate_count, rejected_count, conflict_count,
        quarantine_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, arrival.microseconds, totals.read, totals.stored, totals.duplicate, totals.rejected, totals.conflicts,
        quarantine,
      ])
  }
}

/// `number` with leading zeros.
func zeroPadded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
