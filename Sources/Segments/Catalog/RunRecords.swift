package import Events
internal import GRDB

/// A run of a pipeline as the catalog remembers it.
package struct RunRecord: Sendable, Equatable {
  /// How far a run has come.
  package enum State: String, Sendable { case running, done, failed }

  package var id: Int64
  package var pipeline: String
  package var asOf: Timestamp?
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  package var state: State
  package var message: String?
}

/// The record of runs in a store's catalog.
package struct RunLog: Sendable {
  private let catalog: Catalog

  /// - Throws: ``StoreError`` where the store cannot be written.
  package init(_ workspace: Workspace) throws {
    try makeFolder(workspace.storeFolder)
    catalog = try Catalog(storeFolder: workspace.storeFolder, writable: true)
    try catalog.pin(workspace.settings)
  }

  /// Notes that a run has started; its number.
  package func start(_ pipeline: String, at instant: Timestamp) throws -> Int64 {
    try catalog.write { db in
      try db.execute(
        sql: "INSERT INTO run (pipeline, as_of, started_at, state) VALUES (?, 0, ?, 'running')",
        arguments: [pipeline, instant.microseconds])
      return db.lastInsertedRowID
    }
  }

  /// Notes how a run ended.
  package func finish(_ id: Int64, at instant: Timestamp, asOf: Timestamp?, state: RunRecord.State, message: String)
    throws
  {
    try catalog.write { db in
      try db.execute(
        sql: "UPDATE run SET finished_at = ?, as_of = ?, state = ?, message = ? WHERE id = ?",
        arguments: [instant.microseconds, asOf?.microseconds ?? 0, state.rawValue, message, id])
    }
  }

  /// The newest runs first.
  package func newest(_ count: Int) throws -> [RunRecord] {
    try catalog.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM run ORDER BY id DESC LIMIT ?", arguments: [count]).map { row in
        let asOf: Int64 = row["as_of"]
        return RunRecord(
          id: row["id"], pipeline: row["pipeline"], asOf: asOf == 0 ? nil : Timestamp(microseconds: asOf),
          startedAt: Timestamp(microseconds: row["started_at"]),
          finishedAt: (row["finished_at"] as Int64?).map { Timestamp(microseconds: $0) },
          state: RunRecord.State(rawValue: row["state"]) ?? .failed, message: row["message"])
      }
    }
  }
}
