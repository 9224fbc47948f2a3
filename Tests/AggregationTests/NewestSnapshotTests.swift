import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("A question over the newest snapshot")
struct NewestSnapshotTests {
  private func line(_ hour: Int) -> String {
    "{\"ts\":\"2026-03-01T\(hour + 10):00:00Z\",\"user_id\":\"m\(hour % 3)\",\"event\":\"view\"}"
  }

  @Test("begins again where its segments were merged and removed meanwhile, and gives the same answer")
  func superseded() async throws {
    let temporary = try TemporaryWorkspace()
    for hour in 0..<4 { try await temporary.ingest([line(hour)], name: "\(hour).jsonl") }
    let store = try Store(reading: temporary.workspace)
    let question = ActivityQuestion()
    let right = try Engine(store, now: .testArrival).answer(question).csv
    var tries = 0
    let answer = try Engine.overNewest(store, now: .testArrival) { engine in
      tries += 1
      if tries == 1 {
        // Merged, and past the grace period at the next instant.
        try Compaction(temporary.workspace, rule: .all).run(now: .testArrival)
        try Compaction(temporary.workspace, rule: .all).run(now: Timestamp.testArrival.adding(seconds: 4000))
        #expect(listFolder("\(store.folder)/retired").isEmpty)
      }
      return try engine.answer(question).csv
    }
    #expect(tries == 2 && answer == right)
  }

  @Test("reads superseded segments where they wait for the end of the grace period")
  func retired() async throws {
    let temporary = try TemporaryWorkspace()
    for hour in 0..<4 { try await temporary.ingest([line(hour)], name: "\(hour).jsonl") }
    let engine = try Engine(Store(reading: temporary.workspace), now: .testArrival)
    let question = ActivityQuestion()
    let right = try engine.answer(question).csv
    try Compaction(temporary.workspace, rule: .all).run(now: .testArrival)
    #expect(try engine.answer(question).csv == right)
  }

  @Test("A segment that is lost, and not superseded, is an error at once")
  func lost() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest([line(1)])
    let store = try Store(reading: temporary.workspace)
    try removeFile(store.path(of: try #require(try store.snapshot().segments.first)))
    var tries = 0
    let error = #expect(throws: StoreError.self) {
      try Engine.overNewest(store, now: .testArrival) { engine in
        tries += 1
        return try engine.answer(HoursQuestion())
      }
    }
    #expect(tries == 1 && error?.code == .gone)
  }

  @Test("A store that was reindexed since it was opened is said, and never read with the old settings")
  func reindexed() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest([line(1)])
    let store = try Store(reading: temporary.workspace)
    try temporary.rewriteSettings("time-zone: Asia/Shanghai\n")
    let changed = try Workspace(folder: temporary.workspace.folder, store: nil, current: "/")
    try Reindex(changed).run(now: .testArrival)
    let error = #expect(throws: StoreError.self) { try store.snapshot() }
    #expect(error?.code == .settingsChanged)
    #expect(try Store(reading: changed).snapshot().rowCount == 1)
  }
}
