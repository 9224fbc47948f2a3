import TestSupport
import Testing

/// Mistakes in YAML files: exit 65, file, line and column, and the nearest word that is known.
@Suite struct BadConfigurationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var file: String
    var text: String
    var command: [String]
    /// `line:column`
    var place: String
    var said: [String]

    init(_ file: String, _ text: String, _ command: [String], at place: String, _ said: String...) {
      (self.file, self.text, self.command, self.place, self.said) = (file, text, command, place, said)
    }

    var testDescription: String { "\(file): \(text.prefix(60))" }
  }

  private static let ask = ["query", "activity"]
  private static let load = ["ingest", "d"]
  private static let publish = ["publish", "d"]
  private static let run = ["run", "p"]
  private static let mapping = "time: ts\nmember: m\nevent: e\n"

  static let cases = [
    Case("muster.yaml", "time-zone: UTC\nweek-strat: monday\n", ask, at: "2:1", "'week-strat'", "'week-start'?"),
    Case("muster.yaml", "time-zone: Asia/Shanghay\n", ask, at: "1:12", "'Asia/Shanghay'"),
    Case("muster.yaml", "week-start: someday\n", ask, at: "1:13", "'someday'"),
    Case("muster.yaml", "dimensions: [community, Topic]\n", ask, at: "1:25", "'Topic'"),
    Case("muster.yaml", "dimensions: [a, a]\n", ask, at: "1:17", "'a' stands twice"),
    Case("muster.yaml", "published-cell-minimum: -1\n", ask, at: "1:25", "whole number"),
    Case("muster.yaml", "time-zone: UTC\ntime-zone: UTC\n", ask, at: "1:1", "stands twice"),
    Case("muster.yaml", "time-zone: [UTC\n", ask, at: "2:1", "YAML"),
    Case("muster.yaml", "time-zone: UTC\n\tweek-start: monday\n", ask, at: "2:1", "YAML"),
    Case("muster.yaml", "- a\n", ask, at: "1:1", "keys with values"),
    Case(
      "datasets/d/dataset.yaml", mapping + "dimensoins: {}\n", load, at: "4:1", "'dimensoins'", "'dimensions'?"),
    Case("datasets/d/dataset.yaml", "time: {feild: ts}\nmember: m\nevent: e\n", load, at: "1:8", "'feild'", "'field'?"),
    Case("datasets/d/dataset.yaml", mapping + "ahead: soon\n", load, at: "4:8", "'soon'", "14d"),
    Case("datasets/d/dataset.yaml", mapping + "ahead: 1h\n", load, at: "4:8", "from 1d to 400d"),
    Case("datasets/d/dataset.yaml", mapping + "ahead: 401d\n", load, at: "4:8", "from 1d to 400d"),
    Case("datasets/d/dataset.yaml", mapping + "ahead: -3d\n", load, at: "4:8", "'-3d'"),
    Case("datasets/d/dataset.yaml", mapping + "ahead: [14d]\n", load, at: "4:8", "text"),
    Case("datasets/d/dataset.yaml", "kind: members\nmember: m\nahead: 14d\n", load, at: "3:8", "no 'ahead'"),
    Case("datasets/d/dataset.yaml", mapping + "format: cvs\n", load, at: "4:9", "'cvs'", "'csv'?"),
    Case(
      "datasets/d/dataset.yaml", mapping + "dimensions:\n  comunity: c\n", load, at: "5:13", "'comunity'",
      "'community'?"),
    Case("datasets/d/dataset.yaml", "time: ts\nevent: e\n", load, at: "1:1", "'member' is missing"),
    Case(
      "datasets/d/dataset.yaml", "time: ts\nmember: m\nevents:\n  - {event: {constant: a}, wen: {field: x}}\n", load,
      at: "4:28", "'wen'", "'when'?"),
    Case("datasets/d/dataset.yaml", "time: \"ts\nmember: m\n", load, at: "3:1", "YAML"),
    Case("dashboards/d.yaml", "titel: D\ntiles: []\n", publish, at: "1:1", "'titel'", "'title'?"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a, activty: {}}\n", publish, at: "2:13", "'activty'", "'activity'?"),
    Case(
      "dashboards/d.yaml", "tiles:\n  - {id: a, activity: {granulariti: day}}\n", publish, at: "2:24", "'granularity'?"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a, retention: {cohorts: day}}\n", publish, at: "2:25", "'cohort'?"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a, chart: pie, activity: {}}\n", publish, at: "2:20", "'pie'"),
    Case(
      "dashboards/d.yaml", "tiles:\n  - {id: a, chart: bars, hours: {by: [platform]}}\n", publish, at: "2:20",
      "the tile 'a' cannot be drawn as 'bars'", "table"),
    Case(
      "dashboards/d.yaml", "tiles:\n  - {id: a, chart: retention, sessions: {}}\n", publish, at: "2:20",
      "the tile 'a' cannot be drawn as 'retention'"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a, sessions: {by: [platfrom]}}\n", publish, at: "2:29", "'platfrom'"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: A b, activity: {}}\n", publish, at: "2:10", "'A b'"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a}\n", publish, at: "2:5", "one question"),
    Case(
      "dashboards/d.yaml", "tiles:\n  - {id: a, activity: {where: \"platfrom = 'x'\"}}\n", publish, at: "2:31",
      "platform"),
    Case("dashboards/d.yaml", "tiles:\n  - {id: a, activity: {by: [platfrom]}}\n", publish, at: "2:29", "'platfrom'"),
    Case("dashboards/d.yaml", "title: D\n", publish, at: "1:1", "'tiles' is missing"),
    Case("pipelines/p.yaml", "step: []\n", run, at: "1:1", "'step'", "'steps'?"),
    Case("pipelines/p.yaml", "steps:\n  - ingets: all\n", run, at: "2:5", "'ingets'", "'ingest'?"),
    Case("pipelines/p.yaml", "fresh-within: soon\nsteps: [{ingest: all}]\n", run, at: "1:15", "'soon'"),
    Case("pipelines/p.yaml", "title: P\nsteps:\n  - ingest: all\n    publish: all\n", run, at: "3:5", "one key"),
    Case("pipelines/p.yaml", "steps: []\n", run, at: "1:1", "no steps"),
  ]

  @Test("A mistake in a YAML file is told with file, line and column", arguments: cases)
  func mistake(_ bad: Case) throws {
    let workspace = try BinaryWorkspace(settings: nil)
    #expect(workspace.muster("new", ".").status == 0)
    try workspace.write(BinaryLog.lines(3), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let before = try workspace.storeContent()
    try workspace.write(bad.text, to: bad.file)
    let run = workspace.start(bad.command).wait()
    #expect(run.status == 65, "\(run.complaint)")
    #expect(run.output.isEmpty)
    let place = "\(workspace.folder)/\(bad.file):\(bad.place): "
    #expect(run.complaint.contains(place), "\(bad.place) in: \(run.complaint)")
    for said in bad.said { #expect(run.complaint.contains(said), "\(run.complaint)") }
    if bad.file != "pipelines/p.yaml" { #expect(try workspace.storeContent() == before) }
  }

  @Test("An empty muster.yaml is a workspace with the defaults")
  func empty() throws {
    let workspace = try BinaryWorkspace(settings: "")
    try workspace.write(BinaryLog.lines(3), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
  }

  @Test(
    "A store keeps the zone and the dimensions that it was made with",
    arguments: [
      ("time-zone: Asia/Tokyo\n", "time-zone 'UTC'", "'Asia/Tokyo'"),
      ("dimensions: [community]\n", "dimensions", "'community'"),
      (
        "dimensions: [platform, community, content, push, arm]\n", "dimensions", "'platform,community,content,push,arm'"
      ),
    ])
  func changedSettings(_ settings: String, _ before: String, _ after: String) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(30), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let content = try workspace.storeContent()
    let answers = workspace.answers(asOf: "2025-03-20")
    try workspace.write(settings, to: "muster.yaml")
    try workspace.write(BinaryLog.lines(30, seed: 2), to: "more.jsonl")
    for verb in [
      ["ingest", "more.jsonl"], ["query", "activity"], ["query", "retention"], ["store", "check"], ["store", "status"],
    ] {
      let run = workspace.start(verb).wait()
      #expect(run.status == 64, "\(verb): \(run.complaint)")
      #expect(run.complaint.contains(before) && run.complaint.contains(after), "\(run.complaint)")
    }
    #expect(try workspace.storeContent() == content)
    try workspace.write("time-zone: UTC\n", to: "muster.yaml")
    #expect(workspace.answers(asOf: "2025-03-20") == answers)
  }
}
