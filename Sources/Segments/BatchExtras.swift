package import Columns
internal import Events
internal import GRDB

/// What a batch changes beside events: facts of members, quarantine that was read again, places in followed files.
package struct BatchExtras: Sendable {
  /// Rows of member facts that were stored, and of these the ones that replaced something.
  package var factsStored = 0
  package var factsReplaced = 0
  /// Sources of member facts that were read.
  package var factSources: [SourceRecord] = []
  /// Names of quarantine files whose remaining records went to this batch's quarantine.
  package var replayedFiles: [String] = []
  /// Records of quarantine that were read again: each was counted as read and rejected before.
  package var replayedCount = 0
  package var followed: [FollowedPosition] = []

  package init() {}

  /// Whether there is nothing to commit.
  package var isEmpty: Bool {
    factsStored == 0 && factSources.isEmpty && replayedFiles.isEmpty && replayedCount == 0 && followed.isEmpty
  }

  func write(_ db: Database, batch: Int, arrival: Timestamp, facts: FactsRecord?) throws {
    try facts?.insert(db, batch: batch, arrival: arrival, stored: factsStored, replaced: factsReplaced)
    for source in factSources { try source.insertOfFacts(db, batch: batch) }
    for position in followed { try position.write(db, batch: batch) }
    for name in replayedFiles {
      try db.execute(
        sql: "INSERT OR REPLACE INTO replayed_quarantine (file, batch_id) VALUES (?, ?)", arguments: [name, batch])
      try db.execute(
        sql: "UPDATE batch SET quarantine_file = NULL WHERE quarantine_file LIKE ?", arguments: ["%/\(name)"])
    }
  }
}

/// How much of a followed file was read.
package struct FollowedPosition: Sendable, Equatable {
  package var dataset: String
  package var device: Int64
  package var inode: Int64
  package var path: String
  package var byteCount: Int
  package var lineCount: Int
  /// Hash of the bytes that were read, as that of a source which ends there.
  package var content: ContentHash
  /// The same of the whole blocks alone, from which hashing goes on.
  package var blockHash: ContentHash
  /// The content that this file had when it was last committed: its source is replaced by the longer one.
  package var supersedes: ContentHash?

  package init(
    dataset: String, device: Int64, inode: Int64, path: String, byteCount: Int, lineCount: Int, content: ContentHash,
    blockHash: ContentHash, supersedes: ContentHash? = nil
  ) {
    self.dataset = dataset
    self.device = device
    self.inode = inode
    self.path = path
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.content = content
    self.blockHash = blockHash
    self.supersedes = supersedes
  }

  func write(_ db: Database, batch: Int) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO followed_file (dataset, device, inode, path, byte_count, line_count, content, block_hash,
        batch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        dataset, device, inode, path, byteCount, lineCount, content.description, blockHash.description, batch,
      ])
    guard let supersedes, supersedes != content else { return }
    try db.execute(
      sql: "DELETE FROM source WHERE dataset = ? AND content = ?", arguments: [dataset, supersedes.description])
  }
}

extension BatchWriter {
  /// Places in followed files that earlier batches left.
  package func followedFiles(dataset: String) throws -> [FollowedPosition] {
    try catalog.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM followed_file WHERE dataset = ?", arguments: [dataset]).map { row in
        FollowedPosition(
          dataset: dataset, device: row["device"], inode: row["inode"], path: row["path"],
          byteCount: row["byte_count"], lineCount: row["line_count"],
          content: ContentHash(row["content"] as String) ?? ContentHash(high: 0, low: 0),
          blockHash: ContentHash(row["block_hash"] as String) ?? ContentHash(high: 0, low: 0))
      }
    }
  }
}
