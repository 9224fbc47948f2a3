import Aggregation
import Dashboards
import Events
import Foundation
import Segments
import TestSupport
import Testing

@Suite("Tiles of experiments")
struct ExperimentTileTests {
  private static let experiment = """
    title: When?
    design: member-randomised
    arms: {early: {weight: 0.5}, late: {weight: 0.4}, none: {weight: 0.1}}
    control: early
    holdout: none
    looks: fixed
    primary: wrote
    goals: {wrote: {event: post, within: 1d}, posts: {count: post, within: 1d}}
    guardrails: {left: {event: leave, within: 2d, margin: 0.01}}
    past: false
    """

  private func tile(
    _ temporary: TemporaryWorkspace, _ keys: String, experiment: String = Self.experiment
  ) throws -> DashboardDocument.Tile {
    let folder = temporary.workspace.folder
    try FileManager.default.createDirectory(
      atPath: "\(folder)/pipelines/experiments", withIntermediateDirectories: true)
    try experiment.write(
      toFile: temporary.workspace.experimentFile("hour"), atomically: true, encoding: .utf8)
    try "tiles:\n  - {id: a, \(keys)}\n".write(toFile: "\(folder)/d.yaml", atomically: true, encoding: .utf8)
    let dashboard = try DashboardDescription(
      contentsOf: "\(folder)/d.yaml", name: "d", schema: temporary.workspace.settings.schema,
      workspace: temporary.workspace)
    let engine = try Engine(Store(reading: temporary.workspace), now: .testArrival)
    return try #require(
      try DashboardBuilder(engine: engine, asOf: engine.defaultAsOf).document(dashboard).tiles.first)
  }

  /// So many members planned in each arm, of whom every third writes, on the first of ten days.
  private func community(_ counts: KeyValuePairs<String, Int>) async throws -> TemporaryWorkspace {
    let temporary = try TemporaryWorkspace()
    var lines = ["{\"ts\":\"2026-03-10T10:00:00Z\",\"user_id\":\"z\",\"event\":\"post\"}"]
    for (arm, count) in counts {
      for member in 0..<count {
        lines.append(
          "{\"ts\":\"2026-03-01T00:00:00Z\",\"user_id\":\"\(arm)\(member)\",\"event\":\"push_planned\",\"properties\":"
            + "{\"push_id\":\"p1\",\"arm\":\"\(arm)\"}}")
        if member % 3 == 0 {
          lines.append("{\"ts\":\"2026-03-01T10:00:00Z\",\"user_id\":\"\(arm)\(member)\",\"event\":\"post\"}")
        }
      }
    }
    try await temporary.ingest(lines)
    return temporary
  }

  private func row(_ tile: DashboardDocument.Tile, _ metric: String, _ arm: String?) -> [Cell]? {
    tile.answer.rows.first { $0[0] == .text(metric) && $0[1] == arm.map { .text($0) } ?? .null }
  }

  @Test("The document has the answer of the analysis, and what the page must know of the experiment")
  func document() async throws {
    let tile = try tile(await community(["early": 500, "late": 400, "none": 100]), "experiment: hour")
    #expect(tile.suppressed.isEmpty)
    #expect(tile.description.chart == .experiment)
    #expect(tile.description.question.commandLine == "experiment analyze hour")
    #expect(row(tile, "sample-ratio", "late")?[2...3] == [.int(400), .float(0.4)])
    #expect(row(tile, "wrote", "early")?[3] == .float(167.0 / 500))
    #expect(row(tile, "wrote", "late")?.last == .text("no difference shown"))
    let document = DashboardDocument(
      name: "d", title: "d", asOf: .testArrival, timeZone: "UTC", publishedCellMinimum: 5, tiles: [tile])
    #expect(
      document.json.contains(
        """
        "chart":"experiment","metric":"experiment","definition":"experiment.analyze/1",\
        "question":"experiment analyze hour","experiment":{"name":"hour","units":"members","control":"early",\
        "holdout":"none","goals":[{"name":"wrote","is_share":true},{"name":"posts","is_share":false}],\
        "guardrails":[{"name":"left","is_share":true,"harm":"increase","margin":0.01}]},"series":[],
        """.trimmingCharacters(in: .newlines)))
  }

  @Test("A small arm takes the other arms with it, and no words tell how small it is")
  func small() async throws {
    let tile = try tile(await community(["early": 6, "late": 4, "none": 1]), "experiment: hour")
    for arm in ["early", "late", "none"] {
      #expect(row(tile, "sample-ratio", arm)?[2..<12].allSatisfy { $0 == .null } == true)
      #expect(row(tile, "wrote", arm)?[2..<12].allSatisfy { $0 == .null } == true)
    }
    #expect(row(tile, "verdict", nil)?[2] == .null)
    #expect(tile.suppressed.contains { $0.row == 0 && $0.column == 2 })
    let words = tile.answer.rows.compactMap { $0.last }.map { "\($0)" } + tile.answer.notes
    #expect(!words.contains { $0.contains(" 4 units") || $0.contains(" 2 events") })
    #expect(words.contains { $0.contains("fewer than 5 units") })
  }

  @Test("Without planned units the tile says so")
  func nothing() async throws {
    let tile = try tile(await community([:]), "experiment: hour")
    #expect(tile.answer.rows.map(\.first) == [.text("verdict")])
    #expect(tile.answer.rows.first?.last == .text("no units are planned yet"))
  }

  @Test(
    "What cannot be asked is refused where it stands",
    arguments: [
      ("experiment: hours", "d.yaml:2:25: no experiment is called 'hours'", "Did you mean 'hour'?"),
      ("experiment: evening", "d.yaml:2:25: no experiment is called 'evening'", "Known: hour."),
      ("experiment: hour, last: 7", "d.yaml:2:37: a tile with an experiment has neither 'last'", ""),
      ("experiment: hour, activity: {}", "d.yaml:2:41: a tile with an experiment has neither", ""),
      ("experiment: {name: hour}", "d.yaml:2:25:", ""),
      ("experiments: hour", "d.yaml:2:13:", "Did you mean 'experiment'?"),
    ])
  func refused(keys: String, complaint: String, hint: String) async throws {
    let temporary = try await community([:])
    let error = #expect(throws: StoreError.self) { try tile(temporary, keys) }
    let said = error.map(\.description) ?? ""
    #expect(said.contains(complaint) && (hint.isEmpty || said.contains(hint)), "\(said)")
  }
}
