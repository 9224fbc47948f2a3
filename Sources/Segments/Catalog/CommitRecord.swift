internal import Events
internal import GRDB
internal import Glibc

/// `committed.json`: what the last transaction made true and no footer can say. Written within each transaction;
/// `store recover` reads it where the catalog is lost.
///
/// It is right for files that lie at rest: all that it names was in its place before it was written.
struct CommitRecord: Sendable, Equatable {
  static let name = "committed.json"
  /// Batches of which it keeps the account; older ones are known by their rows.
  private static let batchCountMax = 100

  struct Batch: Sendable, Equatable {
    var id: Int
    var arrival: Timestamp
    var totals: BatchTotals
  }

  struct Growing: Sendable, Equatable {
    var name: String
    var byteCount: Int
    var entryCount: Int
    /// Of a sidecar.
    var writtenAt: Timestamp?
  }

  var batch = 0
  var upkeep = 0
  var segmentCount = 0
  var rowCount = 0
  var expiredRowCount = 0
  var expiredBefore: CommunityDay?
  var settings: [String: String] = [:]
  var memberFiles: [Growing] = []
  var duplicateDays: [Growing] = []
  var batches: [Batch] = []
}

extension CommitRecord {
  /// The state that `db` holds.
  init(_ db: Database) throws {
    batch = try Int.fetchOne(db, sql: "SELECT COALESCE(MAX(id), 0) FROM batch") ?? 0
    upkeep = try Int.fetchOne(db, sql: "SELECT COALESCE(MAX(id), 0) FROM upkeep") ?? 0
    let sums = try Row.fetchOne(
      db, sql: "SELECT COUNT(*) AS n, COALESCE(SUM(row_count), 0) AS r FROM segment WHERE retired_at IS NULL")
    (segmentCount, rowCount) = (sums?["n"] ?? 0, sums?["r"] ?? 0)
    expiredRowCount = try UpkeepKind.expiredRowCount(db)
    expiredBefore = try UpkeepKind.expiredBefore(db)
    settings = try Catalog.settings(db)
    memberFiles = try Row.fetchAll(db, sql: "SELECT * FROM member_file ORDER BY name").map {
      Growing(name: $0["name"], byteCount: $0["byte_count"], entryCount: $0["entry_count"])
    }
    duplicateDays = try Row.fetchAll(db, sql: "SELECT * FROM duplicate_day ORDER BY day").map {
      Growing(
        name: CommunityDay($0["day"]).description, byteCount: $0["byte_count"], entryCount: $0["record_count"],
        writtenAt: Timestamp(microseconds: $0["written_at"]))
    }
    batches = try Row.fetchAll(
      db, sql: "SELECT * FROM batch ORDER BY id DESC LIMIT ?", arguments: [Self.batchCountMax]
    ).reversed().map { row in
      var totals = BatchTotals()
      (totals.read, totals.stored) = (row["read_count"], row["stored_count"])
      (totals.duplicate, totals.rejected) = (row["duplicate_count"], row["rejected_count"])
      totals.conflicts = row["conflict_count"]
      return Batch(id: row["id"], arrival: Timestamp(microseconds: row["arrived_at"]), totals: totals)
    }
  }

  /// Writes the state that `db` holds, as the last act of a transaction.
  ///
  /// The name changes at once from the old record to the new one; the bytes are not synced: they matter only where
  /// the catalog is lost as well.
  static func write(_ db: Database, storeFolder: String) throws {
    let bytes = Array(try CommitRecord(db).json.utf8)
    let (path, beside) = ("\(storeFolder)/\(name)", "\(storeFolder)/\(name).writing")
    try bytes.withUnsafeBytes { try writeNewFile($0, to: beside) }
    guard rename(beside, path) == 0 else {
      throw StoreError(.cannotWrite, "cannot replace the record of the last commit: \(systemMessage())", file: path)
    }
  }

  var json: String {
    func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ",") + "]" }
    func growing(_ file: Growing) -> String {
      "{\"name\":\(jsonText(file.name)),\"bytes\":\(file.byteCount),\"entries\":\(file.entryCount)"
        + (file.writtenAt.map { ",\"written_at\":\"\($0)\"" } ?? "") + "}"
    }
    let accounts = batches.map { batch in
      let totals = batch.totals
      return "{\"id\":\(batch.id),\"arrived_at\":\"\(batch.arrival)\",\"read\":\(totals.read),"
        + "\"stored\":\(totals.stored),\"duplicate\":\(totals.duplicate),\"rejected\":\(totals.rejected),"
        + "\"conflicts\":\(totals.conflicts)}"
    }
    let made = settings.sorted { $0.key < $1.key }.map { "\(jsonText($0.key)):\(jsonText($0.value))" }
    return """
      {"batch":\(batch),"upkeep":\(upkeep),"segments":\(segmentCount),"rows":\(rowCount),\
      "expired_rows":\(expiredRowCount),"expired_before":\(expiredBefore.map { "\"\($0)\"" } ?? "null"),\
      "settings":{\(made.joined(separator: ","))},"members":\(list(memberFiles.map(growing))),\
      "duplicates":\(list(duplicateDays.map(growing))),"batches":\(list(accounts))}

      """
  }
}

extension CommitRecord {
  /// The record of a store; nil where there is none or it is torn.
  init?(storeFolder: String) {
    let path = "\(storeFolder)/\(Self.name)"
    guard let bytes = try? readFile(path), let text = String(validating: bytes, as: UTF8.self),
      let yaml = try? YAMLValue(text: text, file: path), let record = try? CommitRecord(yaml)
    else { return nil }
    self = record
  }

  private init(_ yaml: YAMLValue) throws {
    let keys = try yaml.mapping(knowing: [
      "batch", "upkeep", "segments", "rows", "expired_rows", "expired_before", "settings", "members", "duplicates",
      "batches",
    ])
    func list(_ key: String) throws -> [YAMLValue] { try keys.require(key, of: yaml).list() }
    batch = try keys.require("batch", of: yaml).count()
    upkeep = try keys.require("upkeep", of: yaml).count()
    segmentCount = try keys.require("segments", of: yaml).count()
    rowCount = try keys.require("rows", of: yaml).count()
    expiredRowCount = try keys.require("expired_rows", of: yaml).count()
    expiredBefore = try keys["expired_before"].flatMap { CommunityDay(try $0.string()) }
    for (name, value) in try keys.require("settings", of: yaml).pairs() {
      settings[name] = value.isNull ? "" : try value.string()
    }
    memberFiles = try list("members").map(Self.growing)
    duplicateDays = try list("duplicates").map(Self.growing)
    batches = try list("batches").map { value in
      let keys = try value.mapping(knowing: [
        "id", "arrived_at", "read", "stored", "duplicate", "rejected", "conflicts",
      ])
      func count(_ key: String) throws -> Int { try keys.require(key, of: value).count() }
      var totals = BatchTotals()
      (totals.read, totals.stored) = (try count("read"), try count("stored"))
      (totals.duplicate, totals.rejected) = (try count("duplicate"), try count("rejected"))
      totals.conflicts = try count("conflicts")
      guard let arrival = Timestamp(iso8601: try keys.require("arrived_at", of: value).string()) else {
        throw value.error("arrived_at is no instant")
      }
      return Batch(id: try count("id"), arrival: arrival, totals: totals)
    }
  }

  private static func growing(_ yaml: YAMLValue) throws -> Growing {
    let keys = try yaml.mapping(knowing: ["name", "bytes", "entries", "written_at"])
    return Growing(
      name: try keys.require("name", of: yaml).string(), byteCount: try keys.require("bytes", of: yaml).count(),
      entryCount: try keys.require("entries", of: yaml).count(),
      writtenAt: try keys["written_at"].flatMap { Timestamp(iso8601: try $0.string()) })
  }
}

extension YAMLValue {
  /// A whole number from 0.
  func count() throws -> Int { try int(in: 0...Int.max) }
}
