import Foundation
import TestSupport
import Testing

/// One writer at a time: the second is told to try again, readers go on.
@Suite struct LockTests {
  @Test("While another process holds the writer's lock, ingest is exit 75 and queries answer")
  func locked() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(50), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(50, seed: 2), to: "b.jsonl")
    #expect(workspace.muster("ingest", "a.jsonl").status == 0)
    let answers = workspace.answers(asOf: "2025-03-20")
    let content = try workspace.storeContent()

    let descriptor = open(workspace.path(".muster/writer.lock"), O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let refused = workspace.muster("ingest", "b.jsonl")
    #expect(refused.status == 75)
    #expect(refused.output.isEmpty)
    #expect(
      refused.complaint.contains(workspace.path(".muster/writer.lock")) && refused.complaint.contains("try again"))
    #expect(workspace.answers(asOf: "2025-03-20") == answers)
    #expect(workspace.muster("store", "check").status == 0)
    #expect(workspace.muster("store", "status").status == 0)
    #expect(try workspace.storeContent() == content)
    close(descriptor)

    #expect(workspace.ingest("b.jsonl").account?.stored == 50)
  }

  @Test("Of two ingests at once one is told to try again, and the other's records are stored")
  func twoAtOnce() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(50), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(50, seed: 2), to: "b.jsonl")
    // The first waits for its input until the second has been turned away.
    let run = workspace.shell(
      """
      { until [ -e turned-away ]; do sleep 0.05; done; cat a.jsonl; } | muster ingest --format json - > first &
      until [ -s .muster/writer.lock ]; do sleep 0.05; done
      muster ingest b.jsonl; echo "second: $?"
      muster query activity --as-of 2025-03-20 --quiet --format csv; echo "query: $?"
      touch turned-away; wait; cat first
      """)
    #expect(run.output.contains("second: 75"), "\(run.output)\(run.complaint)")
    #expect(run.output.contains("query: 0"), "\(run.output)\(run.complaint)")
    #expect(run.output.contains("\"stored\":50"))
    #expect(workspace.muster("store", "check").status == 0)
    #expect(workspace.ingest("b.jsonl").account?.stored == 50)
  }
}
