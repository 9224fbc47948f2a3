import Foundation
import TestSupport
import Testing

/// An ingest that is killed at any instant leaves a store in which the same command does what it would have done.
@Suite struct CrashTests {
  static let lineCount = 60_000

  @Test("After kill -9 and the same command again, answers are those of an undisturbed run", arguments: 0..<4)
  func killed(_ part: Int) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(300, members: 500), to: "before.jsonl")
    try workspace.write(BinaryLog.lines(Self.lineCount, members: 900, seed: 2) + "bad\n", to: "log.jsonl")
    func load(_ store: String, _ file: String) -> [String] { ["ingest", "--store", store, "--format", "json", file] }
    func answers(_ store: String) -> String {
      [["activity", "--by", "event,platform"], ["activity"], ["retention", "--periods", "5"]].map { question in
        workspace.start(["query"] + question + ["--store", store, "--as-of", "2025-03-20", "--format", "csv"]).wait()
          .output
      }.joined()
    }
    #expect(workspace.start(load("calm", "before.jsonl")).wait().status == 0)
    let clock = ContinuousClock()
    let whole = clock.measure { #expect(workspace.start(load("calm", "log.jsonl")).wait().status == 0) }
    let expected = answers("calm")
    #expect(expected.contains("2025-03-14"))

    var random = BinaryRandom(seed: UInt64(100 + part))
    for attempt in 0..<5 {
      let store = "store-\(attempt)"
      #expect(workspace.start(load(store, "before.jsonl")).wait().status == 0)
      // The commit is short and at the end: look there more often.
      let share = attempt < 2 ? Double(random.below(1000)) / 1000 : 0.6 + Double(random.below(450)) / 1000
      let instant = "seed \(100 + part), attempt \(attempt), at \(share) of \(whole)"
      let process = workspace.start(load(store, "log.jsonl"))
      let deadline = clock.now + whole * share
      while clock.now < deadline { usleep(100) }
      process.kill()
      let killed = process.wait()
      #expect(killed.status == 0 || killed.status == -9, "\(instant)")
      #expect(
        workspace.start(["query", "activity", "--store", store, "--as-of", "2025-03-20"]).wait().status == 0,
        "\(instant)")

      let again = workspace.start(load(store, "log.jsonl")).wait()
      #expect(again.status == 0, "\(instant): \(again.complaint)")
      let account = BinaryAccount(again)
      #expect(account?.stored == Self.lineCount || account?.skippedSources.count == 1, "\(instant): \(again.output)")
      #expect(answers(store) == expected, "\(instant)")
      let check = workspace.start(["store", "check", "--store", store]).wait()
      #expect(check.status == 0, "\(instant): \(check.output)")
      #expect(workspace.files(below: "\(store)/staging") == [], "\(instant)")
      try workspace.remove(store)
    }
  }
}
