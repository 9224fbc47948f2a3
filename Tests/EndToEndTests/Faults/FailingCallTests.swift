import Foundation
import TestSupport
import Testing

/// System calls that fail, or do half of what was asked, while a log is loaded or a question answered.
@Suite(.enabled(if: SystemFault.isPossible, "needs a C compiler on PATH for the shim"))
struct FailingCallTests {
  static let questions = [["activity"]]

  /// A store with one batch, and `b.jsonl` to come.
  private func prepared() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace(inMemory: true)
    try workspace.write(BinaryLog.lines(150), to: "a.jsonl")
    try workspace.write(BinaryLog.lines(150, members: 90, seed: 2), to: "b.jsonl")
    try #require(workspace.muster("ingest", "a.jsonl").status == 0)
    return workspace
  }

  private func answers(_ workspace: BinaryWorkspace) -> String {
    workspace.answers(asOf: "2025-03-20", questions: Self.questions)
  }

  /// A call that fails, and what the command may then say.
  struct Failure: CustomTestStringConvertible, Sendable {
    var name: String
    var code: Int32
    /// Once, or from there on.
    var isLasting: Bool
    var calls: [String] = []
    var statuses: Set<Int32>
    /// Every which call is tried in the ordinary run; a deep one tries all.
    var stride: Int
    var testDescription: String { name }
  }

  static let failures = [
    Failure(name: "disk full from there on", code: ENOSPC, isLasting: true, statuses: [73], stride: 5),
    Failure(name: "one write fails", code: EIO, isLasting: false, statuses: [73], stride: 5),
    Failure(
      name: "one read fails", code: EIO, isLasting: false, calls: ["read", "pread", "open-read"],
      statuses: [65, 66, 73], stride: 3),
    Failure(
      name: "read-only from there on", code: EROFS, isLasting: true, calls: ["open", "mkdir", "rename", "unlink"],
      statuses: [73], stride: 3),
  ]

  @Test(
    "Where a call fails, nothing or everything is stored, the error names the file, and the same command works later",
    arguments: failures)
  func fails(_ failure: Failure) throws {
    let base = try prepared()
    let before = answers(base)
    let calm = try BinaryWorkspace(copyOf: base.folder, inMemory: true)
    #expect(calm.muster("ingest", "b.jsonl").status == 0)
    let (rows, after) = (try calm.storedRows(), answers(calm))
    var (number, failureCount, survived) = (1, 0, 0)
    while survived < (TestDepth.isDeep ? 12 : 4) {
      let workspace = try BinaryWorkspace(copyOf: base.folder, inMemory: true)
      let fault = SystemFault(
        .fail(failure.code), at: number, through: failure.isLasting ? 0 : nil, in: workspace.folder,
        calls: failure.calls)
      let place = "\(failure.name), call \(number)"
      let run = workspace.start(["ingest", "b.jsonl"], fault).wait()
      if run.status == 0 {
        survived += 1
        #expect(answers(workspace) == after, "\(place)")
      } else {
        (failureCount, survived) = (failureCount + 1, 0)
        #expect(failure.statuses.contains(run.status), "\(place): \(run.status) \(run.complaint)")
        #expect(run.complaint.contains(workspace.folder), "\(place): \(run.complaint)")
        #expect([before, after].contains(answers(workspace)), "\(place)")
      }
      let again = workspace.muster("ingest", "b.jsonl")
      #expect(again.status == 0, "\(place): \(again.complaint)")
      #expect(try workspace.storedRows() == rows, "\(place)")
      let check = workspace.muster("store", "check")
      #expect(check.status == 0, "\(place): \(check.output)")
      number += TestDepth.isDeep ? 1 : failure.stride
    }
    #expect(failureCount > 5, "the shim does not see the store")
  }

  @Test("Where a read fails, a question fails and names the file, or is answered rightly")
  func question() throws {
    let workspace = try prepared()
    let ask = ["query", "activity", "--by", "event", "--as-of", "2025-03-20", "--format", "csv", "--quiet"]
    let right = workspace.start(ask).wait().output
    var (number, failureCount, survived) = (1, 0, 0)
    while survived < 3 {
      let calls = ["read", "pread", "open-read"]
      let run = workspace.start(ask, SystemFault(.fail(EIO), at: number, in: ".muster", calls: calls)).wait()
      survived = run.status == 0 ? survived + 1 : 0
      if run.status == 0 {
        #expect(run.output == right, "call \(number)")
      } else {
        failureCount += 1
        // To SQLite itself a page that cannot be read is a damaged one.
        let isCatalog = run.status == 65 && run.complaint.contains("catalog.sqlite")
        #expect((run.status == 66 || isCatalog) && run.output.isEmpty, "call \(number): \(run.status) \(run.complaint)")
        #expect(run.complaint.contains(workspace.path(".muster")), "call \(number): \(run.complaint)")
      }
      number += 1
    }
    #expect(failureCount > 5, "the shim does not see the store")
  }

  @Test(
    "Reads and writes that do half, or are interrupted, change nothing",
    arguments: [(SystemFault.Action.short, 1), (.short, 2), (.fail(EINTR), 2)])
  func interrupted(_ action: SystemFault.Action, _ step: Int) throws {
    let (calm, workspace) = (try prepared(), try prepared())
    let expected = calm.ingest("b.jsonl").account
    let fault = SystemFault(
      action, at: 1, through: 0, step: step, in: workspace.folder, calls: ["read", "pread", "write", "pwrite"])
    let run = workspace.start(["ingest", "--format", "json", "b.jsonl"], fault).wait()
    #expect(run.status == 0, "\(run.complaint)")
    #expect(BinaryAccount(run) == expected)
    #expect(try workspace.storedRows() == calm.storedRows())
    let ask = ["query", "activity", "--as-of", "2025-03-20", "--format", "csv", "--quiet"]
    #expect(workspace.start(ask, fault).wait().output == calm.start(ask).wait().output)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("A clock set back stores the same events, and still knows the duplicates")
  func clockSetBack() throws {
    let (calm, workspace) = (try prepared(), try prepared())
    let expected = calm.ingest("b.jsonl").account
    let back = SystemFault(clockOffBy: -20 * 86_400)
    let run = workspace.start(["ingest", "--format", "json", "b.jsonl"], back).wait()
    #expect(run.status == 0 && BinaryAccount(run) == expected, "\(run.output)\(run.complaint)")
    #expect(try workspace.storedRows() == calm.storedRows())
    #expect(answers(workspace) == answers(calm))
    let repeated = try workspace.text(of: "b.jsonl").split(separator: "\n").reversed().joined(separator: "\n") + "\n"
    try workspace.write(repeated, to: "c.jsonl")
    for clock in [back, SystemFault(clockOffBy: 0)] {
      let again = workspace.start(["ingest", "--format", "json", "c.jsonl"], clock).wait()
      #expect(BinaryAccount(again)?.stored ?? 0 == 0, "\(again.output)\(again.complaint)")
    }
    #expect(workspace.muster("store", "check").status == 0)
  }
}
