package import Events
internal import GRDB

/// What changes segments besides ingest.
enum UpkeepKind: String, Sendable {
  case compact, expire, reindex, recover

  /// The first day that is kept; nil where nothing ever expired.
  static func expiredBefore(_ db: Database) throws -> CommunityDay? {
    guard try db.tableExists("upkeep") else { return nil }
    return try Int32.fetchOne(db, sql: "SELECT MAX(before_day) FROM upkeep").map { CommunityDay($0) }
  }

  /// Rows that expired: stored once, and gone.
  static func expiredRowCount(_ db: Database) throws -> Int {
    guard try db.tableExists("upkeep") else { return 0 }
    return try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(row_count), 0) FROM upkeep WHERE kind = 'expire'") ?? 0
  }
}

extension Catalog {
  /// The first day that expiry has kept; records of earlier days are not taken any more. Nil where nothing expired.
  package func expiredBefore() throws -> CommunityDay? { try read(UpkeepKind.expiredBefore) }
}
