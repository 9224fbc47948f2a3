import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Followers, health and members against the slow, obvious engine")
struct CommunityAgainstReferenceTests {
  @Test(
    "Every figure agrees on random communities",
    arguments: [
      ("UTC", "2026-01-20"), ("Asia/Shanghai", "2025-11-20"), ("America/New_York", "2026-02-01"),
      ("Australia/Lord_Howe", "2026-02-20"), ("America/New_York", "2025-09-20"),
    ])
  func agrees(zoneName: String, firstDay: String) async throws {
    let zone = try TimeZoneRules(named: zoneName)
    let first = try #require(CommunityDay(firstDay))
    for seed in UInt64(1)...3 {
      let events = CommunityEvent.random(seed: seed &* 104_729, zone: zone, from: first, dayCount: 90)
      let workspace = try TemporaryWorkspace(
        "time-zone: \(zoneName)\nfollowers-opening: {date: \(first + 12), count: 30}\n", inMemory: true)
      let half = events.count / 2
      try await workspace.ingest(events[half...].map(\.line), name: "b.jsonl")
      try await workspace.ingest(events[..<half].map(\.line), name: "a.jsonl")
      let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
      let data = events.map { zone.day(of: $0.ts) }.min()!...events.map { zone.day(of: $0.ts) }.max()!
      for (asOf, days) in [
        (engine.defaultAsOf, data), (zone.start(of: first + 70).adding(seconds: 40_000), first + 9...first + 75),
      ] {
        let label = "seed \(seed), \(zoneName), as of \(asOf)"
        let reference = CommunityReference(events, zone, asOf: asOf, days: days)
        let asked = Asked(engine: engine, asOf: asOf, days: days, label: label)
        try asked.followers(reference, anchor: first + 12)
        try asked.health(reference, data: data.lowerBound...min(data.upperBound, zone.day(of: asOf)))
        try asked.members(reference)
      }
    }
  }

  /// An engine and what it is asked over.
  private struct Asked {
    let engine: Engine
    let asOf: Timestamp
    let days: ClosedRange<CommunityDay>
    let label: String

    private var range: DayRange { DayRange(from: days.lowerBound, to: days.upperBound) }

    private func rows(_ question: any Question) throws -> [[Cell]] {
      var question = question
      question.days = range
      return try engine.answer(question, asOf: asOf).rows
    }

    func followers(_ reference: CommunityReference, anchor: CommunityDay) throws {
      var question = FollowersQuestion()
      #expect(try rows(question) == reference.growth(anchor: anchor, count: 30), "growth, \(label)")
      question.view = .referral
      for granularity in Granularity.allCases {
        question.granularity = granularity
        let found = try rows(question)
        #expect(Array(found[0][1...5]) == reference.referral, "referral, \(label)")
        // Intervals add up to the range, inviters apart.
        for column in [1, 2, 4, 5] {
          let sum = found.dropFirst().reduce(0) { $0 + ($1[column].int ?? 0) }
          #expect(sum == found[0][column].int, "column \(column) of referral by \(granularity), \(label)")
        }
      }
      question.view = .tree
      #expect(try rows(question) == reference.tree, "tree, \(label)")
    }

    func health(_ reference: CommunityReference, data: ClosedRange<CommunityDay>) throws {
      var question = HealthQuestion()
      question.every = .range
      question.contributions = ["post_create", "comment"]
      question.view = .absence
      let counts = Dictionary(
        grouping: reference.events.filter {
          ["post_create", "comment"].contains($0.event) && days.contains(reference.day($0))
        }, by: \.member
      ).values.map(\.count).sorted(by: >)
      let half = counts.indices.first { 2 * counts[...$0].reduce(0, +) > counts.reduce(0, +) }
      let found = try rows(question)[0]
      #expect(found[1...3] == [.int(counts.count), .int(counts.reduce(0, +)), .int(half! + 1)], "absence, \(label)")
      question.view = .response
      question.givesInputs = true
      #expect(try rows(question) == reference.waits, "response, \(label)")
      question.givesInputs = false
      question.view = .newcomers
      #expect(try rows(question).map { Array($0[2...4]) } == reference.newcomers, "newcomers, \(label)")
      question.view = .love
      let love = reference.love(on: days.upperBound)
      let row = try rows(question)[0]
      #expect(row[1] == .int(love.count), "members with love, \(label)")
      #expect(abs((row[2].float ?? 0) - love.reduce(0, +)) < 1e-9, "love, \(label)")
      question.view = .churn
      question.givesInputs = true
      #expect(try rows(question) == reference.churnInputs(data: data), "churn, \(label)")
    }

    func members(_ reference: CommunityReference) throws {
      var question = MembersQuestion()
      #expect(try rows(question) == reference.lifecycles(on: days.upperBound), "lifecycle, \(label)")
      question.showsIDs = true
      let values = reference.values(on: days.upperBound)
      let found = try rows(question)
      #expect(found.count == min(100, reference.members.count), "members listed, \(label)")
      for row in found {
        guard case .text(let name) = row[0] else { continue }
        let score = row[2].float
        #expect((score == nil) == (values[name] == nil), "value of \(name), \(label)")
        #expect(abs((score ?? 0) - (values[name] ?? 0)) < 1e-9, "value of \(name), \(label)")
      }
    }
  }
}

extension Cell {
  fileprivate var int: Int? { if case .int(let value) = self { value } else { nil } }
  fileprivate var float: Double? { if case .float(let value) = self { value } else { nil } }
}
