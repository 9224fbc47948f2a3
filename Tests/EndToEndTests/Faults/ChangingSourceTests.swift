import Foundation
import TestSupport
import Testing

/// Logs that change while they are read: the reader stands still in the middle while the test changes the file.
@Suite(.enabled(if: SystemFault.isPossible, "needs a C compiler on PATH for the shim"))
struct ChangingSourceTests {
  /// Lines of more than one block of reading, without event ids: what is read twice counts twice.
  static let lines = BinaryLog.lines(20_000, members: 300).replacing("\"event_id\":", with: "\"number\":")

  /// Loads `log.jsonl`, and calls `change` when the first block was read.
  private func load(
    _ workspace: BinaryWorkspace, at call: Int = 4, of calls: [String] = ["read", "pread"], change: () throws -> Void
  ) throws -> (BinaryRun, BinaryAccount?) {
    // The first reads are those of the head and of the first blocks.
    let stop = SystemFault(.stop, at: call, in: "log.jsonl", calls: calls)
    let process = workspace.start(["ingest", "--format", "json", "log.jsonl"], stop)
    let isStopped = process.waitUntilStopped()
    #expect(isStopped, "the run has no such call")
    try change()
    process.goOn()
    let run = process.wait()
    return (run, BinaryAccount(run))
  }

  private func prepared() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace(inMemory: true)
    try workspace.write(Self.lines, to: "log.jsonl")
    return workspace
  }

  private func count(_ workspace: BinaryWorkspace) throws -> Int { try workspace.storedRows().count }

  @Test("A log that is rotated while it is read is read to its end; both files are known afterwards")
  func rotated() throws {
    let workspace = try prepared()
    let (run, account) = try load(workspace) {
      try FileManager.default.moveItem(atPath: workspace.path("log.jsonl"), toPath: workspace.path("log.1.jsonl"))
      try workspace.write(BinaryLog.lines(10, seed: 3), to: "log.jsonl")
    }
    #expect(run.status == 0 && account?.stored == 20_000, "\(run.output)\(run.complaint)")
    let both = workspace.ingest("log.1.jsonl", "log.jsonl")
    #expect(both.run.status == 0 && both.account?.stored == 10, "\(both.run.output)\(both.run.complaint)")
    #expect(try count(workspace) == 20_010)
  }

  @Test("A log that is rotated between the look at it and its reading loses nothing of the new one", arguments: 1...3)
  func rotatedEarly(_ call: Int) throws {
    let workspace = try prepared()
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    try workspace.append(BinaryLog.lines(10, seed: 4), to: "log.jsonl")
    let (run, _) = try load(workspace, at: call, of: ["open-read"]) {
      try FileManager.default.moveItem(atPath: workspace.path("log.jsonl"), toPath: workspace.path("log.1.jsonl"))
      try workspace.write(BinaryLog.lines(20_010, seed: 3), to: "log.jsonl")
    }
    #expect(run.status == 0, "\(run.complaint)")
    let both = workspace.ingest("log.1.jsonl", "log.jsonl")
    #expect(both.run.status == 0, "\(both.run.output)\(both.run.complaint)")
    #expect(try count(workspace) == 40_020)
  }

  @Test("A log that is deleted while it is read is read to its end, and known when it comes back")
  func deleted() throws {
    let workspace = try prepared()
    let (run, account) = try load(workspace) { try workspace.remove("log.jsonl") }
    #expect(run.status == 0 && account?.stored == 20_000, "\(run.output)\(run.complaint)")
    try workspace.write(Self.lines, to: "log.jsonl")
    #expect(workspace.ingest("log.jsonl").account?.skippedSources.count == 1)
    #expect(try count(workspace) == 20_000)
  }

  @Test("A log that grows while it is read is read on from there the next time")
  func grown() throws {
    let workspace = try prepared()
    let (run, account) = try load(workspace) { try workspace.append(BinaryLog.lines(10, seed: 3), to: "log.jsonl") }
    #expect(run.status == 0 && account?.addsUp == true, "\(run.output)\(run.complaint)")
    try workspace.append(BinaryLog.lines(10, seed: 4), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    #expect(try count(workspace) == 20_020)
  }

  @Test("Of a log that is cut short while it is read, whole lines are stored once, and no crash")
  func truncated() throws {
    let workspace = try prepared()
    let (run, account) = try load(workspace) {
      truncate(workspace.path("log.jsonl"), off_t(Self.lines.utf8.count * 3 / 4))
    }
    #expect(run.status == 0 && account?.addsUp == true, "\(run.output)\(run.complaint)")
    let stored = try #require(account?.stored)
    #expect(stored > 0 && stored < 20_000 && account?.rejected ?? 9 <= 1)
    // Written anew in full, it is the same log, grown.
    try workspace.write(Self.lines, to: "log.jsonl")
    let again = workspace.ingest("log.jsonl")
    #expect(again.run.status == 0, "\(again.run.complaint)")
    #expect(try count(workspace) == 20_000)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("Of a log that is emptied and written anew while it is read, every line is a record or in quarantine")
  func overwritten() throws {
    let workspace = try prepared()
    let (run, account) = try load(workspace) {
      // In place, as a copying rotation does: the reader goes on behind the end of what is there now.
      truncate(workspace.path("log.jsonl"), 0)
    }
    #expect(run.status == 0 || run.status == 65, "\(run.output)\(run.complaint)")
    if run.status == 0 { #expect(account?.addsUp == true && account?.rejected ?? 9 <= 1) }
    #expect(workspace.muster("store", "check").status == (run.status == 0 ? 0 : 66))
  }
}
