internal import Columns
internal import Events
internal import GRDB

/// The rows of a catalog that is made again.
struct RecoveredCatalog {
  struct Batch {
    var id: Int
    var arrival: Timestamp
    var totals: BatchTotals
    var quarantineFile: String?
  }

  private(set) var batches: [Batch] = []
  private(set) var sources: [(batch: Int, record: SourceRecord)] = []
  /// Batches of which nothing says how many duplicates they had.
  private(set) var hasBatchesWithoutAccount = false
  private let segments: [RecoveredSegments.File]
  private let files: RecoveredFiles
  private let facts: RecoveredFacts
  private let record: CommitRecord?
  private let settings: WorkspaceSettings

  /// - Throws: ``StoreError`` where the list of expired sources cannot be read.
  init(
    storeFolder: String, segments: [RecoveredSegments.File], files: RecoveredFiles,
    facts: RecoveredFacts, record: CommitRecord?, settings: WorkspaceSettings
  ) throws {
    (self.segments, self.files, self.facts, self.record, self.settings) = (segments, files, facts, record, settings)
    let named = SegmentFooter.joined(
      segments.map(\.footer.sources) + [try ExpiredSources(storeFolder: storeFolder).load()])
    let accounts = Dictionary((record?.batches ?? []).map { ($0.id, $0) }) { $1 }
    let stored = SegmentFooter.added(segments.map(\.footer.batches))
    var byID = Dictionary(stored.map { ($0.id, Batch(id: $0.id, arrival: $0.arrival, totals: BatchTotals())) }) { $1 }
    for batch in stored { byID[batch.id]?.totals.stored = batch.rowCount }
    for account in accounts.values where byID[account.id] == nil {
      byID[account.id] = Batch(id: account.id, arrival: account.arrival, totals: BatchTotals())
    }
    let arrival = stored.last?.arrival ?? Timestamp(microseconds: 0)
    // Batches that only expired segments came from are known by their sources.
    for batch in Set(named.map(\.batch)) where byID[batch] == nil {
      byID[batch] = Batch(id: batch, arrival: arrival, totals: BatchTotals())
    }
    for name in listFolder("\(storeFolder)/quarantine") {
      guard let id = Int(name.prefix { $0 != "." }), byID[id] != nil else { continue }
      let path = "\(storeFolder)/quarantine/\(name)"
      byID[id]?.quarantineFile = path
      byID[id]?.totals.rejected = try readFile(path).reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
    }
    if facts.record != nil, byID[facts.batch] == nil {
      byID[facts.batch] = Batch(id: facts.batch, arrival: arrival, totals: BatchTotals())
    }
    for (id, account) in accounts {
      byID[id]?.totals.duplicate = account.totals.duplicate
      byID[id]?.totals.rejected = account.totals.rejected
      byID[id]?.totals.conflicts = account.totals.conflicts
    }
    hasBatchesWithoutAccount = byID.keys.contains { accounts[$0] == nil }
    sources = named
    batches = byID.values.sorted { $0.id < $1.id }
    for index in batches.indices {
      let totals = batches[index].totals
      batches[index].totals.read = totals.stored + totals.duplicate + totals.rejected
    }
  }

  /// Makes the catalog in `folder`, whole and durable.
  func write(_ folder: String, now: Timestamp) throws {
    let catalog = try Catalog(storeFolder: folder, writable: true)
    try catalog.write { db in
      for (name, value) in settings.physical {
        try db.execute(sql: "INSERT INTO setting (name, value) VALUES (?, ?)", arguments: [name, value])
      }
      for batch in batches {
        try BatchWriter.insertBatch(
          db, id: batch.id, arrival: batch.arrival, totals: batch.totals, quarantine: batch.quarantineFile)
      }
      for source in sources { try source.record.insert(db, batch: source.batch) }
      try insertUpkeep(db, now: now)
      for file in segments { try insert(file, db) }
      try db.execute(
        sql: """
          INSERT INTO day (day, row_count, changed_at)
          SELECT s.day, SUM(s.row_count), MAX(b.arrived_at) FROM segment s JOIN batch b ON b.id = s.batch_id GROUP BY s.day
          """)
      try facts.insert(db, arrival: now)
      for file in files.members {
        try db.execute(
          sql: "INSERT INTO member_file (name, byte_count, entry_count) VALUES (?, ?, ?)",
          arguments: [file.name, file.byteCount, file.entryCount])
      }
      for day in files.duplicateDays {
        try db.execute(
          sql: "INSERT INTO duplicate_day (day, record_count, byte_count, written_at) VALUES (?, ?, ?, ?)",
          arguments: [
            CommunityDay(day.name)?.number ?? 0, day.entryCount, day.byteCount, (day.writtenAt ?? now).microseconds,
          ])
      }
    }
    try catalog.settle()
  }

  /// Upkeep is known by what it left: segments, and the limit of expiry.
  private func insertUpkeep(_ db: Database, now: Timestamp) throws {
    let written = Dictionary(grouping: segments.filter { $0.footer.upkeep != nil }) { $0.footer.upkeep ?? 0 }
    let last = max(record?.upkeep ?? 0, written.keys.max() ?? 0)
    let sql = "INSERT INTO upkeep (id, kind, finished_at, row_count, before_day) VALUES (?, ?, ?, ?, ?)"
    for (id, files) in written.sorted(by: { $0.key < $1.key }) {
      let kind: UpkeepKind = files.contains { $0.footer.replacesThrough != nil } ? .reindex : .compact
      let rows = files.reduce(0) { $0 + $1.record.rowCount }
      try db.execute(sql: sql, arguments: [id, kind.rawValue, now.microseconds, rows, nil])
    }
    // Expired rows are not counted as stored any more, so none are noted as gone.
    let rows = segments.reduce(0) { $0 + $1.record.rowCount }
    try db.execute(
      sql: sql,
      arguments: [last + 1, UpkeepKind.recover.rawValue, now.microseconds, rows, record?.expiredBefore?.number])
  }

  private func insert(_ file: RecoveredSegments.File, _ db: Database) throws {
    try file.record.insert(db, batch: file.footer.batches.last?.id ?? 0)
    if let upkeep = file.footer.upkeep {
      try db.execute(sql: "UPDATE segment SET upkeep_id = ? WHERE file = ?", arguments: [upkeep, file.record.file])
    }
  }
}
