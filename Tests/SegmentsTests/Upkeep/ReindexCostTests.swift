import Events
import Segments
import TestSupport
import Testing

@Suite("Reindex")
struct ReindexCostTests {
  @Test("says its cost: days done before are not counted again, and nothing to do is said")
  func cost() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(
      (1..<8).map { "{\"ts\":\"2026-03-0\($0)T23:30:00Z\",\"user_id\":\"m\",\"event\":\"view\",\"platform\":\"ios\"}" })
    #expect(try Reindex(temporary.workspace).plan().changes.isEmpty)
    try temporary.rewriteSettings("time-zone: Europe/Paris\ndimensions: [platform]\n")
    let changed = try Workspace(folder: temporary.workspace.folder, store: nil, current: "/")
    let plan = try Reindex(changed).plan()
    #expect(plan.changes.first == "time zone UTC → Europe/Paris" && plan.changes.count == 5)
    #expect((plan.dayCount, plan.doneDayCount, plan.rowCount) == (7, 0, 7))
    #expect(plan.neededByteCount > plan.writtenByteCount && plan.freeByteCount > 0 && plan.seconds != nil)
    var announced = 0
    try Reindex(changed).run(now: .testArrival) { announced = $0.dayCount }
    #expect(announced == 7)
    let days = try Store(reading: changed).snapshot().days.map(\.description)
    #expect(days.first == "2026-03-02" && days.last == "2026-03-08" && days.count == 7)
    #expect(try StoreCheck(Store(reading: changed)).findings().isEmpty)
  }
}
