internal import Events
internal import GRDB

/// The SQLite database that says what the store holds. One writer, any number of readers, also in other processes.
package final class Catalog: Sendable {
  /// Of segments, member files and sidecars.
  private static let format = "1"
  let database: DatabaseQueue
  private let writable: Bool
  package let path: String

  /// Opens the catalog of a store, making it where it is new.
  /// - Throws: ``StoreError`` `corrupt` where the catalog is gone but its segments are there.
  package init(storeFolder: String, writable: Bool) throws {
    path = "\(storeFolder)/catalog.sqlite"
    let hasSegments = listFolder("\(storeFolder)/segments").contains { $0.hasPrefix("day=") }
    if hasSegments, fileByteCount(path) ?? 0 == 0 {
      throw StoreError(
        .corrupt, "the catalog is missing or empty, but there are segments", file: path,
        hint: "Restore catalog.sqlite from a copy. Nothing was changed.")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.readonly = !writable
    configuration.prepareDatabase { db in
      if writable { try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
    }
    self.writable = writable
    database = try Self.reporting(path, writable) { [path] in
      try DatabaseQueue(path: path, configuration: configuration)
    }
    guard try isMade || writable else { throw StoreError.noStore(storeFolder) }
    if hasSegments, try !isMade {
      throw StoreError(
        .corrupt, "the catalog holds nothing, but there are segments", file: path,
        hint: "Restore catalog.sqlite from a copy. Nothing was changed.")
    }
    if writable { try Self.reporting(path, writable) { try Self.migrator.migrate(database) } }
    if let format = try setting("format"), format != Self.format {
      throw StoreError(
        .settingsChanged, "the store has format \(format), this program knows format \(Self.format)", file: path,
        hint: "Use the program that wrote it, or a newer one.")
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    try Self.reporting(path, writable) { try database.read(body) }
  }

  func write<T>(_ body: (Database) throws -> T) throws -> T {
    try Self.reporting(path, writable) { try database.write(body) }
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
          .corrupt, "the catalog is damaged: \(error.message ?? "")", file: path, hint: "Restore it from a copy.")
      case .SQLITE_CANTOPEN where !writable, .SQLITE_READONLY where !writable, .SQLITE_PERM where !writable:
        throw StoreError(
          .cannotRead, "the catalog cannot be opened: \(error.message ?? "")", file: path,
          hint:
            "Even to read, SQLite writes beside the catalog: the account needs write permission on the store's folder.")
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
    let physical = [
      "format": Self.format, "time-zone": settings.timeZone,
      "dimensions": settings.schema.dimensions.joined(separator: ","),
    ]
    for (name, value) in physical.sorted(by: { $0.key < $1.key }) {
      guard let old = try setting(name) else {
        try write {
          try $0.execute(sql: "INSERT INTO setting (name, value) VALUES (?, ?)", arguments: [name, value])
        }
        continue
      }
      guard old == value else { throw Self.changed(name, from: old, to: value, file: path) }
    }
  }

  /// Compares the physical settings without writing.
  func check(_ settings: WorkspaceSettings) throws {
    let now = ["time-zone": settings.timeZone, "dimensions": settings.schema.dimensions.joined(separator: ",")]
    for (name, value) in now.sorted(by: { $0.key < $1.key }) {
      if let old = try setting(name), old != value { throw Self.changed(name, from: old, to: value, file: path) }
    }
  }

  private static func changed(_ name: String, from old: String, to new: String, file: String) -> StoreError {
    StoreError(
      .settingsChanged, "the store was made with \(name) '\(old)', muster.yaml says '\(new)'", file: file,
      hint: "Put the old value back, or ingest the logs into a new store with --store DIR.")
  }
}
