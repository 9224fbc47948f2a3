import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Lifecycle, stickiness, hours, sessions and retention against the slow, obvious engine")
struct HabitsAgainstReferenceTests {
  /// A random community in a store, and instants to ask as of.
  private func forEachCommunity(
    _ zoneName: String, _ firstDay: String,
    _ body: (Engine, ReferenceEngine, ClosedRange<CommunityDay>, String) throws -> Void
  ) async throws {
    let zone = try TimeZoneRules(named: zoneName)
    let first = try #require(CommunityDay(firstDay))
    for seed in UInt64(1)...3 {
      let events = randomEvents(seed: seed &* 104_729, zone: zone, around: first)
      let workspace = try TemporaryWorkspace("time-zone: \(zoneName)\n", inMemory: true)
      let half = events.count / 2
      try await workspace.ingest(events[half...].map(\.line), name: "b.jsonl")
      try await workspace.ingest(events[..<half].map(\.line), name: "a.jsonl")
      let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
      let all = events.map { zone.day(of: $0.ts) }
      for (asOf, days) in [
        (engine.defaultAsOf, all.min()!...all.max()!),
        (zone.start(of: first + 30).adding(seconds: 40_000), first + 3...first + 33),
      ] {
        let reference = ReferenceEngine(events: events, zone: zone, weekStart: 1, asOf: asOf)
        try body(engine, reference, days, "seed \(seed), \(zoneName), as of \(asOf)")
      }
    }
  }

  static let places = [
    ("UTC", "2024-02-10"), ("America/New_York", "2026-02-20"), ("Australia/Lord_Howe", "2026-03-20"),
    ("Pacific/Apia", "2011-12-10"),
  ]

  @Test("Every cell of lifecycle, stickiness, hours and sessions agrees", arguments: places)
  func habits(zoneName: String, firstDay: String) async throws {
    try await forEachCommunity(zoneName, firstDay) { engine, reference, days, label in
      let range = DayRange(from: days.lowerBound, to: days.upperBound)
      func rows(_ question: any Question) throws -> [[Cell]] {
        var question = question
        question.days = range
        return try engine.answer(question, asOf: reference.asOf).rows
      }
      for granularity in Granularity.allCases {
        var lifecycle = LifecycleQuestion()
        lifecycle.granularity = granularity
        #expect(try rows(lifecycle) == reference.lifecycle(granularity, days), "lifecycle by \(granularity), \(label)")
      }
      for window in [1, 7, 28] {
        var stickiness = StickinessQuestion()
        stickiness.window = window
        #expect(try rows(stickiness) == reference.stickiness(window, days), "stickiness of \(window), \(label)")
      }
      var distribution = StickinessQuestion()
      distribution.distribution = true
      #expect(try rows(distribution) == reference.distribution(days), "distribution, \(label)")
      #expect(try rows(HoursQuestion()) == reference.hours(days), "hours, \(label)")
      for (granularity, gap) in [(Granularity.day, Int64(1800)), (.week, 20_000), (.day, 100_000)] {
        var sessions = SessionsQuestion()
        (sessions.granularity, sessions.gapSeconds) = (granularity, gap)
        let wanted = reference.sessions(granularity, gapSeconds: gap, days)
        let found = try rows(sessions)
        #expect(isNear(found, wanted), "sessions of \(gap) s by \(granularity), \(label)")
      }
    }
  }

  @Test("A group of a breakdown has the rows of the question about its events alone", arguments: places)
  func groups(zoneName: String, firstDay: String) async throws {
    var distribution = StickinessQuestion()
    distribution.distribution = true
    let (lifecycle, stickiness) = (LifecycleQuestion(), StickinessQuestion())
    let (hours, sessions) = (HoursQuestion(), SessionsQuestion())
    var grouped = (lifecycle, stickiness, distribution, hours, sessions)
    (grouped.0.by, grouped.1.by, grouped.2.by) = (["platform"], ["platform"], ["platform"])
    (grouped.3.by, grouped.4.by) = (["platform"], ["platform"])
    let pairs: [(any Question, any Question)] = [
      (lifecycle, grouped.0), (stickiness, grouped.1), (distribution, grouped.2), (hours, grouped.3),
      (sessions, grouped.4),
    ]
    try await forEachCommunity(zoneName, firstDay) { engine, reference, days, label in
      for (alone, grouped) in pairs {
        var (alone, grouped) = (alone, grouped)
        grouped.days = DayRange(from: days.lowerBound, to: days.upperBound)
        alone.days = grouped.days
        let answer = try engine.answer(grouped, asOf: reference.asOf)
        let column = try #require(answer.columns.firstIndex { $0.name == "platform" })
        let values = Set(answer.rows.map { $0[column] })
        #expect(values.count > 1, "\(grouped.commandLine), \(label)")
        for value in values {
          var condition = "platform is null"
          if case .text(let text) = value { condition = "platform = '\(text)'" }
          alone.filter = try Filter(condition, dimensions: ["platform"])
          let rows = answer.rows.filter { $0[column] == value }
          let bare = rows.map { row in Array(row[..<column]) + row[(column + 1)...] }
          #expect(bare == (try engine.answer(alone, asOf: reference.asOf).rows), "\(grouped.commandLine), \(label)")
        }
      }
    }
  }

  @Test("Every cell of every form of retention agrees", arguments: places)
  func retention(zoneName: String, firstDay: String) async throws {
    var numbers = SeededNumbers(seed: 11)
    try await forEachCommunity(zoneName, firstDay) { engine, reference, days, label in
      for _ in 0..<40 {
        let question = try randomRetention(&numbers, days)
        let rows = try engine.answer(question, asOf: reference.asOf).rows
        let wanted = reference.retention(
          question, days,
          isStart: { matches($0, question.start.kind.map { [$0] } ?? [], question.startFilter) },
          isReturn: { matches($0, question.returns, question.returnFilter) })
        #expect(
          rows.filter { $0[0] != .null }.map { Array($0[..<5]) } == wanted, "\(question.commandLine), \(label)")
      }
    }
  }

  private func randomRetention(_ numbers: inout SeededNumbers, _ days: ClosedRange<CommunityDay>) throws
    -> RetentionQuestion
  {
    var question = RetentionQuestion()
    question.days = DayRange(from: days.lowerBound, to: days.upperBound)
    question.cohort = Granularity.allCases.randomElement(using: &numbers)!
    question.mode = RetentionQuestion.Mode.allCases.randomElement(using: &numbers)!
    if question.mode == .bracket { question.brackets = [0...1, 3...5] } else { question.periods = 5 }
    question.clock = RetentionQuestion.Clock.allCases.randomElement(using: &numbers)!
    question.start = [.first(nil), .first("like"), .recurring(nil), .recurring("view")].randomElement(using: &numbers)!
    question.returns = [[], ["view"], ["push_sent", "comment"]].randomElement(using: &numbers)!
    let ios = try Filter("platform = 'ios'", dimensions: ["platform"])
    question.startFilter = [nil, nil, ios].randomElement(using: &numbers)!
    question.returnFilter = [nil, nil, ios].randomElement(using: &numbers)!
    return question
  }

  private func matches(_ event: SampleEvent, _ kinds: [String], _ filter: Filter?) -> Bool {
    (kinds.isEmpty ? event.event != "push_sent" : kinds.contains(event.event))
      && (filter == nil || event.platform == "ios")
  }

  /// Equal, floats to 1e-9 of their size: the reference adds in another order.
  private func isNear(_ a: [[Cell]], _ b: [[Cell]]) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a.joined(), b.joined()).allSatisfy { left, right in
      if case .float(let x) = left, case .float(let y) = right { return abs(x - y) <= 1e-9 * max(1, abs(y)) }
      return left == right
    }
  }
}

extension RetentionQuestion.Start {
  fileprivate var kind: String? {
    switch self {
    case .first(let kind), .recurring(let kind): kind
    }
  }
}
