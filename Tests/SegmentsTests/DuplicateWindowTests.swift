import Events
import Foundation
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

  @Test("A record that came too late lies in quarantine with all that counts, and is taken with the day reopened")
  func quarantined() async throws {
    let temporary = try TemporaryWorkspace("duplicate-window: 5\n")
    try await temporary.ingest([line("a", 1)], name: "1.jsonl", arrival: Timestamp(iso8601: "2026-03-02T00:00:00Z")!)
    let later = Timestamp(iso8601: "2026-03-08T00:00:00Z")!
    let late = try await temporary.ingest([line("b", 1, "x y")], name: "2.jsonl", arrival: later)
    let set = String(decoding: try readFile(try #require(late.quarantineFile)), as: UTF8.self)
    for part in ["past-window", "2026-03-01T10:00:00Z", "x y", "2.jsonl"] { #expect(set.contains(part), "\(set)") }

    let log = LogSource(
      description: .plainLog(schema: temporary.workspace.settings.schema), path: temporary.workspace.folder + "/3.jsonl"
    )
    let lines = [line("d", 1), line("a", 1), line("b", 1, "x y")]
    try lines.map { $0 + "\n" }.joined().write(toFile: log.path, atomically: true, encoding: .utf8)
    let refused = await #expect(throws: IngestError.self) {
      try await IngestRun(temporary.workspace, arrival: later).load([log])
    }
    #expect(refused?.code == .tooManyRejected)
    let reopened = try await IngestRun(temporary.workspace, arrival: later, reopensClosedDays: true).load([log]).totals
    #expect((reopened.stored, reopened.duplicate, reopened.rejected) == (2, 1, 0))
    // The day was written again: it stays open for another window.
    let next = try await temporary.ingest([line("c", 1)], name: "4.jsonl", arrival: later).totals
    #expect((next.stored, next.rejected) == (1, 0))
  }
}
