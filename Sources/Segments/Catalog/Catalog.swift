internal import Events
internal import GRDB

/// The SQLite database that says what the store holds. One writer, any number of readers, also in other processes.
package final class Catalog: Sendable {
  /// Of segments, member files and sidecars.
  static let format = "1"
  let database: DatabaseQueue
  private let writable: Bool
  /// Set where it is read as a file that does not change.
  private let resting: RestingCatalog?
  package let path: String

  /// Opens the catalog of a store, making it where it is new.
  /// - Throws: ``StoreError`` `corrupt` where the catalog is gone but its segments are there.
  package init(storeFolder: String, writable: Bool) throws {
    path = "\(storeFolder)/catalog.sqlite"
    let hasSegments = listFolder("\(storeFolder)/segments").contains { $0.hasPrefix("day=") }
    if hasSegments, fileByteCount(path) ?? 0 == 0 {
      throw StoreError(
        .corrupt, "the catalog is missing or empty, but there are segments", file: path,
        hint: "Rebuild it with `muster store recover`, or restore it from a copy. Nothing was changed.")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.readonly = !writable
    configuration.prepareDatabase { db in
      if writable { try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
    }
    self.writable = writable
    (database, resting) = try Self.reporting(path, writable) { [path] in
      let resting = writable ? nil : RestingCatalog(path)
      do { return (try DatabaseQueue(path: path, configuration: configuration), nil) } catch let error as DatabaseError
      {
        guard let resting, [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) else { throw error }
        return (try DatabaseQueue(path: resting.immutableName, configuration: configuration), resting)
      }
    }
    guard try isMade || writable else { throw StoreError.noStore(storeFolder) }
    if hasSegments, try !isMade {
      throw StoreError(
        .corrupt, "the catalog holds nothing, but there are segments", file: path,
        hint: "Rebuild it with `muster store recover`, or restore it from a copy. Nothing was changed.")
    }
    if writable { try Self.reporting(path, writable) { try Self.migrator.migrate(database) } }
    if let format = try setting("format"), format != Self.format {
      throw StoreError(
        .settingsChanged, "the store has format \(format), this program knows format \(Self.format)", file: path,
        hint: "Use the program that wrote it, or a newer one.")
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    let result = try Self.reporting(path, writable) { try database.read(body) }
    try resting?.check()
    return result
  }

  func write<T>(_ body: (Database) throws -> T) throws -> T {
    try Self.reporting(path, writable) { try database.write(body) }
  }

  /// Moves all that was written into the database's own file, durably: it can be moved then.
  func settle() throws {
    try Self.reporting(path, writable) { _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
  }

  /// Whether the tables are there.
  private var isMade: Bool {
    get throws { try read { try $0.tableExists("setting") } }
  }

  private static func reporting<T>(_ path: String, _ writable: Bool, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        throw StoreError(.locked, "the catalog is in use", file: path, hint: "Try again when the other process ends.")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        throw StoreError(
          .corrupt, "the catalog is damaged: \(error.message ?? "")", file: path,
          hint: "Rebuild it with `muster store recover`, or restore it from a copy.")
      case .SQLITE_CANTOPEN where !writable, .SQLITE_READONLY where !writable, .SQLITE_PERM where !writable:
        throw StoreError(
          .cannotRead, "the catalog cannot be opened: \(error.message ?? "")", file: path,
          hint:
            "The account must be allowed to read it and, while it is being written, the files beside it; or ask again.")
      case .SQLITE_IOERR where !writable:
        throw StoreError(
          .cannotRead, "the catalog cannot be read: \(error.message ?? "")", file: path,
          hint: "Check the disk and ask again.")
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_PERM:
        throw StoreError(.cannotWrite, "the catalog cannot be written: \(error.message ?? "")", file: path)
      default: throw StoreError(.cannotRead, "the catalog: \(error)", file: path)
      }
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: the store") { try $0.execute(sql: CatalogSchema.first) }
    migrator.registerMigration("facts: members, followed files, replayed quarantine") {
      try $0.execute(sql: CatalogSchema.facts)
    }
    migrator.registerMigration("2: upkeep") { try $0.execute(sql: CatalogSchema.upkeep) }
    migrator.registerMigration("3: experiments") { try $0.execute(sql: CatalogSchema.experiments) }
    return migrator
  }
}

extension Catalog {
  /// What the store was made with; nil in a store that was never written.
  func setting(_ name: String) throws -> String? {
    try read { try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]) }
  }

  /// Remembers the physical settings of a new store, or compares them with those it was made with.
  /// - Throws: ``StoreError`` `settingsChanged`.
  func pin(_ settings: WorkspaceSettings) throws {
    let old = try read(Self.settings)
    for (name, value) in settings.physical where old[name] == nil {
      try write {
        try $0.execute(sql: "INSERT INTO setting (name, value) VALUES (?, ?)", arguments: [name, value])
      }
    }
    try Self.compare(old, with: settings, file: path)
  }

  /// Compares the physical settings without writing.
  func check(_ settings: WorkspaceSettings) throws {
    try Self.compare(read(Self.settings), with: settings, file: path)
  }

  /// What the store was made with, by name.
  static func settings(_ db: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM setting")
    return Dictionary(rows.map { ($0["name"] as String, $0["value"] as String) }) { $1 }
  }

  /// - Throws: ``StoreError`` `settingsChanged` at the first physical setting that is another one.
  static func compare(_ old: [String: String], with settings: WorkspaceSettings, file: String) throws {
    for (name, new) in settings.physical.sorted(by: { $0.key < $1.key }) {
      guard let old = old[name], old != new else { continue }
      throw StoreError(
        .settingsChanged, "the store was made with \(name) '\(old)', muster.yaml says '\(new)'", file: file,
        hint: "Apply the change with `muster store reindex` (--dry-run says what it costs), or put the old value back.")
    }
  }
}

extension WorkspaceSettings {
  /// The settings that decide how rows lie in segments, as the catalog keeps them.
  var physical: [String: String] {
    ["format": Catalog.format, "time-zone": timeZone, "dimensions": schema.dimensions.joined(separator: ",")]
  }
}
