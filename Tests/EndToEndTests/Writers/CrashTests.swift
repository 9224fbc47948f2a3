import Foundation
import TestSupport
import Testing

/// An ingest that is killed at any instant, while others read, leaves a store in which the same command does what it
/// would have done.
@Suite struct CrashTests {
  static let lineCount = 60_000
  /// 20 instants; 200 where the run is a deep one.
  static let partCount = TestDepth.isDeep ? 40 : 4

  @Test(
    "After kill -9 and the same command again, rows and answers are those of an undisturbed run",
    arguments: 0..<partCount)
  func killed(_ part: Int) throws {
    let calm = try CalmStore.made.get()
    var random = BinaryRandom(seed: UInt64(100 + part))
    for attempt in 0..<5 {
      // The commit is short and at the end: look there more often.
      let share = attempt < 2 ? Double(random.below(1000)) / 1000 : 0.6 + Double(random.below(450)) / 1000
      let instant = "seed \(100 + part), attempt \(attempt), at \(share) of \(calm.duration)"
      let workspace = try BinaryWorkspace(copyOf: calm.before.folder)
      let process = workspace.start(calm.command)
      let deadline = ContinuousClock.now + calm.duration * share
      var reader: BinaryRun?
      if attempt % 2 == 0 { reader = workspace.muster("query", "activity", "--as-of", "2025-03-20", "--quiet") }
      while ContinuousClock.now < deadline { usleep(100) }
      process.kill()
      let killed = process.wait()
      #expect(killed.status == 0 || killed.status == -9, "\(instant)")
      #expect(reader?.status ?? 0 == 0, "\(instant): \(reader?.complaint ?? "")")
      #expect(workspace.muster("query", "activity", "--as-of", "2025-03-20").status == 0, "\(instant)")

      let again = workspace.start(calm.command).wait()
      #expect(again.status == 0, "\(instant): \(again.complaint)")
      let account = BinaryAccount(again)
      #expect(account?.stored == Self.lineCount || account?.skippedSources.count == 1, "\(instant): \(again.output)")
      #expect(workspace.answers(asOf: "2025-03-20", questions: CalmStore.questions) == calm.answers, "\(instant)")
      #expect(try workspace.storedRows() == calm.rows, "\(instant)")
      try StoreRepair.expectNoOrphans(in: workspace, instant)
    }
  }
}

/// The undisturbed run, made once.
private struct CalmStore: Sendable {
  let before: BinaryWorkspace
  let command = ["ingest", "--format", "json", "log.jsonl"]
  let duration: Duration
  let answers: String
  let rows: [String]

  static let questions = [["activity", "--by", "event,platform"], ["activity"], ["retention", "--periods", "5"]]
  static let made = Result { try CalmStore() }

  private init() throws {
    let after = try BinaryWorkspace()
    try after.write(BinaryLog.lines(300, members: 500), to: "before.jsonl")
    try after.write(BinaryLog.lines(CrashTests.lineCount, members: 900, seed: 2) + "bad\n", to: "log.jsonl")
    #expect(after.muster("ingest", "before.jsonl").status == 0)
    before = try BinaryWorkspace(copyOf: after.folder)
    let started = ContinuousClock.now
    #expect(after.start(command).wait().status == 0)
    duration = ContinuousClock.now - started
    answers = after.answers(asOf: "2025-03-20", questions: Self.questions)
    rows = try after.storedRows()
    #expect(rows.count == CrashTests.lineCount + 300 && answers.contains("2025-03-14"))
  }
}
