import Aggregation
import Events
import Segments
import TestSupport
import Testing

@Suite("Push triangle")
struct TriangleTests {
  static let start = Timestamp(iso8601: "2026-03-02T00:00:00Z")!
  private static let settings =
    "time-zone: UTC\ndimensions: [content, push, arm, platform]\npassive-events: [push_sent, push_planned]\n"

  private func event(_ hour: Double, _ member: String, _ name: String, _ push: String? = nil, _ arm: String? = nil)
    -> PlainEvent
  {
    PlainEvent(ts: Self.start.microseconds + Int64(hour * 3.6e9), member: member, name: name, item: push, segment: arm)
  }

  /// An engine whose store stays while it is asked.
  private struct Asked {
    let workspace: TemporaryWorkspace
    let engine: Engine

    func answer(_ question: any Question, asOf: Timestamp? = nil) throws -> Answer {
      try withExtendedLifetime(workspace) { try engine.answer(question, asOf: asOf) }
    }
  }

  private func engine(_ events: [PlainEvent]) async throws -> Asked {
    let workspace = try TemporaryWorkspace(Self.settings, inMemory: true)
    try await workspace.ingest(events.map(\.line))
    return Asked(workspace: workspace, engine: try Engine(Store(reading: workspace.workspace), now: .testArrival))
  }

  private func question(_ change: (inout PushQuestion) -> Void = { _ in }) -> PushQuestion {
    var question = PushQuestion()
    question.triangle = true
    change(&question)
    return question
  }

  @Test("A day worked by hand: two planned members who came, one of two held-out ones who did")
  func handWorked() async throws {
    let events = [
      event(0, "m1", "push_planned", "p", "a"), event(0, "m2", "push_planned", "p", "a"),
      event(0, "m3", "push_planned", "p", "none"), event(0, "m4", "push_planned", "p", "none"),
      event(8, "m1", "push_sent", "p", "a"), event(8, "m2", "push_sent", "p", "a"),
      event(9, "m1", "push_open", "p", "a"), event(8.25, "m2", "view"), event(10, "m3", "view"),
      event(24, "m4", "view"),
    ]
    let answer = try await engine(events).answer(question(), asOf: Self.start.adding(seconds: 30 * 86400))
    #expect(
      answer.rows.map { Array($0[2...5]) } == [
        [.text("direct"), .int(2), .int(2), .float(1)], [.text("window"), .int(2), .int(2), .float(1)],
        [.text("braze"), .int(2), .int(2), .float(1)], [.text("baseline-adjusted"), .int(2), .int(0), .float(0)],
        [.text("incremental"), .int(2), .int(2), .float(1)],
      ])
    #expect(answer.rows.map { $0[6] } == [.float(0.5), .float(0.5), .float(0.5), .null, .float(0.5)])
    // Both influenced rules credit the session of m2.
    #expect(
      answer.rows.map { Array($0[9...10]) } == [
        [.int(0), .int(0)], [.int(1), .int(0)], [.int(1), .int(0)], [.null, .null], [.null, .null],
      ])
    #expect(answer.notes.contains { $0.contains("give 3 credits for 2 distinct sessions") })
  }

  @Test("Two pushes tapped in one session count it twice")
  func tappedTwice() async throws {
    let events = [
      event(8, "m", "push_sent", "p", "a"), event(8.1, "m", "push_sent", "q", "a"),
      event(8.2, "m", "push_open", "p", "a"), event(8.3, "m", "push_open", "q", "a"),
    ]
    let answer = try await engine(events).answer(
      question { $0.by = ["arm"] }, asOf: Self.start.adding(seconds: 864_000))
    #expect(
      answer.rows[0][1...] == [.text("direct"), .int(2), .int(2), .float(2), .float(1), .null, .null, .int(0), .int(2)])
  }

  @Test("Without a plan, without a holdout, and with two arms there is nothing to compare, and a note says so")
  func withoutHoldout() async throws {
    let sent = event(8, "m1", "push_sent", "p", "a")
    let unplanned = try await engine([sent]).answer(question(), asOf: Self.start.adding(seconds: 864_000))
    #expect(unplanned.rows[4][3...6] == [.int(0), .int(0), .null, .null])
    #expect(unplanned.notes.contains { $0.hasPrefix("No incremental opens: no push_planned") })
    let events = [
      sent, event(0, "m1", "push_planned", "p", "a"), event(0, "m2", "push_planned", "p", "a"),
      event(0, "m2", "push_planned", "p", "none"),
    ]
    let unheld = try await engine(events).answer(question(), asOf: Self.start.adding(seconds: 864_000))
    #expect(unheld.rows[4][3...6] == [.int(1), .int(0), .null, .null])
    #expect(unheld.notes.contains { $0.contains("held out under the arm 'none'") })
    #expect(unheld.notes.contains("Left out: 1 planned units with more than one arm."))
  }

  @Test("What cannot be asked is refused")
  func refused() async throws {
    let engine = try await engine([event(8, "m1", "push_sent", "p", "a")])
    for change: (inout PushQuestion) -> Void in [
      { $0.attribution = .window }, { $0.fatigue = true }, { $0.planned = "push_sent" },
      { $0.guardrails = [.init(event: "mute", windowSeconds: 60)] },
    ] {
      #expect(throws: AggregationError.self) { try engine.answer(question(change)) }
    }
  }

  @Test("Every figure agrees with the slow triangle, and each rule with its own question", arguments: 1...6)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    let names = ["push_sent", "push_sent", "push_open", "view", "view", "push_planned", "push_planned", "push_planned"]
    var arms: [String: String?] = [:]
    let events = (0..<1200).map { _ in
      let (member, push, name) = ("m\(random.next() % 45)", pick([nil, "p", "q", "r"]), pick(names))
      let hour = name == "push_planned" ? Double(random.next() % 8) * 24 : Double(random.next() % 960) * 0.25
      // Most units are planned with one arm.
      let arm = pick([nil, "a", "b", "none", "none"])
      let key = "\(member) \(push ?? "-")"
      if name == "push_planned", random.next() % 20 > 0 { arms[key] = arms[key] ?? .some(arm) }
      return event(hour, member, name, push, name == "push_planned" ? arms[key] ?? arm : arm)
    }
    let engine = try await engine(events)
    for by in [["push", "arm"], ["arm"]] {
      for window in [nil, 3600, 2 * 86400 + 1] as [Int64?] {
        let asOf = Self.start.adding(seconds: pick([7, 9, 30]) * 86400)
        let question = question { ($0.by, $0.window) = (by, window) }
        let seen = events.filter { $0.ts < asOf.microseconds }
        let first = Self.start.microseconds
        let reference = ReferenceTriangle(
          question: question, events: seen, asOf: asOf.microseconds, span: first..<asOf.microseconds, dataStart: first)
        let answer = try engine.answer(question, asOf: asOf)
        try check(answer, question, reference, engine.engine, "seed \(seed): \(question.commandLine) as of \(asOf)")
      }
    }
  }

  private func check(
    _ answer: Answer, _ question: PushQuestion, _ reference: ReferenceTriangle, _ engine: Engine, _ what: String
  ) throws {
    let width = question.by.count
    func key(_ row: [Cell]) -> String { row[..<width].map { "\($0)" }.joined(separator: " ") }
    for rule in PushQuestion.Attribution.allCases {
      let own = try engine.answer(reference.alone(rule).question, asOf: answer.asOf).rows
      let rows = answer.rows.filter { $0[width] == .text(rule.rawValue) && $0[width + 1] != .int(0) }
      #expect(rows.map(key) == own.map(key), "\(what) \(rule)")
      for (row, alone) in zip(rows, own) {
        let found = row[(width + 1)...(width + 6)].map(number), wanted = alone[width...(width + 5)].map(number)
        #expect(found == wanted, "\(what) \(rule): \(row)")
      }
    }
    var shared: [String: [Int]] = [:]
    for (key, counts) in reference.shared() {
      let parts = key.split(separator: " ")
      let group = width == 1 ? "\(parts[0]) \(parts[2])" : key
      shared[group] = zip(shared[group] ?? [0, 0], counts).map { $0 + $1 }
    }
    let effects = reference.effects()
    #expect(
      answer.notes.contains { $0.hasPrefix("Left out: \(reference.twoArmed) planned") } == (reference.twoArmed > 0))
    for row in answer.rows {
      let group = row[..<width].map(word).joined(separator: " ")
      guard case .text(let rule) = row[width] else { continue }
      if rule != "incremental", rule != "baseline-adjusted" {
        #expect(Array(row[(width + 7)...]) == (shared["\(rule) \(group)"] ?? [0, 0]).map(Cell.int), "\(what): \(row)")
      } else if rule == "incremental" {
        let effect = effects[group] ?? ReferenceTriangle.Effect()
        #expect(row[(width + 1)...(width + 2)] == [.int(effect.planned), .int(effect.compared)], "\(what): \(row)")
        let wanted = [effect.rate.map { $0 * Double(effect.compared) }, effect.rate, effect.low, effect.high]
        for (cell, value) in zip(row[(width + 3)...(width + 6)], wanted) {
          #expect((cell == .null) == (value == nil) && abs(number(cell) - (value ?? 0)) < 1e-7, "\(what): \(row)")
        }
      }
    }
  }

  private func word(_ cell: Cell) -> String { if case .text(let text) = cell { text } else { "-" } }

  private func number(_ cell: Cell) -> Double {
    switch cell {
    case .int(let value): Double(value)
    case .float(let value): value
    default: 0
    }
  }
}
