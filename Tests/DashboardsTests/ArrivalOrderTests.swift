import Aggregation
import Dashboards
import Events
import Foundation
import Ingest
import Segments
import TestSupport
import Testing

/// Late events: what is answered and published rests on the records alone, not on how they arrived.
@Suite("The order of arrival")
struct ArrivalOrderTests {
  static let caseCount = TestDepth.isDeep ? 400 : 100

  @Test(
    "Any permutation of the same records, in any number of batches, repeats included, gives the same bytes",
    arguments: 0..<caseCount)
  func anyOrder(seed: Int) async throws {
    let expected = try await Self.calm.value
    var random = SeededNumbers(seed: UInt64(seed))
    var arriving = Self.records
    // Some come twice, some more often.
    for _ in 0..<Int.random(in: 0...60, using: &random) { arriving.append(Self.records.randomElement(using: &random)!) }
    arriving.shuffle(using: &random)
    let batchCount = Int.random(in: 1...6, using: &random)
    var batches = [[String]](repeating: [], count: batchCount)
    for record in arriving { batches[Int.random(in: 0..<batchCount, using: &random)].append(record) }

    let workspace = try TemporaryWorkspace(Self.settings, inMemory: true)
    var (stored, read, arrival) = (0, 0, Timestamp.testArrival)
    for (number, batch) in batches.enumerated() where !batch.isEmpty {
      let totals = try await workspace.ingest(batch, name: "\(number).jsonl", arrival: arrival).totals
      (stored, read) = (stored + totals.stored, read + totals.read)
      // Within the duplicate window.
      arrival = arrival.adding(seconds: Int64.random(in: 0...3 * 86_400, using: &random))
    }
    #expect(stored == Self.records.count && read == arriving.count, "seed \(seed)")
    #expect(try Self.words(workspace) == expected, "seed \(seed), batches of \(batches.map(\.count))")
    #expect(try StoreCheck(Store(reading: workspace.workspace)).findings() == [], "seed \(seed)")
  }

  private static let settings =
    "time-zone: America/New_York\nweek-start: sunday\ndimensions: [community, platform, push, arm]\n"

  /// The records as they were written, in one batch.
  private static let calm = Task<[String], any Error> {
    let workspace = try TemporaryWorkspace(settings, inMemory: true)
    try await workspace.ingest(records)
    let words = try Self.words(workspace)
    precondition(words.contains { $0.contains("retention") && $0.contains("2026-03-1") }, "the answers say something")
    return words
  }

  /// Seven weeks over the change of clocks; some ids stand for two contents, and some events for one instant.
  private static let records: [String] = {
    var random = SeededNumbers(seed: 99)
    let start = Timestamp(iso8601: "2026-02-01T00:00:00Z")!
    return (0..<160).map { number in
      let seconds = Int64.random(in: 0..<49, using: &random) * 86_400 + Int64.random(in: 0..<24, using: &random) * 3600
      let id = number % 20 == 19 ? number - 1 : number
      let event = ["visit", "comment", "push_sent", "post_view"].randomElement(using: &random)!
      let platform = ["ios", "web", "微信"].randomElement(using: &random)!
      return """
        {"event_id":"e\(id)","ts":"\(start.adding(seconds: seconds))","user_id":"m\(Int.random(in: 0..<25, using: &random))",\
        "event":"\(event)","platform":"\(platform)","community_id":"c\(number % 3)","properties":{"n":\(number % 7)}}
        """
    }
  }()

  /// Every kind of answer, and a published document, as of two instants.
  private static func words(_ workspace: TemporaryWorkspace) throws -> [String] {
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    let dashboard = try DashboardDescription(
      contentsOf: repository + "/dashboards/overview.yaml", name: "overview",
      schema: workspace.workspace.settings.schema, workspace: Workspace(folder: repository, store: nil, current: "/"))
    return try ["2026-03-10T16:00:00Z", "2026-03-25T04:00:00Z"].flatMap { text -> [String] in
      let asOf = Timestamp(iso8601: text)!
      return try questions.map { try engine.answer($0, asOf: asOf).wordsForTest }
        + [DashboardBuilder(engine: engine, asOf: asOf).document(dashboard).json]
    }
  }

  private static let questions: [any Question] = {
    var questions: [any Question] = []
    for granularity in Granularity.allCases {
      var activity = ActivityQuestion()
      activity.granularity = granularity
      questions.append(activity)
      activity.by = ["event", "platform"]
      questions.append(activity)
      var retention = RetentionQuestion()
      (retention.cohort, retention.periods) = (granularity, 4)
      questions.append(retention)
    }
    var trailing = ActivityQuestion()
    trailing.trailing = 7
    var filtered = ActivityQuestion()
    filtered.filter = try? Filter("platform != 'web' and properties.n >= 2", dimensions: ["community", "platform"])
    precondition(filtered.filter != nil, "the filter is one")
    return questions + [trailing, filtered]
  }()

  /// The repository is a workspace, with a dashboard and the experiment on it.
  private static let repository =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
}

extension Answer {
  /// The answer without the time that it took and the segments that were read.
  fileprivate var wordsForTest: String { "\(metric) \(columnsJSON) \(rowsJSON) \(notes)" }
}
