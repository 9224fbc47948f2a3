internal import Columns
internal import Events

/// Rows of one event within a block: ascending by member, then by instant.
struct EventRun: Sendable {
  /// The name of the event.
  let name: String
  /// Its place among the names that the scan asked for; -1 where it is not one of them.
  let place: Int
  /// Places in the block's arrays.
  let rows: Range<Int>
}

/// Rows of one row group, column by column, as ``EventScan`` gives them.
///
/// ```
/// runs        comment ├──────┤   post_view ├───────────────┤      what lies between runs does not count
/// members     3 3 5 8 9 9 9  …   1 1 1 2 3 3 5 …                  ascend within a run
/// selection   1 0 1 1 1 1 0  …   1 1 1 1 0 1 1 …                  nil where every row of the runs counts
/// ```
struct EventBlock {
  /// The segment's place in the snapshot: blocks of one segment share it.
  let segment: Int
  /// The community day that the segment is of.
  let storedDay: CommunityDay
  let runs: [EventRun]
  let members: [Int32]
  /// Microseconds of UTC; empty where the scan does not read them.
  let timestamps: [Int64]
  /// Columns that the scan asked for; one that the segment lacks is absent.
  let columns: [String: TextColumn]
  /// 1 for a row that counts, anything else for one that does not.
  let selection: [UInt8]?
  /// The day of each row in the question's zone, where that is not the store's.
  let foreignDays: [Int32]?

  /// Calls `body` with each row that counts.
  @inline(__always)
  func forEachRow(of run: EventRun, _ body: (Int) -> Void) {
    guard let selection else {
      for row in run.rows { body(row) }
      return
    }
    selection.withUnsafeBufferPointer { selection in
      for row in run.rows where selection[row] == 1 { body(row) }
    }
  }

  /// The number of a row's day in the question's zone.
  @inline(__always)
  func day(of row: Int) -> Int32 { foreignDays.map { $0[row] } ?? storedDay.number }
}
