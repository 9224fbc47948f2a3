package import Events
internal import GRDB

/// One segment file as the catalog knows it.
package struct SegmentRecord: Sendable, Equatable {
  package var day: CommunityDay
  /// Path below `segments/`.
  package var file: String
  package var rowCount: Int
  package var byteCount: Int
  /// Hash of the whole file.
  package var content: String
  /// Where page indexes and footer begin, and the hash of all from there on.
  package var tailOffset: Int
  package var tail: String
  package var timestamps: ClosedRange<Int64>

  /// What the catalog is to know of a segment.
  package init(
    day: CommunityDay, file: String, rowCount: Int, byteCount: Int, content: String, tailOffset: Int, tail: String,
    timestamps: ClosedRange<Int64>
  ) {
    (self.day, self.file, self.rowCount, self.byteCount) = (day, file, rowCount, byteCount)
    (self.content, self.tailOffset, self.tail, self.timestamps) = (content, tailOffset, tail, timestamps)
  }
}

/// What the store held at one instant: a list of immutable files.
package struct Snapshot: Sendable {
  /// The last committed batch; 0 in an empty store.
  package var batch: Int
  /// By day, then in the order of their batches.
  package var segments: [SegmentRecord]
  /// How much of the member dictionary belongs to it.
  var members: MemberDictionary.Committed
  /// Facts of members; nil where none were loaded.
  package var facts: FactsRecord?
  package var arrivedAt: Timestamp?
  /// The first day that expiry has kept; nil where nothing expired.
  package var expiredBefore: CommunityDay?

  /// How many members have a key.
  package var memberCount: Int { members.ids }

  /// The first day with data.
  package var firstDay: CommunityDay? { segments.first?.day }
  /// The last day with data.
  package var lastDay: CommunityDay? { segments.last?.day }
  /// Events in all segments.
  package var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount } }
  /// Bytes of all segments.
  package var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }
  /// Days with data, ascending.
  package var days: [CommunityDay] {
    var days: [CommunityDay] = []
    for segment in segments where segment.day != days.last { days.append(segment.day) }
    return days
  }
}

extension Catalog {
  /// The newest committed state; one transaction.
  /// - Parameter settings: those that the store must have been made with; nil takes any.
  package func snapshot(madeWith settings: WorkspaceSettings? = nil) throws -> Snapshot {
    try read { db in
      if let settings { try Self.compare(Self.settings(db), with: settings, file: path) }
      let segments = try Row.fetchAll(
        db, sql: "SELECT * FROM segment WHERE retired_at IS NULL ORDER BY day, batch_id, id"
      ).map(SegmentRecord.init)
      let batch = try Row.fetchOne(db, sql: "SELECT id, arrived_at FROM batch ORDER BY id DESC LIMIT 1")
      return Snapshot(
        batch: batch?["id"] ?? 0, segments: segments, members: try MemberDictionary.Committed(db),
        facts: try FactsRecord.newest(db),
        arrivedAt: batch.map { Timestamp(microseconds: $0["arrived_at"]) },
        expiredBefore: try UpkeepKind.expiredBefore(db))
    }
  }
}

extension SegmentRecord {
  init(_ row: Row) {
    let low: Int64 = row["ts_min"]
    let high: Int64 = row["ts_max"]
    self.init(
      day: CommunityDay(row["day"]), file: row["file"], rowCount: row["row_count"], byteCount: row["byte_count"],
      content: row["content"], tailOffset: row["tail_offset"], tail: row["tail"], timestamps: low...max(low, high))
  }
}
