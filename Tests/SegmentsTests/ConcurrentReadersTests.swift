import Columns
import Events
import Segments
import TestSupport
import Testing

/// Readers and a writer in one process: what the thread sanitizer looks at.
@Suite struct ConcurrentReadersTests {
  @Test("While a store is fed and compacted, sixteen readers see whole states, each no older than the one before")
  func readers() async throws {
    let temporary = try TemporaryWorkspace("time-zone: UTC\ngrace-period: 1h\n", inMemory: true)
    let workspace = temporary.workspace
    let (batches, rows) = (24, 120)
    try commit(workspace, batch: 0, rowCount: rows)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          var last = 0
          while last < batches * rows {
            let seen = try Self.read(workspace)
            #expect(seen.rows % rows == 0 && seen.rows >= last && seen.members == min(seen.rows, 100), "\(seen)")
            last = max(seen.rows, last)
            await Task.yield()
          }
        }
      }
      for batch in 1..<batches {
        try commit(workspace, batch: batch, rowCount: rows)
        if batch % 5 == 4 { try Compaction(workspace, rule: .all).run(now: .testArrival) }
        await Task.yield()
      }
      try await group.waitForAll()
    }
    #expect(try StoreCheck(Store(reading: workspace)).findings().isEmpty)
  }

  /// Events and members of the newest state; every segment is read.
  private static func read(_ workspace: Workspace) throws -> (rows: Int, members: Int) {
    while true {
      let store = try Store(reading: workspace)
      let snapshot = try store.snapshot()
      do {
        var (rows, members): (Int, Set<Int32>) = (0, [])
        for record in snapshot.segments {
          let segment = try SegmentReader(record, of: store)
          for group in 0..<segment.rowGroupCount {
            let keys = try segment.members(rowGroup: group)
            guard try segment.timestamps(rowGroup: group).count == keys.count else { return (-1, 0) }
            rows += keys.count
            members.formUnion(keys)
          }
        }
        guard rows == snapshot.rowCount, try store.memberIDs(snapshot).count == members.count,
          try store.firstQualifyingInstants(snapshot).allSatisfy({ $0 != .max })
        else { return (-1, members.count) }
        return (rows, members.count)
      } catch let error as StoreError where error.code == .gone { continue }
    }
  }

  /// Commits events of a hundred members over two days.
  private func commit(_ workspace: Workspace, batch number: Int, rowCount: Int) throws {
    var batch = try BatchWriter(workspace, arrival: .testArrival)
    for day in [CommunityDay(year: 2026, month: 3, day: 1), CommunityDay(year: 2026, month: 3, day: 2)] {
      var rows = SegmentRows(dimensionCount: workspace.settings.schema.dimensions.count, keepsEventID: false)
      for index in 0..<rowCount / 2 {
        let member = "member \((index * 2 + Int(day.number) % 2) % 100)"
        let key = try Array(member.utf8).withUnsafeBytes { try batch.members.key(for: $0) }
        rows.ts.append(Int64(day.number) * 86_400_000_000 + Int64(number * 1000 + index))
        rows.member.append(Int32(key.number))
        rows.event.append(index % 3 == 0 ? "view" : "like")
        for dimension in rows.dimensions.indices { rows.dimensions[dimension].append("value \(index % 7)") }
        rows.properties.append(nil)
      }
      try batch.append(rows, day: day, sources: [])
    }
    var totals = BatchTotals()
    (totals.read, totals.stored) = (rowCount, rowCount)
    try batch.commit(totals, sources: [])
  }
}
