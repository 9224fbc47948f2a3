package import Events
internal import GRDB

/// The first look at an experiment, and what it rested on.
package struct ExperimentState: Sendable, Equatable {
  package var name: String
  /// The instant of the first look; from it on ``referenceUnits`` stays.
  package var firstLook: Timestamp
  /// N*, which sets where the confidence sequence is tightest.
  package var referenceUnits: Double

  package init(name: String, firstLook: Timestamp, referenceUnits: Double) {
    (self.name, self.firstLook, self.referenceUnits) = (name, firstLook, referenceUnits)
  }
}

/// The record of first looks at experiments in a store's catalog.
package struct ExperimentLog: Sendable {
  private let catalog: Catalog

  /// A log to write to.
  /// - Throws: ``StoreError`` where the store cannot be written.
  package init(_ workspace: Workspace) throws {
    try makeFolder(workspace.storeFolder)
    catalog = try Catalog(storeFolder: workspace.storeFolder, writable: true)
    try catalog.pin(workspace.settings)
  }

  /// A log to read from: it changes nothing, also in a store older than experiments.
  package init(reading store: Store) { catalog = store.catalog }

  /// The first look; nil before it.
  package func state(of name: String) throws -> ExperimentState? {
    try catalog.read { db in
      guard try db.tableExists("experiment") else { return nil }
      return try Self.state(of: name, db)
    }
  }

  /// Remembers a look; of two first ones, taken at one time, the earlier stays.
  /// - Returns: what is known now.
  /// - Throws: ``StoreError`` `refused` where an earlier look was taken with another N*.
  @discardableResult
  package func save(_ look: ExperimentState) throws -> ExperimentState {
    try catalog.write { db in
      var state = look
      if let known = try Self.state(of: look.name, db) {
        guard known.referenceUnits == look.referenceUnits else { throw Self.changed(known, to: look.referenceUnits) }
        state.firstLook = min(known.firstLook, look.firstLook)
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO experiment (name, first_look_at, reference_units) VALUES (?, ?, ?)",
        arguments: [state.name, state.firstLook.microseconds, state.referenceUnits])
      return state
    }
  }

  /// Why N* stays: the intervals shown so far hold at all looks together only with the N* of the first.
  package static func changed(_ known: ExperimentState, to units: Double) -> StoreError {
    StoreError(
      .refused,
      "'\(known.name)' was first looked at on \(known.firstLook) with reference-units \(shortNumber(known.referenceUnits)), "
        + "which cannot become \(shortNumber(units))",
      hint: "Write reference-units: \(shortNumber(known.referenceUnits)), or run a new experiment under another name.")
  }

  private static func state(of name: String, _ db: Database) throws -> ExperimentState? {
    try Row.fetchOne(db, sql: "SELECT * FROM experiment WHERE name = ?", arguments: [name]).map { row in
      ExperimentState(
        name: name, firstLook: Timestamp(microseconds: row["first_look_at"]), referenceUnits: row["reference_units"])
    }
  }
}

/// Whole numbers without `.0`.
private func shortNumber(_ number: Double) -> String {
  number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
}
