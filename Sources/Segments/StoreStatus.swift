package import Events
internal import GRDB

/// What a store holds, in numbers.
package struct StoreStatus: Sendable {
  package var segmentCount: Int
  package var rowCount: Int
  package var segmentByteCount: Int
  package var memberCount: Int
  /// Members with facts, and members without any event that is not passive; the latter 0 where there are no facts.
  package var factMemberCount: Int
  package var inactiveMemberCount: Int
  package var firstDay: CommunityDay?
  package var lastDay: CommunityDay?
  package var dayCount: Int
  package var batchCount: Int
  package var sourceCount: Int
  package var totals: BatchTotals
  package var lastArrival: Timestamp?
  /// Events that were stored and have expired.
  package var expiredRowCount: Int
  /// The first day that expiry has kept.
  package var expiredBefore: CommunityDay?

  /// Counts what the newest snapshot of `store` holds.
  package init(_ store: Store) throws {
    let snapshot = try store.snapshot()
    segmentCount = snapshot.segments.count
    rowCount = snapshot.rowCount
    segmentByteCount = snapshot.byteCount
    memberCount = snapshot.memberCount
    factMemberCount = snapshot.facts?.rowCount ?? 0
    inactiveMemberCount =
      snapshot.facts == nil ? 0 : try store.firstQualifyingInstants(snapshot).count { $0 == .max }
    (firstDay, lastDay) = (snapshot.firstDay, snapshot.lastDay)
    dayCount = snapshot.days.count
    lastArrival = snapshot.arrivedAt
    let (sums, sources, factSources) = try store.catalog.read { db in
      (
        try Row.fetchOne(
          db,
          sql: """
            SELECT COUNT(*) AS batches, COALESCE(SUM(read_count), 0) AS r, COALESCE(SUM(stored_count), 0) AS s,
            COALESCE(SUM(duplicate_count), 0) AS d, COALESCE(SUM(rejected_count), 0) AS j,
            COALESCE(SUM(conflict_count), 0) AS c FROM batch
            """),
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM source") ?? 0,
        try db.tableExists("fact_source") ? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM fact_source") ?? 0 : 0
      )
    }
    (expiredRowCount, expiredBefore) = try store.catalog.read {
      (try UpkeepKind.expiredRowCount($0), try UpkeepKind.expiredBefore($0))
    }
    sourceCount = sources + factSources
    batchCount = sums?["batches"] ?? 0
    totals = BatchTotals()
    (totals.read, totals.stored) = (sums?["r"] ?? 0, sums?["s"] ?? 0)
    (totals.duplicate, totals.rejected) = (sums?["d"] ?? 0, sums?["j"] ?? 0)
    totals.conflicts = sums?["c"] ?? 0
  }
}
