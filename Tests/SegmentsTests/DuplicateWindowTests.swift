import Events
import Ingest
import Segments
import TestSupport
import Testing

@Suite("Duplicates")
struct DuplicateWindowTests {
  private func line(_ id: String, _ day: Int, _ content: String = "p") -> String {
    "{\"event_id\":\"\(id)\",\"ts\":\"2026-03-0\(day)T10:00:00Z\",\"user_id\":\"m\",\"event\":\"view\",\"content_id\":\"\(content)\"}"
  }

  @Test("The same records in other files are counted and not stored")
  func repeated() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest([line("a", 1), line("b", 2)], name: "1.jsonl")
    let again = try await temporary.ingest([line("b", 2), line("a", 1), line("c", 1)], name: "2.jsonl").totals
    #expect((again.read, again.stored, again.duplicate, again.conflicts) == (3, 1, 2, 0))
  }

  @Test("Three records of one id and other contents are three events and two conflicts")
  func conflicts() async throws {
    let temporary = try TemporaryWorkspace()
    let totals = try await temporary.ingest([line("a", 1, "x"), line("a", 1, "y"), line("a", 1, "z")]).totals
    #expect((totals.stored, totals.duplicate, totals.conflicts) == (3, 0, 2))
  }

  @Test("Past its window a day is closed: late records are rejected, unless it is reopened")
  func closed() async throws {
    let temporary = try TemporaryWorkspace("duplicate-window: 5\n")
    try await temporary.ingest([line("a", 1)], name: "1.jsonl", arrival: Timestamp(iso8601: "2026-03-02T00:00:00Z")!)
    let later = Timestamp(iso8601: "2026-03-08T00:00:00Z")!
    let late = try await temporary.ingest([line("b", 1), line("c", 2)], name: "2.jsonl", arrival: later)
    #expect((late.totals.stored, late.totals.rejected) == (1, 1))
    #expect(late.rejections == [.pastWindow: 1])
  }
}
