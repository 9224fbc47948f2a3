import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("The engine against the slow, obvious one")
struct EngineAgainstReferenceTests {
  @Test(
    "Every cell of activity and retention agrees on random communities",
    arguments: [
      ("UTC", "2026-01-20", 1), ("Asia/Shanghai", "2026-02-20", 7), ("America/New_York", "2026-02-20", 1),
      ("America/New_York", "2026-10-10", 3), ("Australia/Lord_Howe", "2026-03-20", 1),
      ("Pacific/Apia", "2011-12-10", 1), ("Asia/Kolkata", "2024-02-01", 7),
    ])
  func agrees(zoneName: String, firstDay: String, weekStart: Int) async throws {
    let zone = try TimeZoneRules(named: zoneName)
    let first = try #require(CommunityDay(firstDay))
    let weekday = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][weekStart - 1]
    for seed in UInt64(1)...6 {
      let events = randomEvents(seed: seed &* 7919, zone: zone, around: first)
      let workspace = try TemporaryWorkspace("time-zone: \(zoneName)\nweek-start: \(weekday)\n")
      let half = events.count / 2
      try await workspace.ingest(events[half...].map(\.line), name: "b.jsonl")
      try await workspace.ingest(events[..<half].map(\.line), name: "a.jsonl")
      let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
      let days = events.map { zone.day(of: $0.ts) }.min()!...events.map { zone.day(of: $0.ts) }.max()!
      let instants = [engine.defaultAsOf, zone.start(of: first + 30).adding(seconds: 40_000)]
      for (index, asOf) in instants.enumerated() {
        let reference = ReferenceEngine(events: events, zone: zone, weekStart: weekStart, asOf: asOf)
        let range = index == 0 ? days : first + 3...first + 33
        try compare(engine, reference, range, asOf, "seed \(seed), \(zoneName), as of \(asOf)")
      }
    }
  }

  private func compare(
    _ engine: Engine, _ reference: ReferenceEngine, _ days: ClosedRange<CommunityDay>, _ asOf: Timestamp,
    _ label: String
  ) throws {
    let range = DayRange(from: days.lowerBound, to: days.upperBound)
    for granularity in Granularity.allCases {
      var activity = ActivityQuestion()
      (activity.days, activity.granularity) = (range, granularity)
      #expect(
        try engine.answer(activity, asOf: asOf).rows == reference.activity(granularity, days),
        "activity by \(granularity), \(label)")
      activity.by = ["platform"]
      #expect(
        try engine.answer(activity, asOf: asOf).rows == reference.activityByPlatform(granularity, days),
        "activity by \(granularity) and platform, \(label)")
      var retention = RetentionQuestion()
      (retention.days, retention.cohort, retention.periods) = (range, granularity, 5)
      let rows = try engine.answer(retention, asOf: asOf).rows
      #expect(
        rows.filter { $0[0] != .null }.map { Array($0[..<5]) }
          == reference.retention(granularity, days, lastPeriod: 5),
        "retention by \(granularity), \(label)")
    }
    for count in [1, 7, 28] {
      var trailing = ActivityQuestion()
      (trailing.days, trailing.trailing) = (range, count)
      #expect(
        try engine.answer(trailing, asOf: asOf).rows == reference.trailing(count, days),
        "trailing \(count), \(label)")
    }
  }
}
