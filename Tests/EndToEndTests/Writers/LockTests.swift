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

  @Test("Of many ingests at once each stores its records in the end, when those turned away try again")
  func manyAtOnce() throws {
    let workspace = try BinaryWorkspace()
    for number in 1...6 { try workspace.write(BinaryLog.lines(80, seed: UInt64(number)), to: "\(number).jsonl") }
    let run = workspace.shell(
      """
      for n in 1 2 3 4 5 6; do
        ( until muster ingest --quiet $n.jsonl > /dev/null 2> said-$n; do
            status=$?; [ $status = 75 ] || { echo "status $status"; cat said-$n; exit; }
            sleep 0.02
          done ) &
      done
      wait
      """)
    #expect(run.output.isEmpty, "\(run.output)")
    #expect(try workspace.storedRows().count == 480)
    #expect(workspace.muster("store", "check").status == 0)
    let calm = try BinaryWorkspace()
    for number in 1...6 { try calm.write(BinaryLog.lines(80, seed: UInt64(number)), to: "\(number).jsonl") }
    #expect(calm.muster("ingest", "1.jsonl", "2.jsonl", "3.jsonl", "4.jsonl", "5.jsonl", "6.jsonl").status == 0)
    #expect(try workspace.storedRows() == calm.storedRows())
  }

  @Test(
    "While another SQLite process holds the catalog, ingest is exit 75 and stores nothing, and queries answer",
    .enabled(if: Self.hasPython, "needs python3 with sqlite3"))
  func catalogLocked() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(50), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(50, seed: 2), to: "b.jsonl")
    #expect(workspace.muster("ingest", "a.jsonl").status == 0)
    let run = workspace.shell(
      """
      python3 - <<'END' &
      import os, sqlite3, time
      catalog = sqlite3.connect('.muster/catalog.sqlite', isolation_level=None)
      catalog.execute('BEGIN IMMEDIATE')
      open('held', 'w').close()
      while not os.path.exists('enough'): time.sleep(0.02)
      END
      until [ -e held ]; do sleep 0.02; done
      muster ingest b.jsonl; echo "ingest: $?"
      muster query activity --as-of 2025-03-20 --quiet --format csv > answer; echo "query: $?"
      touch enough; wait
      """)
    #expect(run.output.contains("ingest: 75") && run.output.contains("query: 0"), "\(run.output)\(run.complaint)")
    #expect(run.complaint.contains("catalog.sqlite") && run.complaint.contains("Try again"), "\(run.complaint)")
    #expect(try workspace.text(of: "answer").contains("2025-03-14"))
    #expect(try workspace.storedRows().count == 50)
    #expect(workspace.ingest("b.jsonl").account?.stored == 50)
    #expect(workspace.muster("store", "check").status == 0)
  }

  private static let hasPython = (try? BinaryWorkspace())?.shell("python3 -c 'import sqlite3'").status == 0
}
