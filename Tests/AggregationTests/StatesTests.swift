import Aggregation
import Events
import Segments
import TestSupport
import Testing

private let loans = """
  states:
    registered: {event: register, to: [applied]}
    applied: {event: [apply, reapply], to: [funded, rejected]}
    funded: {event: fund}
    rejected: {event: reject, to: [applied, rejected]}
  """

@Suite("States")
struct StatesTests {
  static let start = Timestamp(iso8601: "2026-03-02T00:00:00Z")!
  private static let day: Int64 = 86_400_000_000

  private func event(_ hour: Double, _ member: String, _ name: String) -> PlainEvent {
    PlainEvent(ts: Self.start.microseconds + Int64(hour * 3.6e9), member: member, name: name)
  }

  private func question(_ table: StatesQuestion.Table, _ yaml: String = loans) throws -> StatesQuestion {
    var question = StatesQuestion(try StatesDescription(YAMLValue(text: yaml, file: "loans.yaml")), file: "loans.yaml")
    question.table = table
    return question
  }

  private func rows(_ events: [PlainEvent], _ question: StatesQuestion, asOfHour: Double) async throws -> [[Cell]] {
    let workspace = try TemporaryWorkspace(communitySettings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    let asOf = Timestamp(microseconds: Self.start.microseconds + Int64(asOfHour * 3.6e9))
    return try Engine(Store(reading: workspace.workspace), now: .testArrival).answer(question, asOf: asOf).rows
  }

  /// Three who applied: funded after 1 day, rejected after 2, and one who waits for 1.5 days.
  private var three: [PlainEvent] {
    [
      event(-1, "m1", "register"), event(0, "m1", "apply"), event(24, "m1", "fund"), event(0, "m2", "apply"),
      event(48, "m2", "reject"), event(24, "m3", "apply"), event(30, "m3", "reapply"),
    ]
  }

  @Test("Ever, now, visits, left, and a median in which who waits is censored")
  func states() async throws {
    let rows = try await rows(three, question(.states), asOfHour: 60)
    #expect(
      rows.map { $0[...4] } == [
        [.text("registered"), .int(1), .int(0), .int(1), .int(1)],
        [.text("applied"), .int(3), .int(1), .int(3), .int(2)],
        [.text("funded"), .int(1), .int(1), .int(1), .int(0)], [.text("rejected"), .int(1), .int(1), .int(1), .int(0)],
      ])
    // By hand: S is 2/3 after 1 day; one is censored after 1.5; S is 0 after 2.
    #expect(rows[1][5] == .float(172_800))
  }

  @Test("Shares by exit add up to the share that left, and none is above 1")
  func competingExits() async throws {
    var asked = try question(.time)
    asked.horizonSeconds = [86400, 2 * 86400]
    let log = [
      event(0, "m1", "apply"), event(24, "m1", "fund"), event(0, "m2", "apply"), event(48, "m2", "reject"),
      event(24, "m3", "apply"),
    ]
    let rows = try await rows(log, asked, asOfHour: 60).filter { $0[0] == .text("applied") }
    #expect(
      rows.map { [$0[1], $0[2]] } == [
        [.null, .text("1d")], [.text("funded"), .text("1d")], [.text("rejected"), .text("1d")],
        [.null, .text("2d")], [.text("funded"), .text("2d")], [.text("rejected"), .text("2d")],
      ])
    // By hand: at 1 day 1 of 3 leaves; at 1.5 days one is censored; at 2 days 1 of 1 leaves.
    let shares = rows.map { row in if case .float(let share) = row[4] { share } else { Double.nan } }
    for (share, wanted) in zip(shares, [1 / 3.0, 1 / 3.0, 0, 1, 1 / 3.0, 2 / 3.0]) {
      #expect(abs(share - wanted) < 1e-12)
    }
  }

  @Test("A move that is not allowed is made and listed, a beginning elsewhere too")
  func impossible() async throws {
    let log = [event(0, "m1", "register"), event(1, "m1", "fund"), event(2, "m2", "apply"), event(3, "m2", "reject")]
    let rows = try await rows(log, question(.impossible), asOfHour: 24)
    #expect(
      rows == [
        [.null, .text("applied"), .int(1), .int(1)], [.text("registered"), .text("funded"), .int(1), .int(1)],
      ])
    let moves = try await self.rows(log, question(.transitions), asOfHour: 24)
    #expect(moves.map { $0[7] } == [.bool(true), .bool(false), .bool(false), .bool(true)])
  }

  @Test("An event into the same state begins a visit only where the state lists itself")
  func repeats() async throws {
    let log = [event(0, "m1", "apply"), event(1, "m1", "reapply"), event(2, "m1", "reject"), event(3, "m1", "reject")]
    let rows = try await rows(log, question(.states), asOfHour: 24)
    #expect(rows.map { $0[3] } == [.int(0), .int(1), .int(0), .int(2)])
    let ages = try await self.rows(log, question(.ageing), asOfHour: 24).filter { $0[0] == .text("rejected") }
    #expect(ages.map { $0[2] } == [.int(0), .int(1), .int(0), .int(0), .int(0)])
  }

  @Test(
    "A description that cannot be meant is refused with its place",
    arguments: [
      "states: {a: {event: x}}", "states: {a: {event: x}, b: {event: x}}",
      "states: {a: {event: x, to: [c]}, b: {event: y}}",
      "states: {a: {event: x, to: [b]}, b: {event: y, to: [a]}}", "states: {a: {event: []}, b: {event: y}}",
      "states: {a: {event: x}, b: {evnt: y}}", "stats: {}",
    ])
  func refused(_ yaml: String) throws {
    let error = #expect(throws: StoreError.self) { try StatesDescription(YAMLValue(text: yaml, file: "s.yaml")) }
    #expect(error?.line == 1)
  }

  @Test("Counts agree with a slow count on random logs", arguments: 1...8)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    let events = (0..<200).map { _ in
      event(
        Double(random.next() % 240) / 2, "m\(random.next() % 25)",
        pick(["register", "apply", "reapply", "fund", "reject", "x"]))
    }
    let question = try question(.states)
    let names = [
      "registered": ["register"], "applied": ["apply", "reapply"], "funded": ["fund"], "rejected": ["reject"],
    ]
    let seen = events.filter { $0.ts < Self.start.microseconds + 4 * Self.day }
    var visits: [String: Int] = [:]
    var now: [String: Int] = [:]
    var moves: [String: Int] = [:]
    for member in Set(seen.map(\.member)) {
      let own = seen.filter { $0.member == member }.sorted { ($0.ts, $0.name) < ($1.ts, $1.name) }
      var states: [String] = []
      for event in own {
        guard let state = names.first(where: { $0.value.contains(event.name) })?.key else { continue }
        if state != states.last || state == "rejected" { states.append(state) }
      }
      for state in states { visits[state, default: 0] += 1 }
      if let last = states.last { now[last, default: 0] += 1 }
      for (from, to) in zip([nil] + states.map(Optional.some), states) {
        moves["\(from ?? "-") \(to)", default: 0] += 1
      }
    }
    let rows = try await rows(events, question, asOfHour: 96)
    for row in rows {
      guard case .text(let state) = row[0] else { continue }
      #expect(row[2] == .int(now[state] ?? 0) && row[3] == .int(visits[state] ?? 0), "seed \(seed), \(state)")
    }
    var found: [String: Int] = [:]
    for row in try await self.rows(events, self.question(.transitions), asOfHour: 96) {
      let from = if case .text(let from) = row[0] { from } else { "-" }
      if case .text(let to) = row[1], case .int(let count) = row[2] { found["\(from) \(to)"] = count }
    }
    #expect(found == moves, "seed \(seed)")
  }
}
