import Foundation
import TestSupport
import Testing

/// An ingest that ends at any of its system calls: readers see the store before or after, and the same command again
/// makes of it what an undisturbed run makes.
@Suite(.enabled(if: SystemFault.isPossible, "needs a C compiler on PATH for the shim"))
struct CommitPointTests {
  /// A point at which something can go wrong, and what does.
  struct Ending: CustomTestStringConvertible, Sendable {
    var name: String
    var action: SystemFault.Action
    var calls: [String] = []
    var store = Start.filled
    /// Every which call is tried in the ordinary run; a deep one tries all.
    var stride = 1
    var testDescription: String { "\(name), \(store) store" }
  }

  enum Start: Sendable { case filled, new }

  static let endings: [Ending] = [
    Ending(name: "killed", action: .kill),
    Ending(name: "killed within a write", action: .tear, calls: ["write", "pwrite"], stride: 3),
    Ending(name: "power cut", action: .powerCut, stride: 2),
    // The store's first batch too, which also makes the catalog.
    Ending(name: "killed", action: .kill, store: .new, stride: 5),
    Ending(name: "killed within a write", action: .tear, calls: ["write", "pwrite"], store: .new, stride: 25),
    Ending(name: "power cut", action: .powerCut, store: .new, stride: 10),
  ]

  @Test(
    "Whatever call an ingest ends at, the same command again completes it, and nothing is left over",
    arguments: endings, 0..<2)
  func ending(_ ending: Ending, _ part: Int) throws {
    let calm = try CalmRun.of(ending.store)
    let stride = TestDepth.isDeep ? 1 : ending.stride
    var number = 1 + part * stride
    while try hasEnded(ending, at: number, calm) { number += 2 * stride }
    #expect(number > 20, "the run survived at call \(number): the shim does not see the store")
  }

  /// False where the run survived: it has no such call.
  private func hasEnded(_ ending: Ending, at number: Int, _ calm: CalmRun) throws -> Bool {
    let workspace = try BinaryWorkspace(copyOf: calm.before.folder, inMemory: true)
    let fault = SystemFault(ending.action, at: number, in: ".muster", calls: ending.calls)
    let place = "\(ending.testDescription), call \(number)"
    let ended = workspace.start(calm.command, fault).wait()
    #expect(ended.status == -9 || ended.status == 0, "\(place): \(ended.status) \(ended.complaint)")

    let asked = workspace.muster("query", "activity", "--as-of", "2025-03-20", "--format", "csv", "--quiet")
    // Before its first batch there is no store, or an empty one.
    let isFirst = ending.store == .new && (asked.status == 66 || asked.output.split(separator: "\n").count == 1)
    #expect(
      isFirst || [calm.answerBefore, calm.answerAfter].contains(asked.output),
      "\(place): \(asked.status) \(asked.output)\(asked.complaint)")
    if StoreRepair.exists, number % 4 < 2, !isFirst {
      try StoreRepair.expectNoOrphans(in: workspace, place)
    }

    let again = workspace.start(calm.command).wait()
    #expect(again.status == 0, "\(place): \(again.complaint)")
    let account = BinaryAccount(again)
    #expect(account == calm.account || account?.skippedSources.count == 1, "\(place): \(again.output)")
    #expect(try workspace.storedRows() == calm.rows, "\(place): other rows")
    #expect(workspace.answers(asOf: "2025-03-20", questions: CalmRun.questions) == calm.answers, "\(place)")
    try StoreRepair.expectNoOrphans(in: workspace, place)
    #expect(CalmRun.files(of: workspace) == calm.files, "\(place): files that nobody needs, or too few")
    return ended.status == -9
  }
}

/// The undisturbed run, made once.
private struct CalmRun: Sendable {
  /// The workspace as it was before the run.
  let before: BinaryWorkspace
  let command = ["ingest", "--format", "json", "--reject-limit", "0.1", "log.jsonl"]
  let answerBefore: String
  let answerAfter: String
  let rows: [String]
  let answers: String
  let account: BinaryAccount?
  let files: [String]

  /// Reads segments, first instants and that the dictionary is there.
  static let questions = [["activity"]]

  static func of(_ start: CommitPointTests.Start) throws -> CalmRun {
    try (start == .filled ? filled : new).get()
  }

  private static let filled = Result { try CalmRun(isFilled: true) }
  private static let new = Result { try CalmRun(isFilled: false) }

  private init(isFilled: Bool) throws {
    let after = try BinaryWorkspace(inMemory: true)
    try after.write(Self.lines(300, seed: 1), to: "before.jsonl")
    // New members, members of the first batch, repeats of the first batch, and a broken line.
    let repeats = Self.lines(300, seed: 1).split(separator: "\n").prefix(40).joined(separator: "\n")
    try after.write(Self.lines(500, seed: 2) + repeats + "\nbad\n", to: "log.jsonl")
    if isFilled { #expect(after.muster("ingest", "before.jsonl").status == 0) }
    before = try BinaryWorkspace(copyOf: after.folder, inMemory: true)
    func ask() -> String {
      after.muster("query", "activity", "--as-of", "2025-03-20", "--format", "csv", "--quiet").output
    }
    answerBefore = ask()
    let run = after.start(command).wait()
    #expect(run.status == 0, "\(run.complaint)")
    account = BinaryAccount(run)
    answerAfter = ask()
    rows = try after.storedRows()
    answers = after.answers(asOf: "2025-03-20", questions: Self.questions)
    files = Self.files(of: after)
    #expect(answerBefore != answerAfter && rows.count == (isFilled ? 800 : 540))
  }

  /// Lines of three days.
  private static func lines(_ count: Int, seed: UInt64) -> String {
    let days = ["2025-03-03", "2025-03-04", "2025-03-05"]
    var random = BinaryRandom(seed: seed)
    return (0..<count).map { number in
      let hour = 10 + random.below(13)
      return BinaryLog.line(
        "e\(seed)-\(number)", "\(days[random.below(3)])T\(hour):30:00Z", "m\(random.below(50) + Int(seed) * 20)",
        ["visit", "comment"][random.below(2)], platform: ["ios", "web"][random.below(2)])
    }.joined()
  }

  /// Names of what lies in a store, but for what SQLite leaves and what was retired.
  static func files(of workspace: BinaryWorkspace) -> [String] {
    workspace.files(below: ".muster").filter { !$0.hasPrefix("catalog.sqlite-") && !$0.hasPrefix("retired/") }
  }
}
