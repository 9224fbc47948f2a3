internal import Columns
internal import Events
internal import GRDB

extension CatalogSchema {
  /// Member facts, followed files, and quarantine that was read again.
  static let facts = """
    -- Facts of members: the file that is not retired holds all that are in force. stored_count are rows of its batch.
    CREATE TABLE fact_file (
      id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES batch (id), file TEXT NOT NULL UNIQUE,
      row_count INTEGER NOT NULL, byte_count INTEGER NOT NULL, content TEXT NOT NULL, tail_offset INTEGER NOT NULL,
      tail TEXT NOT NULL, stored_count INTEGER NOT NULL, replaced_count INTEGER NOT NULL, retired_at INTEGER);

    -- What was last read of each path of a dataset of members: a file that went back to older content is read again.
    CREATE TABLE fact_source (
      dataset TEXT NOT NULL, path TEXT NOT NULL, batch_id INTEGER NOT NULL, content TEXT NOT NULL,
      byte_count INTEGER NOT NULL, head TEXT NOT NULL, consumed_byte_count INTEGER NOT NULL,
      line_count INTEGER NOT NULL, PRIMARY KEY (dataset, path)) WITHOUT ROWID;

    -- Where following goes on: of each file, by device and inode, how much was read, and the hash of its whole blocks.
    CREATE TABLE followed_file (
      dataset TEXT NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL, path TEXT NOT NULL,
      byte_count INTEGER NOT NULL, line_count INTEGER NOT NULL, content TEXT NOT NULL, block_hash TEXT NOT NULL,
      batch_id INTEGER NOT NULL, PRIMARY KEY (dataset, device, inode)) WITHOUT ROWID;

    -- Files under quarantine/ whose records were read again; what was still rejected lies in the file of batch_id.
    CREATE TABLE replayed_quarantine (file TEXT PRIMARY KEY, batch_id INTEGER NOT NULL) WITHOUT ROWID;
    """
}

extension FactsRecord {
  /// The facts in force; nil where there are none, or the catalog is older than facts.
  static func newest(_ db: Database) throws -> FactsRecord? {
    guard try db.tableExists("fact_file") else { return nil }
    return try Row.fetchOne(db, sql: "SELECT * FROM fact_file WHERE retired_at IS NULL ORDER BY id DESC LIMIT 1")
      .map { row in
        FactsRecord(
          file: row["file"], rowCount: row["row_count"], byteCount: row["byte_count"], content: row["content"],
          tailOffset: row["tail_offset"], tail: row["tail"])
      }
  }

  func insert(_ db: Database, batch: Int, arrival: Timestamp, stored: Int, replaced: Int) throws {
    try db.execute(
      sql: "UPDATE fact_file SET retired_at = ? WHERE retired_at IS NULL", arguments: [arrival.microseconds])
    try db.execute(
      sql: """
        INSERT INTO fact_file (batch_id, file, row_count, byte_count, content, tail_offset, tail, stored_count,
        replaced_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, arguments: [batch, file, rowCount, byteCount, content, tailOffset, tail, stored, replaced])
  }
}

extension SourceRecord {
  /// Remembers a source of member facts as the last one of its path.
  func insertOfFacts(_ db: Database, batch: Int) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO fact_source (dataset, path, batch_id, content, byte_count, head, consumed_byte_count,
        line_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        dataset, path, batch, content.description, byteCount, head.description, consumedByteCount, lineCount,
      ])
  }
}

extension BatchWriter {
  /// What was last read of `path` through a dataset of members.
  package func factSources(dataset: String, path: String) throws -> [SourceRecord] {
    try catalog.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM fact_source WHERE dataset = ? AND path = ?", arguments: [dataset, path]
      ).map(SourceRecord.init)
    }
  }
}

/// Files of member facts, and quarantine that was replayed, which nobody needs any more.
struct SupersededFiles {
  let storeFolder: String
  let catalog: Catalog

  /// Removes facts that no committed batch names, facts that were replaced long enough before `arrival` that no reader
  /// holds them, and replayed quarantine that a crash left.
  func clear(arrival: Timestamp) throws {
    let (kept, replayed) = try catalog.read { db in
      (
        Set(
          try String.fetchAll(
            db, sql: "SELECT file FROM fact_file WHERE retired_at IS NULL OR retired_at >= ?",
            arguments: [arrival.adding(seconds: -StoreLimits.retiredFactsSecondsMin).microseconds])),
        try String.fetchAll(db, sql: "SELECT file FROM replayed_quarantine")
      )
    }
    for name in listFolder("\(storeFolder)/members") where name.hasPrefix("facts-") && !kept.contains(name) {
      try removeFile("\(storeFolder)/members/\(name)")
    }
    for name in replayed { try removeFile("\(storeFolder)/quarantine/\(name)") }
  }
}
