import Aggregation
import Events
import Segments
import TestSupport
import Testing

private let start = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

/// `a@0 b@60` are events a and b, 60 s apart; `a@0/x` has `x` as platform.
private func events(_ text: String) -> [FunnelEvent] {
  text.split(separator: " ").map { word in
    let parts = word.split(separator: "/")
    let (name, seconds) = (parts[0].split(separator: "@")[0], parts[0].split(separator: "@")[1])
    let platform = parts.count > 1 ? String(parts[1]) : nil
    return FunnelEvent(
      ts: start.adding(seconds: Int64(seconds)!).microseconds, name: String(name), held: platform, group: platform,
      isPassive: name == "push_sent")
  }
}

/// `number` keeps lines that are alike apart.
private func line(_ event: FunnelEvent, _ member: String, number: Int = 0) -> String {
  let platform = event.group.map { ",\"platform\":\"\($0)\"" } ?? ""
  return
    "{\"ts\":\"\(Timestamp(microseconds: event.ts))\",\"user_id\":\"\(member)\",\"event\":\"\(event.name)\"\(platform),"
    + "\"properties\":{\"n\":\(number),\"p\":\"\(event.group ?? "none")\"}}"
}

private func answer(_ question: FunnelQuestion, _ members: [[FunnelEvent]], asOf: Timestamp? = nil) async throws
  -> Answer
{
  let workspace = try TemporaryWorkspace(inMemory: true)
  var lines: [String] = []
  for (number, events) in members.enumerated() {
    lines += events.enumerated().map { line($1, "m\(number)", number: $0) }
  }
  try await workspace.ingest(lines.enumerated().filter { $0.offset % 2 == 1 }.map(\.element), name: "b.jsonl")
  try await workspace.ingest(lines.enumerated().filter { $0.offset % 2 == 0 }.map(\.element), name: "a.jsonl")
  return try Engine(Store(reading: workspace.workspace), now: .testArrival).answer(question, asOf: asOf)
}

/// Members that reached each step.
private func reached(_ answer: Answer) -> [Int] {
  let place = answer.columns.firstIndex { $0.name == "members" } ?? 0
  return answer.rows.compactMap { if case .int(let count) = $0[place] { count } else { nil } }
}

@Suite("Funnel")
struct FunnelTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var steps = "a,b"
    var log: String
    var expected: [Int]
    var change: @Sendable (inout FunnelQuestion) -> Void = { _ in }
    var testDescription: String { "\(steps): \(log) → \(expected)" }
  }

  static let rows: [Row] = [
    // Equal instants.
    Row(log: "a@0 b@0", expected: [1, 1]),
    Row(log: "a@0 b@0", expected: [1, 0]) { $0.ties = .strictlyLater },
    Row(log: "a@0 b@0", expected: [1, 0]) { ($0.ties, $0.entry) = (.strictlyLater, .first) },
    Row(log: "a@0 b@0", expected: [1, 1]) { $0.entry = .first },
    // One event never serves two steps.
    Row(steps: "a,a", log: "a@0", expected: [1, 0]),
    Row(steps: "a,a", log: "a@0 a@0", expected: [1, 1]),
    Row(steps: "a,a", log: "a@0 a@0", expected: [1, 0]) { $0.ties = .strictlyLater },
    Row(steps: "a,b,a", log: "a@0 b@0", expected: [1, 1, 0]),
    Row(steps: "a,b,a", log: "a@0 a@0 b@0", expected: [1, 1, 1]),
    Row(steps: "a,a", log: "a@0", expected: [1, 0]) { $0.order = .any },
    Row(steps: "a,a", log: "a@0", expected: [1, 0]) { $0.order = .strict },
    // The window is half-open.
    Row(log: "a@0 b@59", expected: [1, 1]) { $0.windowSeconds = 60 },
    Row(log: "a@0 b@60", expected: [1, 0]) { $0.windowSeconds = 60 },
    Row(log: "a@0 b@60", expected: [1, 0]) { ($0.windowSeconds, $0.entry) = (60, .first) },
    Row(steps: "a,b,c", log: "a@0 b@40 c@70", expected: [1, 1, 0]) { $0.windowSeconds = 60 },
    // Entry: Mixpanel's own example, and the second try that any entry gives.
    Row(steps: "a,b,c", log: "a@0 a@1800 b@2700 c@4500", expected: [1, 1, 0]) {
      ($0.windowSeconds, $0.entry) = (3600, .first)
    },
    Row(steps: "a,b,c", log: "a@0 a@1800 b@2700 c@4500", expected: [1, 1, 1]) { $0.windowSeconds = 3600 },
    // Exclusion: strictly after the first step, before completion.
    Row(log: "a@0 x@30 b@60", expected: [0, 0]) { $0.exclude = ["x"] },
    Row(log: "a@0 x@0 b@60", expected: [1, 1]) { $0.exclude = ["x"] },
    Row(log: "a@0 b@60 x@60", expected: [1, 1]) { $0.exclude = ["x"] },
    Row(log: "a@0 b@60 x@90", expected: [1, 1]) { $0.exclude = ["x"] },
    Row(log: "a@0 x@90", expected: [0, 0]) { $0.exclude = ["x"] },
    Row(log: "a@0 x@60", expected: [1, 0]) { ($0.exclude, $0.windowSeconds) = (["x"], 60) },
    Row(log: "a@0 x@0 b@60", expected: [1, 1]) { ($0.exclude, $0.entry) = (["x"], .first) },
    Row(log: "a@0 x@1 b@60", expected: [0, 0]) { ($0.exclude, $0.entry) = (["x"], .first) },
    Row(log: "a@0 a@30 b@60", expected: [0, 0]) { ($0.exclude, $0.entry) = (["a"], .first) },
    // Strict: nothing between, and the choice where ties leave one.
    Row(log: "a@0 x@30 b@60", expected: [1, 0]) { $0.order = .strict },
    Row(log: "a@0 push_sent@30 b@60", expected: [1, 1]) { $0.order = .strict },
    Row(log: "a@0 x@0 b@60 x@60", expected: [1, 1]) { $0.order = .strict },
    Row(steps: "a,b,c", log: "a@0 b@0 b@30 c@60", expected: [1, 1, 1]) { $0.order = .strict },
    // In any order the first of them opens the window.
    Row(log: "b@0 a@30", expected: [1, 1]) { $0.order = .any },
    Row(log: "b@0 a@30", expected: [1, 0]),
    Row(steps: "a,b,c", log: "c@0 a@30", expected: [1, 1, 0]) { $0.order = .any },
    // Two events of one instant, of which each could be the other step.
    Row(steps: "a,b", log: "a@0 b@30 a@30", expected: [1, 1]) { ($0.order, $0.ties) = (.any, .strictlyLater) },
    // Held constant; an event without the value takes no part.
    Row(log: "a@0/ios b@30/web", expected: [1, 0]) { $0.hold = "platform" },
    Row(log: "a@0/ios a@10/web b@30/web", expected: [1, 1]) { $0.hold = "properties.p" },
    Row(log: "a@0 b@30", expected: [0, 0]) { $0.hold = "platform" },
  ]

  @Test("Edges worked by hand", arguments: rows)
  func edges(_ row: Row) async throws {
    var question = FunnelQuestion(steps: row.steps.split(separator: ",").map(String.init))
    question.openWindows = .include
    row.change(&question)
    #expect(reached(try await answer(question, [events(row.log)])) == row.expected)
  }

  @Test("A member whose window is open at as-of is left out and counted")
  func openWindows() async throws {
    var question = FunnelQuestion(steps: ["a", "b"])
    question.windowSeconds = 3600
    let members = [events("a@0 b@10"), events("a@3000 b@3010")]
    for (asOf, expected) in [(3600, 1), (6600, 2)] {
      let answer = try await answer(question, members, asOf: start.adding(seconds: Int64(asOf)))
      #expect(reached(answer) == [expected, expected])
      #expect(answer.notes.contains { $0.hasPrefix("Left out: 1 members") } == (expected == 1))
    }
  }

  @Test("Conversions, median and 90th percentile of type 7, and their absence")
  func figures() async throws {
    var question = FunnelQuestion(steps: ["a", "b", "c"])
    question.openWindows = .include
    let members = [10, 20, 40, 80].map { events("a@0 b@\($0)") } + [events("a@5")]
    let rows = try await answer(question, members).rows
    #expect(rows[0] == [.int(1), .text("a"), .int(5), .float(1), .null, .null, .null])
    #expect(rows[1][2...4] == [.int(4), .float(0.8), .float(0.8)])
    // By hand: places 1.5 and 2.7 of 10, 20, 40, 80.
    guard case .float(let p90) = rows[1][6] else { return #expect(Bool(false), "no p90") }
    #expect(rows[1][5] == .float(30) && abs(p90 - 68) < 1e-9)
    #expect(rows[2] == [.int(3), .text("c"), .int(0), .float(0), .float(0), .null, .null])
  }

  @Test("What is no funnel is refused", arguments: [["a"], [], Array(repeating: "a", count: 21)])
  func refused(_ steps: [String]) async throws {
    let error = await #expect(throws: AggregationError.self) {
      try await answer(FunnelQuestion(steps: steps), [events("a@0")])
    }
    #expect(error?.code == .usage)
  }

  @Test("A column to hold that is not there is an error that suggests the nearest")
  func unknownHold() async throws {
    var question = FunnelQuestion(steps: ["a", "b"])
    question.hold = "platfrom"
    let error = await #expect(throws: AggregationError.self) { try await answer(question, [events("a@0")]) }
    #expect(error?.hint.contains("platform") == true)
  }

  @Test("Every cell agrees with the slow funnel on random communities and questions", arguments: 1...8)
  func agrees(seed: UInt64) async throws {
    var random = SeededNumbers(seed: seed)
    let members = (0..<40).map { _ in randomEvents(&random) }
    let workspace = try TemporaryWorkspace(inMemory: true)
    var lines: [String] = []
    for (number, events) in members.enumerated() { lines += events.map { line($0, "m\(number)") } }
    lines.shuffle(using: &random)
    try await workspace.ingest(Array(lines[..<(lines.count / 2)]), name: "a.jsonl")
    try await workspace.ingest(Array(lines[(lines.count / 2)...]), name: "b.jsonl")
    let engine = try Engine(Store(reading: workspace.workspace), now: .testArrival)
    for _ in 0..<60 {
      var question = randomQuestion(&random)
      let asOf = start.adding(seconds: [4, 6, 30][Int(random.next() % 3)] * 86400)
      let first = engine.store.zone.day(of: start)
      question.days = DayRange(from: first + Int(random.next() % 2), to: first + 3)
      let span =
        engine.store.zone.start(of: question.days.from!)
        .microseconds..<engine.store.zone.start(of: first + 4).microseconds
      let reference = ReferenceFunnel(question: question, entrySpan: span, asOf: asOf.microseconds)
      let seen = members.map { $0.filter { $0.ts < asOf.microseconds } }
      let answer = try engine.answer(question, asOf: asOf)
      #expect(
        rounded(answer.rows) == rounded(reference.rows(seen)), "seed \(seed): \(question.commandLine) as of \(asOf)")
      let results = seen.compactMap { reference.result($0) }
      let leftOut = results.count { $0.isLeftOut }
      #expect(answer.notes.contains { $0.hasPrefix("Left out: \(leftOut) ") } == (leftOut > 0))
    }
  }

  private func rounded(_ rows: [[Cell]]) -> [[Cell]] {
    rows.map { row in row.map { if case .float(let value) = $0 { .float((value * 1e9).rounded() / 1e9) } else { $0 } } }
  }

  /// Few instants, so that ties are many; few events, since the slow funnel makes every path.
  private func randomEvents(_ random: inout SeededNumbers) -> [FunnelEvent] {
    (0..<Int(random.next() % 9)).map { _ in
      let name = ["a", "b", "c", "a", "b", "x", "push_sent"][Int(random.next() % 7)]
      let day = Int64(random.next() % 5)
      let platform = [nil, "ios", "web"][Int(random.next() % 3)]
      return FunnelEvent(
        ts: start.adding(seconds: day * 43200 + Int64(random.next() % 3) * 60).microseconds, name: name, held: platform,
        group: platform, isPassive: name == "push_sent")
    }
  }

  private func randomQuestion(_ random: inout SeededNumbers) -> FunnelQuestion {
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    var question = FunnelQuestion(
      steps: pick([["a", "b"], ["a", "b", "c"], ["a", "a"], ["b", "a", "b"], ["c", "a", "b"], ["push_sent", "a"]]))
    question.windowSeconds = pick([60, 61, 43200, 43320, 86400, 200_000])
    question.entry = pick([.any, .first])
    question.order = pick([.ordered, .ordered, .strict, .any])
    question.ties = pick([.either, .strictlyLater])
    question.openWindows = pick([.leaveOut, .include])
    question.exclude = pick([[], [], ["x"], ["x", "c"]])
    question.hold = pick([nil, nil, "platform"])
    question.by = pick([[], [], ["platform"]])
    question.attribution = pick([.first, .last])
    return question
  }
}
