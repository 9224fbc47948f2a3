package import Aggregation
package import Events
package import Segments

/// What `dashboards/NAME.yaml` says: a named set of tiles.
package struct DashboardDescription: Sendable {
  package var name: String
  package var title: String
  package var tiles: [TileDescription]

  static let keys = ["title", "tiles"]

  /// - Throws: ``StoreError`` with line and column at the first thing that cannot be meant.
  /// - Parameter workspace: where its experiments are; nil allows none.
  package init(contentsOf file: String, name: String, schema: EventSchema, workspace: Workspace? = nil) throws {
    let yaml = try YAMLValue(contentsOf: file)
    let keys = try yaml.mapping(knowing: Self.keys)
    self.name = name
    title = try keys["title"]?.string() ?? name
    tiles = try keys.require("tiles", of: yaml).list().map {
      try TileDescription($0, schema: schema, workspace: workspace)
    }
    var seen: Set<String> = []
    for tile in tiles where !seen.insert(tile.id).inserted {
      throw yaml.error("two tiles have the id '\(tile.id)'", hint: "Give each tile its own id.")
    }
  }

  /// The dashboards of a workspace: those named, or all.
  package static func load(_ names: [String], from workspace: Workspace) throws -> [DashboardDescription] {
    try (names.isEmpty ? workspace.dashboards : names).map { name in
      let file = try workspace.existing(
        workspace.dashboardFile(name), kind: "dashboard", name: name, among: workspace.dashboards)
      return try DashboardDescription(
        contentsOf: file, name: name, schema: workspace.settings.schema, workspace: workspace)
    }
  }
}

/// One tile: a question and how to draw its answer.
package struct TileDescription: Sendable {
  /// How the page draws the answer.
  package enum Chart: String, CaseIterable, Sendable { case line, bars, number, retention, table, experiment }

  package var id: String
  package var title: String
  package var text: String?
  package var chart: Chart
  /// What is asked.
  package var question: any Question { tileQuestion }
  var tileQuestion: any TileQuestion
  /// Columns to draw; empty lets the page choose.
  package var series: [String]
  /// Only the last so many intervals; nil is all.
  package var last: Int?

  static let keys = ["id", "title", "description", "chart", "series", "last"]

  init(_ yaml: YAMLValue, schema: EventSchema, workspace: Workspace?) throws {
    let keys = try yaml.mapping(knowing: Self.keys + TileQuestions.keys + [ExperimentTile.metric])
    id = try keys.require("id", of: yaml).string()
    guard !id.isEmpty, id.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }) else {
      throw keys["id"]!.error("'\(id)' cannot be an id", hint: "Use lower case letters, digits and hyphens.")
    }
    title = try keys["title"]?.string() ?? id
    text = try keys["description"]?.string()
    series = try keys["series"]?.strings() ?? []
    last = try keys["last"]?.int(in: 1...10_000)
    if let value = keys[ExperimentTile.metric], let workspace {
      if let other = TileQuestions.keys.compactMap({ keys[$0] }).first ?? keys["last"] {
        throw other.error("a tile with an experiment has neither 'last' nor another question")
      }
      tileQuestion = try ExperimentTile(value, in: workspace)
    } else {
      tileQuestion = try TileQuestions.question(keys, of: yaml, schema: schema)
    }
    if let value = keys["chart"] {
      let word = try value.string()
      guard let known = Chart(rawValue: word) else {
        throw value.error(
          "'\(word)' is not a chart", hint: "Known: \(Chart.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      guard tileQuestion.canBeDrawn(as: known) else {
        throw value.error(
          "the tile '\(id)' cannot be drawn as '\(word)'",
          hint: "Leave out 'chart', or write table: line, bars and number want one interval a row.")
      }
      chart = known
    } else {
      chart = tileQuestion.chart
    }
  }
}
