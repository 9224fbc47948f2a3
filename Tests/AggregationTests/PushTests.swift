import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Push")
struct PushTests {
  static let start = Timestamp(iso8601: "2026-03-02T08:00:00Z")!

  private func event(_ hour: Double, _ member: String, _ name: String, _ push: String? = nil, _ arm: String? = nil)
    -> PlainEvent
  {
    PlainEvent(ts: Self.start.microseconds + Int64(hour * 3.6e9), member: member, name: name, item: push, segment: arm)
  }

  private func rows(_ events: [PlainEvent], asOfHour: Double, _ change: (inout PushQuestion) -> Void = { _ in })
    async throws
    -> Answer
  {
    let workspace = try TemporaryWorkspace(communitySettings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    var question = PushQuestion()
    change(&question)
    let asOf = Timestamp(microseconds: Self.start.microseconds + Int64(asOfHour * 3.6e9))
    return try Engine(Store(reading: workspace.workspace), now: .testArrival).answer(question, asOf: asOf)
  }

  @Test("A push matures for all arms together, and its window is half-open")
  func maturity() async throws {
    let events = [
      event(0, "m1", "push_sent", "p", "a"), event(12, "m2", "push_sent", "p", "b"),
      event(24, "m1", "push_open", "p", "a"),
      event(35.9, "m2", "push_open", "p", "b"),
    ]
    #expect(
      try await rows(events, asOfHour: 35.99).rows.map { $0[2...4] } == [
        [.int(1), .int(0), .int(0)], [.int(1), .int(0), .int(0)],
      ])
    #expect(
      try await rows(events, asOfHour: 36).rows.map { $0[2...5] } == [
        [.int(1), .int(1), .int(0), .float(0)], [.int(1), .int(1), .int(1), .float(1)],
      ])
  }

  @Test("Opened twice counts once, of another push not at all; a send again is not another unit")
  func units() async throws {
    let events = [
      event(0, "m1", "push_sent", "p"), event(1, "m1", "push_sent", "p"), event(2, "m1", "push_open", "p"),
      event(3, "m1", "push_open", "p"), event(0, "m2", "push_sent", "p"), event(1, "m2", "push_open", "q"),
      event(0, "m3", "push_sent", nil),
    ]
    let answer = try await rows(events, asOfHour: 48)
    #expect(answer.rows.map { $0[2...4] } == [[.int(2), .int(2), .int(1)]])
    #expect(answer.notes.contains { $0.hasPrefix("Not counted: 1 rows") })
  }

  @Test("An influenced open is credited to the last push under window, to each under braze, never with a tap")
  func influenced() async throws {
    let events = [
      event(0, "m1", "push_sent", "p"), event(0.2, "m1", "push_sent", "q"), event(0.3, "m1", "view"),
      event(0, "m2", "push_sent", "p"), event(0.2, "m2", "push_open", "p"), event(5, "m2", "view"),
    ]
    let window = try await rows(events, asOfHour: 48) { $0.attribution = .window }
    #expect(window.rows.map { $0[4] } == [.int(0), .int(1)])
    let braze = try await rows(events, asOfHour: 48) { $0.attribution = .braze }
    #expect(braze.rows.map { $0[4] } == [.int(1), .int(1)])
    #expect(braze.notes.contains { $0.contains("2 credits for 1 distinct") })
  }

  @Test("Fatigue counts the other pushes of the 7 days before; guardrails have windows of their own")
  func fatigueAndGuardrails() async throws {
    let events = [
      event(0, "m1", "push_sent", "p"), event(24, "m1", "push_sent", "q"), event(168, "m1", "push_sent", "r"),
      event(25, "m1", "push_open", "q"), event(170, "m1", "mute"),
    ]
    let fatigue = try await rows(events, asOfHour: 1000) { $0.fatigue = true }
    #expect(
      fatigue.rows.map { $0[...3] } == [
        [.int(0), .int(1), .int(1), .int(0)], [.int(1), .int(1), .int(1), .int(1)],
        [.int(2), .int(1), .int(1), .int(0)],
      ])
    let guarded = try await rows(events, asOfHour: 200) {
      $0.by = ["push"]
      $0.guardrails = [.init(event: "mute", windowSeconds: 2 * 3600), .init(event: "leave", windowSeconds: 72 * 3600)]
    }
    #expect(
      guarded.rows.map { $0[1...4] }[4...] == [
        [.text("mute"), .int(1), .int(1), .int(0)], [.text("leave"), .int(1), .int(0), .int(0)],
      ])
  }

  @Test("Counts agree with the slow engine on random communities and attributions", arguments: 1...6)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    let names = ["push_sent", "push_sent", "push_open", "leave", "view", "view", "view"]
    let events = (0..<400).map { _ in
      event(
        Double(random.next() % 400) * 2 + Double(random.next() % 4) * 0.25, "m\(random.next() % 12)", pick(names),
        pick([nil, "p", "q", "r"]), pick([nil, "a", "b"]))
    }
    let workspace = try TemporaryWorkspace(communitySettings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    let days = events.map { engine.store.zone.day(of: Timestamp(microseconds: $0.ts)) }
    for attribution in PushQuestion.Attribution.allCases {
      for window in [nil, 1800, 2 * 86400] as [Int64?] {
        var question = PushQuestion()
        (question.attribution, question.window) = (attribution, window)
        question.days = DayRange(from: days.min()! + 9, to: days.max()! - pick([0, 3]))
        let asOf = engine.store.zone.start(of: days.max()! + pick([1, 0, 4]))
        let seen = events.filter { $0.ts < asOf.microseconds }
        let reference = ReferencePush(
          question: question, events: seen, asOf: asOf.microseconds,
          span: engine.store.zone.start(of: question.days.from!)
            .microseconds..<engine.store.zone.start(of: question.days.to! + 1).microseconds,
          dataStart: engine.store.zone.start(of: days.min()!).microseconds)
        var found: [String: [Double]] = [:]
        for row in try engine.answer(question, asOf: asOf).rows {
          found["\(word(row[0])) \(word(row[1]))"] = [2, 3, 4, 8, 9].map { number(row[$0]) }
        }
        #expect(rounded(found) == rounded(reference.counts()), "seed \(seed): \(question.commandLine) as of \(asOf)")
      }
    }
  }

  private func rounded(_ counts: [String: [Double]]) -> [String: [Double]] {
    counts.mapValues { $0.map { ($0 * 1e6).rounded() / 1e6 } }
  }

  private func word(_ cell: Cell) -> String { if case .text(let text) = cell { text } else { "-" } }

  private func number(_ cell: Cell) -> Double {
    switch cell {
    case .int(let value): Double(value)
    case .float(let value): value
    default: .nan
    }
  }
}
