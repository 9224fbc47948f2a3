import Aggregation
import Dashboards
import Events
import Foundation
import Segments
import TestSupport
import Testing

@Suite("Tiles of followers, health and members")
struct CommunityTileTests {
  private func line(_ day: Int, _ member: String, _ event: String) -> String {
    "{\"ts\":\"2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z\",\"user_id\":\"\(member)\",\"event\":\"\(event)\"}"
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

  private func community() async throws -> TemporaryWorkspace {
    let temporary = try TemporaryWorkspace("followers-opening: {date: 2026-03-01, count: 100}\n")
    let counts = [(1, "a", 9, "join"), (1, "z", 6, "leave"), (2, "b", 8, "join"), (2, "a", 2, "leave")]
    let lines = (counts + [(3, "c", 7, "join"), (3, "b", 5, "leave")]).flatMap { day, name, count, event in
      (0..<count).map { line(day, "\(name)\($0)", event) }
    }
    try await temporary.ingest(lines)
    return temporary
  }

  @Test("A day with few leaves is withheld, and with it the range and all that carries it on")
  func followers() async throws {
    let tile = try tile(await community(), "{id: f, followers: {}}")
    let days = (1...3).map { Cell.day(CommunityDay(year: 2026, month: 3, day: $0)) }
    let expected: [[Cell]] = [
      [.null, .null, .null, .null, .null, .null],
      [days[0], .int(9), .int(6), .int(3), .null, .null],
      [days[1], .null, .null, .null, .null, .null],
      [days[2], .int(7), .int(5), .int(2), .null, .null],
    ]
    #expect(tile.answer.rows.map { Array($0[..<6]) } == expected)
    #expect(tile.suppressed.count == 14)
  }

  @Test("Where no count is small all is shown")
  func shown() async throws {
    let tile = try tile(await community(), "{id: f, followers: {granularity: month}}")
    #expect(tile.suppressed.isEmpty)
    let expected: [Cell] = [.int(24), .int(13), .int(11), .int(100)]
    #expect(Array(tile.answer.rows[1][1...4]) == expected)
  }

  @Test("A small layer or segment takes the shares of all with it")
  func shares() async throws {
    let temporary = try TemporaryWorkspace()
    let lines = (0..<10).flatMap { member in (0..<12).map { line($0 + 1, "a\(member)", "post") } }
    try await temporary.ingest(lines + (0..<3).map { line(1, "b\($0)", "post") })
    let onion = try tile(temporary, "{id: o, health: {every: range}}")
    let members = onion.answer.columns.firstIndex { $0.name == "members" } ?? 0
    #expect(onion.answer.rows.contains { $0[members] == .null })
    let share = onion.answer.columns.firstIndex { $0.name == "member_share" } ?? 0
    #expect(onion.answer.rows.allSatisfy { $0[share] == .null })
  }

  @Test(
    "What cannot be published or asked is refused where it stands",
    arguments: [
      ("followers: {view: inviters}", "can be published"), ("followers: {views: tree}", "Did you mean 'view'"),
      ("health: {view: onions}", "Known: onion"), ("health: {topic: thread}", "is not a dimension"),
      ("members: {by: [age]}", "Known: lifecycle"), ("members: {by: [value, value]}", "stands once"),
    ])
  func refused(question: String, complaint: String) async throws {
    let temporary = try await community()
    let error = #expect(throws: StoreError.self) { try tile(temporary, "{id: a, \(question)}") }
    #expect("\(error.map(\.description) ?? "")".contains(complaint), "\(String(describing: error))")
  }
}
