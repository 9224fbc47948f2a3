import Aggregation
import Dashboards
import Events
import Foundation
import Ingest
import Segments
import TestSupport
import Testing

@Suite("Published documents")
struct SuppressionTests {
  private func line(_ day: Int, _ member: String) -> String {
    "{\"ts\":\"2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z\",\"user_id\":\"\(member)\",\"event\":\"view\"}"
  }

  private func tile(_ temporary: TemporaryWorkspace, _ yaml: String) throws -> DashboardDocument.Tile {
    let file = temporary.workspace.folder + "/d.yaml"
    try "tiles:\n  - \(yaml)\n".write(toFile: file, atomically: true, encoding: .utf8)
    let schema = temporary.workspace.settings.schema
    let dashboard = try DashboardDescription(contentsOf: file, name: "d", schema: schema)
    let engine = try Engine(Store(reading: temporary.workspace), now: .testArrival)
    let document = try DashboardBuilder(engine: engine, asOf: engine.defaultAsOf).document(dashboard)
    return try #require(document.tiles.first)
  }

  @Test("Days with fewer members than the minimum lose their counts; empty days keep their zeros")
  func activity() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest((0..<6).map { line(1, "a\($0)") } + (0..<4).map { line(3, "a\($0)") })
    let tile = try tile(temporary, "{id: a, activity: {granularity: day}}")
    #expect(tile.answer.rows.map(\.[2]) == [.int(6), .int(0), .null])
    #expect(tile.answer.rows[2][1] == .null && tile.answer.rows[2][3] == .null)
    #expect(tile.suppressed.map { [$0.row, $0.column] } == [[2, 1], [2, 2], [2, 3]])
  }

  @Test("A small cohort is withheld, and the pooled line is made of the others, so that it does not betray it")
  func cohorts() async throws {
    let temporary = try TemporaryWorkspace()
    let lines =
      (0..<9).map { line(1, "a\($0)") } + (0..<3).map { line(2, "b\($0)") } + (0..<6).map { line(3, "c\($0)") }
    try await temporary.ingest(lines + [line(4, "a1"), line(4, "b1")])
    let tile = try tile(temporary, "{id: r, retention: {periods: 2}}")
    let shown = tile.answer.rows.map { [$0[0], $0[1], $0[3]] }
    let days = (1...3).map { Cell.day(CommunityDay(year: 2026, month: 3, day: $0)) }
    #expect(
      shown == [
        [.null, .int(15), .int(15)], [.null, .int(15), .int(0)], [.null, .int(9), .int(0)],
        [days[0], .int(9), .int(9)], [days[0], .int(9), .int(0)], [days[0], .int(9), .int(0)],
        [days[1], .null, .null], [days[1], .null, .null], [days[1], .null, .null],
        [days[2], .int(6), .int(6)], [days[2], .int(6), .int(0)], [days[2], .int(6), .null],
      ])
    #expect(tile.answer.notes.contains { $0.contains("withheld") })
  }

  @Test("Small groups lose their figures, each by itself; a question that cannot be answered names its tile")
  func groups() async throws {
    let temporary = try TemporaryWorkspace("dimensions: [platform]\n")
    func line(_ day: Int, _ member: String, _ platform: String) -> String {
      self.line(day, member).replacing("}", with: ",\"platform\":\"\(platform)\"}")
    }
    let lines = (0..<6).map { line(1, "a\($0)", "ios") } + (0..<3).map { line(1, "b\($0)", "web") }
    try await temporary.ingest(lines + (0..<4).map { line(2, "a\($0)", "ios") })
    let visits = try tile(temporary, "{id: v, sessions: {by: [platform]}}")
    #expect(visits.description.chart == .line)
    #expect(visits.answer.columns.prefix(2).map(\.name) == ["period", "platform"])
    let members = try #require(visits.answer.columns.firstIndex { $0.name == "members" })
    #expect(visits.answer.rows.map { $0[1] } == [.text("ios"), .text("web"), .text("ios"), .text("web")])
    #expect(visits.answer.rows.map { $0[members] } == [.int(6), .null, .null, .int(0)])
    let hours = try tile(temporary, "{id: h, hours: {by: [platform]}}")
    #expect(hours.description.chart == .table)
    let withheld = Set(hours.suppressed.map { hours.answer.rows[$0.row][0] })
    #expect(withheld == [.text("web"), .text("ios")])
    #expect { try tile(temporary, "{id: lonely, content: {by: [platform], item: platform}}") } throws: { error in
      String(describing: error).contains("the tile 'lonely' of 'd': --by needs --preference")
    }
  }

  @Test("Reach is withheld where few view an item, and where few follow")
  func reach() async throws {
    let temporary = try TemporaryWorkspace("followers-opening: {date: 2026-03-01, count: 3}\n")
    func event(_ day: Int, _ member: String, _ name: String, _ item: String = "") -> String {
      line(day, member).replacing("view", with: name).replacing("}", with: ",\"content_id\":\"\(item)\"}")
    }
    let views =
      (0..<6).map { event(1, "a\($0)", "post_view", "p") } + (0..<6).map { event(3, "a\($0)", "post_view", "q") }
    let few = (0..<2).map { event(3, "a\($0)", "post_view", "r") }
    let moves = (0..<9).map { event(2, "j\($0)", "join") } + [event(2, "l", "leave")]
    try await temporary.ingest(views + few + moves)
    let tile = try tile(temporary, "{id: r, content: {per: followers}}")
    let shown = tile.answer.rows.map { [$0[0], $0[10], $0[11]] }
    #expect(
      shown == [
        [.text("p"), .null, .null], [.text("q"), .int(11), .float(6.0 / 11)], [.text("r"), .null, .null],
      ])
  }

  @Test("With a minimum of 0 everything is shown")
  func none() async throws {
    let temporary = try TemporaryWorkspace("published-cell-minimum: 0\n")
    try await temporary.ingest([line(1, "a")])
    #expect(try tile(temporary, "{id: a, activity: {}}").suppressed.isEmpty)
  }

  @Test("The same records in another order of arrival give the same bytes")
  func order() async throws {
    let lines = (1...9).flatMap { day in (0..<(20 - day)).map { line(day, "m\($0 * day % 17)") } }
    var documents: [String] = []
    for order in [lines, lines.reversed()] {
      let temporary = try TemporaryWorkspace()
      for (index, part) in [order[..<40], order[40...]].enumerated() {
        try await temporary.ingest(Array(part), name: "\(index).jsonl")
      }
      let dashboard = temporary.workspace.folder + "/d.yaml"
      try "tiles:\n  - {id: a, activity: {}}\n  - {id: r, retention: {}}\n".write(
        toFile: dashboard, atomically: true, encoding: .utf8)
      let engine = try Engine(Store(reading: temporary.workspace), now: .testArrival)
      let description = try DashboardDescription(
        contentsOf: dashboard, name: "d", schema: temporary.workspace.settings.schema)
      documents.append(try DashboardBuilder(engine: engine, asOf: engine.defaultAsOf).document(description).json)
    }
    #expect(documents[0] == documents[1])
  }

  @Test("A row of lifecycle with a small part loses all: who returns and who is dormant make up the row before")
  func lifecycle() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(
      (0..<9).map { line(1, "a\($0)") } + (0..<6).map { line(2, "a\($0)") } + (0..<9).map { line(2, "b\($0)") })
    let tile = try tile(temporary, "{id: l, lifecycle: {granularity: day}}")
    // 9 new, 6 returning, 3 dormant.
    #expect(tile.answer.rows[1][1...5] == [.null, .null, .null, .null, .null])
    #expect(tile.suppressed.map(\.column) == [1, 2, 3, 4, 5])
  }

  @Test("Where a count of a distribution is small, no running sum tells it")
  func distribution() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest((0..<9).map { line(1, "a\($0)") } + (0..<2).map { line(2, "a\($0)") })
    let tile = try tile(temporary, "{id: s, stickiness: {distribution: true}}")
    #expect(tile.answer.rows == [[.int(1), .int(7), .null], [.int(2), .null, .null]])
  }

  @Test("A pooled line that cannot be made anew of the cohorts shown goes with the withheld one")
  func recurringCohorts() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest((0..<9).map { line(1, "a\($0)") } + (0..<3).map { line(2, "a\($0)") })
    let tile = try tile(temporary, "{id: r, retention: {periods: 0, start: recurring}}")
    #expect(tile.answer.rows.map(\.[1]) == [.null, .int(9), .null])
  }

  @Test("Hours and sessions of few members are withheld")
  func few() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest((0..<9).map { line(1, "a\($0)") } + (0..<3).map { line(2, "a\($0)") })
    let hours = try tile(temporary, "{id: h, hours: {clock: community}}")
    // 1 March 2026 is a Sunday.
    #expect(hours.answer.rows[6 * 24 + 10][2...] == [.int(9), .int(9)])
    #expect(hours.answer.rows[10][2...] == [.null, .null])
    let sessions = try tile(temporary, "{id: s, sessions: {granularity: day}}")
    #expect(sessions.answer.rows[1][1...6].allSatisfy { $0 == .null })
    #expect(sessions.answer.rows[0][1] == .int(9))
  }

  @Test(
    "A tile whose keys contradict each other is refused",
    arguments: [
      "retention: {mode: bracket}", "retention: {brackets: [3-1]}", "retention: {mode: sometimes}",
      "stickiness: {window: 7, distribution: true}", "sessions: {gap: soon}", "hours: {clock: sundial}",
      "lifecycle: {granularity: year}", "activity: {}, lifecycle: {}",
    ])
  func refused(question: String) async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest([line(1, "a")])
    #expect(throws: StoreError.self) { try tile(temporary, "{id: x, \(question)}") }
  }
}
