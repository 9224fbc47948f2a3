import Aggregation
import Columns
import Events
import Segments
import TestSupport
import Testing

@Suite("Units of an experiment against the slow, obvious ones")
struct UnitTests {
  private static func outcomes(ofPush: Bool) throws -> [UnitQuestion.Outcome] {
    let day: Int64 = 86400
    let ios = try Filter("platform = 'ios'", dimensions: ["platform"])
    let sum = UnitQuestion.Measure(.sum(of: "properties.amount"), events: ["share"])
    let tapSum = UnitQuestion.Measure(.sum(of: "properties.amount"), events: ["push_open"])
    let taps = UnitQuestion.Measure(.count, events: ["push_open"])
    var outcomes: [UnitQuestion.Outcome] = [
      .init("back", .init(.occurred), windowSeconds: 7 * day, isProportion: true),
      .init("views", .init(.count, events: ["view"]), windowSeconds: 3 * day),
      .init("ios", .init(.count, events: ["view", "like"], filter: ios), windowSeconds: 3 * day),
      .init("active", .init(.days), windowSeconds: 40 * day),
      .init("amount", sum, windowSeconds: 7 * day),
      .init("one share", .init(.count, events: ["share"]), windowSeconds: 7 * day, isProportion: true),
      .init("first", .init(.hoursToFirst, events: ["view"]), windowSeconds: 2 * day),
      .init(
        "likes per view", .init(.count, events: ["like"]), denominator: .init(.count, events: ["view"]),
        windowSeconds: 7 * day),
    ]
    if ofPush {
      outcomes += [
        .init(
          "opened", .init(.occurred, events: ["push_open"]), windowSeconds: day, isOfPush: true, isProportion: true),
        .init("taps", taps, windowSeconds: 36 * 3600, isOfPush: true),
        .init("tap amount", tapSum, windowSeconds: day, isOfPush: true),
        .init("tap days", .init(.days, events: ["push_open"]), windowSeconds: 2 * day, isOfPush: true),
        .init("to tap", .init(.hoursToFirst, events: ["push_open"], filter: ios), windowSeconds: day, isOfPush: true),
      ]
    }
    return outcomes
  }

  private static func questions() throws -> [(name: String, question: UnitQuestion)] {
    var send = UnitQuestion()
    send.arms = ["none", "a", "b"]
    send.segments = ["platform", UnitQuestion.priorActivity, "community"]
    send.outcomes = try outcomes(ofPush: true)
    var member = send
    member.unit = .member
    var first = member
    first.keepsFirstArm = true
    first.readsPast = false
    first.scope.filter = try Filter("platform = 'ios'", dimensions: ["platform"])
    var cluster = send
    cluster.unit = .cluster(dimension: "community")
    var sent = send
    sent.assignment = .event("push_sent")
    sent.unit = .member
    return [("send", send), ("member", member), ("first arm", first), ("cluster", cluster), ("sent", sent)]
  }

  /// The rows of a table with members by their ids.
  private func rows(_ table: UnitTable, _ question: UnitQuestion, _ engine: Engine) throws -> [ReferenceUnits.Row] {
    let ids = try engine.store.memberIDs(engine.snapshot)
    func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
    func text(_ labels: UnitTable.Labels, _ row: Int) -> String? {
      labels.codes[row] < 0 ? nil : labels.values[Int(labels.codes[row])]
    }
    let communities = table.segments.last
    return (0..<table.count).map { row in
      let member = ids.string(UInt32(table.members[row]))
      let columns =
        table.outcomes.flatMap { [$0.values, $0.denominators] }
        + table.outcomes.flatMap { [$0.past, $0.pastDenominators] }
      var cluster = member
      if case .cluster = question.unit { cluster = communities.flatMap { text($0, row) } ?? "" }
      return ReferenceUnits.Row(
        member: member, cluster: cluster, arm: question.arms[Int(table.arms[row])], day: CommunityDay(table.days[row]),
        push: text(table.pushes, row), propensity: known(table.propensities[row]), version: text(table.versions, row),
        isDelivered: table.isDelivered[row], segments: table.segments.map { text($0, row) },
        values: columns.filter { !$0.isEmpty }.map { known($0[row]) })
    }
  }

  private func sorted(_ rows: [ReferenceUnits.Row]) -> [ReferenceUnits.Row] {
    rows.sorted { ($0.member, $0.cluster, $0.day, $0.push ?? "") < ($1.member, $1.cluster, $1.day, $1.push ?? "") }
  }

  private static let places = [
    ("UTC", "2024-02-10"), ("America/New_York", "2026-02-20"), ("Australia/Lord_Howe", "2026-03-20"),
    ("Pacific/Apia", "2011-12-10"),
  ]

  @Test("Every row and every exclusion agrees, late and repeated records included", arguments: places)
  func agrees(zoneName: String, firstDay: String) async throws {
    let zone = try TimeZoneRules(named: zoneName)
    let first = try #require(CommunityDay(firstDay))
    for seed in UInt64(1)...2 {
      let events = UnitEvent.random(seed: seed &* 7_919, zone: zone, from: first, dayCount: 30)
      let stored = try await stored(events, zoneName, cuts: [0.4, 0.8])
      let engine = stored.engine
      let asked = first + 5...first + 24
      for asOf in [engine.defaultAsOf, zone.start(of: first + 20).adding(seconds: 50_000), zone.start(of: first + 9)] {
        for (name, question) in try Self.questions() {
          var question = question
          question.scope.days = DayRange(from: asked.lowerBound, to: asked.upperBound)
          let table = try engine.units(question, asOf: asOf)
          let reference = ReferenceUnits(
            question: question, events: events, zone: zone, asOf: asOf, days: asked,
            conditions: ["platform = 'ios'": { $0.platform == "ios" }])
          let (expected, exclusions) = reference.table()
          let label = "\(name), seed \(seed), \(zoneName), as of \(asOf)"
          expect(try rows(table, question, engine), expected, label)
          #expect(table.exclusions == exclusions, "\(label)")
          #expect(asOf < zone.start(of: first + 10) || table.count > 3, "\(label)")
        }
      }
    }
  }

  /// Sums of decimals may differ in the last bit: here they are exact.
  private func expect(_ rows: [ReferenceUnits.Row], _ expected: [ReferenceUnits.Row], _ label: String) {
    let (rows, expected) = (sorted(rows), sorted(expected))
    #expect(rows.count == expected.count, "\(label)")
    for (row, other) in zip(rows, expected) {
      var (row, other) = (row, other)
      let areNear = zip(row.values, other.values).allSatisfy { a, b in
        guard let a, let b else { return a == nil && b == nil }
        return abs(a - b) <= 1e-9 * max(1, abs(b))
      }
      let areEqual = areNear && row.values.count == other.values.count
      #expect(areEqual, "\(label), \(row.member) \(row.day): \(row.values) for \(other.values)")
      (row.values, other.values) = ([], [])
      #expect(row == other, "\(label)")
    }
  }

  /// Events loaded in parts, the later ones first, some twice.
  private func stored(_ events: [UnitEvent], _ zoneName: String, cuts: [Double]) async throws -> StoredUnits {
    let workspace = try TemporaryWorkspace(UnitEvent.settings(zoneName), inMemory: true)
    let lines = events.enumerated().map { index, event in
      "{\"event_id\":\"e\(index)\"," + event.line.dropFirst()
    }
    var start = 0
    var parts: [[String]] = []
    for cut in cuts + [1] {
      let end = Int(Double(lines.count) * cut)
      parts.append(Array(lines[start..<end]) + lines.prefix(40))
      start = end
    }
    for (place, part) in parts.reversed().enumerated() { try await workspace.ingest(part, name: "\(place).jsonl") }
    return try StoredUnits(workspace)
  }

  @Test("A row is the same whatever the order of arrival and the number of segments; rows lie by cluster, day and push")
  func order() async throws {
    let zone = try TimeZoneRules(named: "Europe/Berlin")
    let events = UnitEvent.random(seed: 5, zone: zone, from: CommunityDay("2026-03-15")!, dayCount: 30)
    let one = try await stored(events, "Europe/Berlin", cuts: [])
    let many = try await stored(events.reversed(), "Europe/Berlin", cuts: [0.1, 0.3, 0.6, 0.7])
    for (name, question) in try Self.questions() {
      let (a, b) = (try one.engine.units(question), try many.engine.units(question))
      let (left, right) = (sorted(try rows(a, question, one.engine)), sorted(try rows(b, question, many.engine)))
      #expect(left == right, "\(name)")
      #expect(a.exclusions == b.exclusions, "\(name)")
      #expect(a.outcomes.map(\.lastMatureDay) == b.outcomes.map(\.lastMatureDay), "\(name)")
      let places = (0..<a.count).map { [a.clusters[$0], a.days[$0], a.pushes.codes[$0]] }
      let unnamed = places.map { [$0[0], $0[1], $0[2] < 0 ? .max : $0[2]] }
      #expect(zip(unnamed, unnamed.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) }, "\(name)")
      #expect(try one.engine.answer(question).rows == many.engine.answer(question).rows, "\(name)")
    }
  }
}
