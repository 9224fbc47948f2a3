import Aggregation
import Events
import Foundation
import Segments
import TestSupport
import Testing

/// A random community in which members use two platforms and do several kinds of events on one day.
private func randomLines(_ random: inout SeededNumbers, dayCount: Int) -> [String] {
  let events = ["view", "like", "push_sent", "comment", "view"]
  return (0..<500).map { number in
    let (day, second) = (Int.random(in: 1...dayCount, using: &random), Int.random(in: 0..<86400, using: &random))
    let clock = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let member = "m\(Int.random(in: 0..<(Bool.random(using: &random) ? 8 : 90), using: &random))"
    let event = events[Int.random(in: 0..<events.count, using: &random)]
    let platform = ["null", "\"ios\"", "\"web\"", "\"Ünï\"", "\"\""][Int.random(in: 0...4, using: &random)]
    return
      "{\"ts\":\"2026-03-\(day < 10 ? "0" : "")\(day)T\(clock.joined(separator: ":"))Z\",\"user_id\":\"\(member)\","
      + "\"event\":\"\(event)\",\"platform\":\(platform),\"community_id\":\"c_\(number % 3)\"}"
  }
}

private func questions() throws -> [any Question] {
  let filters = [
    nil, "event = 'like'", "platform = 'ios'", "platform is null or event = 'view'", "platform != 'web'",
    "not platform in ('ios', 'Ünï')", "platform > 'ios' and event like '%e%'", "event = 'push_sent'",
    "platform = 'ios' and community = 'c_1'", "platform = 'nowhere'",
  ]
  let breakdowns = [
    [], ["event"], ["platform"], ["event", "platform"], ["platform", "event"], ["community", "platform"],
  ]
  var questions: [any Question] = []
  for text in filters {
    let filter = try text.map { try Filter($0, dimensions: ["community", "platform", "content", "push", "arm"]) }
    for granularity in Granularity.allCases {
      var retention = RetentionQuestion()
      (retention.cohort, retention.periods, retention.scope.filter) = (granularity, 4, filter)
      questions.append(retention)
      var lifecycle = LifecycleQuestion()
      (lifecycle.granularity, lifecycle.scope.filter) = (granularity, filter)
      questions.append(lifecycle)
      for by in breakdowns {
        var activity = ActivityQuestion()
        (activity.granularity, activity.by, activity.scope.filter) = (granularity, by, filter)
        questions.append(activity)
      }
    }
    for distribution in [true, false] {
      var stickiness = StickinessQuestion()
      (stickiness.window, stickiness.distribution, stickiness.scope.filter) = (3, distribution, filter)
      questions.append(stickiness)
    }
    for dayCount in [1, 3, 7, 100] {
      for by in [[], ["platform"]] {
        var trailing = ActivityQuestion()
        (trailing.trailing, trailing.by, trailing.scope.filter) = (dayCount, by, filter)
        questions.append(trailing)
      }
    }
  }
  return questions
}

/// Whether an index can say: events and one dimension at most.
private func isServed(_ question: any Question) -> Bool {
  let text = question.commandLine
  let dimensions = ["platform", "community"].filter { text.contains($0) }
  return dimensions.count < 2
}

@Suite("The activity index against a scan of the segments")
struct IndexAgainstScanTests {
  @Test("Every answer is the same, whatever arrived when and however segments lie", arguments: UInt64(1)...4)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    let settings = ["time-zone: Asia/Shanghai\n", "time-zone: UTC\npassive-events: []\n"][Int(seed % 2)]
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    let lines = randomLines(&random, dayCount: 12)
    let cut = Int.random(in: 1..<lines.count, using: &random)
    try await workspace.ingest(Array(lines[cut...]), name: "b.jsonl")
    try await workspace.ingest(Array(lines[..<cut]), name: "a.jsonl")
    if seed > 2 { try Compaction(workspace.workspace, rule: .all).run(now: .testArrival) }
    try expectSame(workspace.workspace, seed: seed, asOf: nil)
    let midday = try #require(Timestamp(iso8601: "2026-03-07T12:30:00Z"))
    try expectSame(workspace.workspace, seed: seed, asOf: midday)
  }

  @Test("After other events became passive the answers are those of a scan", arguments: UInt64(1)...2)
  func passive(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    let workspace = try TemporaryWorkspace("time-zone: UTC\n", inMemory: true)
    try await workspace.ingest(randomLines(&random, dayCount: 6))
    try workspace.rewriteSettings("time-zone: UTC\npassive-events: [view, comment]\n")
    let folder = workspace.workspace.folder
    try expectSame(Workspace(folder: folder, store: nil, current: "/"), seed: seed, asOf: nil)
  }

  /// Asks with the index and again without it.
  private func expectSame(_ workspace: Workspace, seed: UInt64, asOf: Timestamp?) throws {
    let questions = try questions()
    let store = try Store(reading: workspace)
    let indexed = try questions.map { try Engine(store, now: .testArrival).answer($0, asOf: asOf) }
    let (index, aside) = ("\(workspace.storeFolder)/index", "\(workspace.storeFolder)/aside")
    try FileManager.default.moveItem(atPath: index, toPath: aside)
    defer { try? FileManager.default.moveItem(atPath: aside, toPath: index) }
    for (question, expected) in zip(questions, indexed) {
      let scanned = try Engine(store, now: .testArrival).answer(question, asOf: asOf)
      let label = "seed \(seed), as of \(expected.asOf): \(question.commandLine)"
      #expect(scanned.rows == expected.rows, "\(label)")
      if asOf == nil {
        #expect(expected.statistics.fromIndex == isServed(question), "\(label)")
        #expect((expected.statistics.segmentsRead == 0) == isServed(question), "\(label)")
      }
      #expect(!scanned.statistics.fromIndex && scanned.statistics.segmentsRead > 0, "\(label)")
      let note = scanned.notes.first { $0.contains("activity index") }
      #expect((note != nil) == isServed(question), "\(label)")
      #expect(scanned.notes.filter { $0 != note } == expected.notes, "\(label)")
    }
  }
}
