import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Retention")
struct RetentionTests {
  private func line(_ day: String, _ member: String, _ event: String = "view", _ platform: String = "ios") -> String {
    "{\"ts\":\"\(day)T12:00:00Z\",\"user_id\":\"\(member)\",\"event\":\"\(event)\",\"platform\":\"\(platform)\"}"
  }

  private func rows(_ lines: [String], _ question: RetentionQuestion = .init(), asOf: String? = nil) async throws
    -> [[Cell]]
  {
    let workspace = try TemporaryWorkspace()
    try await workspace.ingest(lines)
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    return try engine.answer(question, asOf: asOf.flatMap { Timestamp(iso8601: $0) }).rows
  }

  @Test("A triangle worked by hand: complete cells, a cell in progress, future cells, the pooled line")
  func handWorked() async throws {
    var question = RetentionQuestion()
    question.periods = 2
    // a and b start on the 1st, c on the 2nd; as of noon on the 3rd, that day is in progress.
    let lines = [
      line("2026-03-01", "a"), line("2026-03-01", "b"), line("2026-03-02", "a"), line("2026-03-02", "c"),
      line("2026-03-03", "b"),
    ]
    let rows = try await rows(lines, question, asOf: "2026-03-03T13:00:00Z")
    let heads = rows.map { Array($0[..<5]) }
    let first = Cell.day(CommunityDay("2026-03-01")!)
    let second = Cell.day(CommunityDay("2026-03-02")!)
    #expect(
      heads == [
        [.null, .int(3), .int(0), .int(3), .bool(true)], [.null, .int(2), .int(1), .int(1), .bool(true)],
        [.null, .null, .int(2), .null, .bool(false)],
        [first, .int(2), .int(0), .int(2), .bool(true)], [first, .int(2), .int(1), .int(1), .bool(true)],
        [first, .int(2), .int(2), .int(1), .bool(false)],
        [second, .int(1), .int(0), .int(1), .bool(true)], [second, .int(1), .int(1), .int(0), .bool(false)],
        [second, .int(1), .int(2), .null, .bool(false)],
      ])
    #expect(rows[1][5] == .float(0.5))
    #expect(rows[2][5...] == [.null, .null, .null])
  }

  @Test("Pooled is the sum of numerators over the sum of sizes: 900 of 1,500 is 0.6")
  func pooledGolden() async throws {
    var lines: [String] = []
    for member in 0..<1000 { lines.append(line("2026-03-01", "a\(member)")) }
    for member in 0..<500 { lines.append(line("2026-03-02", "a\(member)")) }
    for member in 0..<500 { lines.append(line("2026-03-02", "b\(member)")) }
    for member in 0..<400 { lines.append(line("2026-03-03", "b\(member)")) }
    var question = RetentionQuestion()
    question.periods = 1
    let rows = try await rows(lines, question)
    #expect(rows[1][1...5] == [.int(1500), .int(1), .int(900), .bool(true), .float(0.6)])
  }

  @Test(
    "The three ways to pool of two complete cohorts and an incomplete one",
    arguments: [(RetentionQuestion.Pool.pooled, 0.6), (.simple, 0.65), (.mixpanel, 0.56)])
  func poolGolden(pool: RetentionQuestion.Pool, rate: Double) async throws {
    var lines: [String] = []
    for member in 0..<1000 { lines.append(line("2026-03-01", "a\(member)")) }
    for member in 0..<500 { lines.append(line("2026-03-02", "a\(member)")) }
    for member in 0..<500 { lines.append(line("2026-03-02", "b\(member)")) }
    for member in 0..<400 { lines.append(line("2026-03-03", "b\(member)")) }
    for member in 0..<70 { lines.append(line("2026-03-03", "c\(member)")) }
    var question = RetentionQuestion()
    (question.periods, question.pool) = (1, pool)
    let row = try await rows(lines, question)[1]
    #expect(row[1...4] == [.int(1500), .int(1), .int(900), .bool(true)])
    guard case .float(let found) = row[5] else {
      Issue.record("no rate")
      return
    }
    #expect(abs(found - rate) <= 1e-12)
    #expect((row[6] != .null) == (pool == .pooled))
  }

  @Test(
    "A recurring line has no interval under 30 members, and one clustered by member from 30 on", arguments: [29, 30])
  func clustered(memberCount: Int) async throws {
    var lines: [String] = []
    for member in 0..<memberCount {
      for day in 1...3 where member % day == 0 { lines.append(line("2026-03-0\(day)", "m\(member)")) }
    }
    var question = RetentionQuestion()
    (question.periods, question.start) = (1, .recurring(nil))
    let row = try await rows(lines, question)[1]
    #expect((row[6] == .null) == (memberCount < 30))
    #expect(row[5] != .null)
  }

  @Test(
    "What contradicts itself is refused",
    arguments: [
      ("bracket", [ClosedRange<Int>](), nil), ("bracket", [1...3, 3...4], nil), ("on", [1...2], nil),
      ("bracket", [1...2], 3), ("on", [], 1001), ("bracket", [0...2000], nil),
    ])
  func contradictions(mode: String, brackets: [ClosedRange<Int>], periods: Int?) throws {
    var question = RetentionQuestion()
    question.mode = try #require(RetentionQuestion.Mode(rawValue: mode))
    (question.brackets, question.periods) = (brackets, periods)
    #expect(question.problem != nil)
  }

  @Test("A filter moves the start to the first matching event")
  func filtered() async throws {
    var question = RetentionQuestion()
    question.periods = 1
    question.filter = try Filter("platform = 'web'", dimensions: ["platform"])
    let rows = try await rows(
      [line("2026-03-01", "a"), line("2026-03-02", "a", "view", "web"), line("2026-03-03", "a", "view", "web")],
      question)
    #expect(rows.last.map { Array($0[..<4]) } == [.day(CommunityDay("2026-03-02")!), .int(1), .int(1), .int(1)])
  }

  @Test("Passive events neither start nor return")
  func passive() async throws {
    let rows = try await rows([line("2026-03-01", "a", "push_sent"), line("2026-03-02", "b")])
    #expect(Set(rows.map(\.[0])) == [.null, .day(CommunityDay("2026-03-02")!)])
  }
}

@Suite("Student's quantile and the clustered interval")
struct ClusteredIntervalTests {
  /// From SciPy 1.17: `scipy.stats.t.ppf(0.975, n)`.
  @Test(
    "The quantile agrees with SciPy",
    arguments: [
      (29, 2.045229642132703), (30, 2.0422724563012378), (39, 2.022690920036761), (100, 1.9839715185235518),
      (399, 1.965927295920882), (400, 1.9659123432294627), (5000, 1.9604385517065073),
    ])
  func quantile(degreesOfFreedom: Int, expected: Double) {
    #expect(abs(StudentQuantile.value(degreesOfFreedom: degreesOfFreedom) - expected) <= 1e-12)
  }

  /// From NumPy and SciPy: 40 members with n = 1 + m % 5 and x = 7 m % (n + 1), rate 53/120.
  @Test("The interval agrees with NumPy and SciPy")
  func interval() throws {
    var sums = ClusterSums()
    for member in 0..<40 {
      let n = 1 + member % 5
      sums.add(x: member * 7 % (n + 1), n: n)
    }
    let interval = try #require(sums.interval)
    #expect(abs(interval.low - 0.3335884609701381) <= 1e-12)
    #expect(abs(interval.high - 0.5555689784072334) <= 1e-12)
  }

  @Test("No interval where the logit is not finite, or under 30 members", arguments: [(30, 0), (30, 1), (29, -1)])
  func none(memberCount: Int, x: Int) {
    var sums = ClusterSums()
    for member in 0..<memberCount { sums.add(x: x < 0 ? member % 2 : x, n: 1) }
    #expect(sums.interval == nil)
  }
}

@Suite("Wilson's interval")
struct WilsonIntervalTests {
  /// From SciPy 1.17: `scipy.stats.binomtest(k, n).proportion_ci(method="wilson")`.
  @Test(
    "agrees with SciPy",
    arguments: [
      (5, 10, 0.236593090512564, 0.7634069094874361), (0, 10, 0.0, 0.27753279986288926),
      (10, 10, 0.7224672001371109, 1.0), (590, 1349, 0.41110447721724774, 0.46397327199120597),
      (1, 1_000_000, 1.765245767453709e-07, 5.664911804311442e-06),
    ])
  func agrees(successes: Int, trials: Int, low: Double, high: Double) throws {
    let interval = try #require(WilsonInterval(successes: successes, trials: trials))
    #expect(abs(interval.low - low) <= 1e-12)
    #expect(abs(interval.high - high) <= 1e-12)
  }

  @Test("has no answer without trials")
  func empty() { #expect(WilsonInterval(successes: 0, trials: 0) == nil) }
}
