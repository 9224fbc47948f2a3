internal import Aggregation
internal import Events
internal import Segments
internal import Trials

/// What an experiment has shown: `experiment: push-hour`. Its days and filters are those of its file.
struct ExperimentTile: TileQuestion {
  var experiment: ExperimentDescription

  /// The experiment that `yaml` names.
  init(_ yaml: YAMLValue, in workspace: Workspace) throws {
    let name = try yaml.string()
    guard workspace.experiments.contains(name) else {
      let near = nearestWord(to: name, among: workspace.experiments).map { "Did you mean '\($0)'? " } ?? ""
      let known = workspace.experiments.joined(separator: ", ")
      throw yaml.error(
        "no experiment is called '\(name)'", hint: near + (known.isEmpty ? "There is none." : "Known: \(known)."))
    }
    experiment = try ExperimentDescription(named: name, in: workspace)
  }

  init(_ yaml: YAMLValue, schema: EventSchema) throws {
    throw yaml.error("an experiment is of a workspace", hint: "Read the dashboard as one of a workspace.")
  }

  var chart: TileDescription.Chart { .experiment }
  /// Arms of one figure add up, so that a small one takes the others with it.
  /// Slots of a switchback are no people.
  var suppression: SuppressionRule {
    experiment.design == .switchback
      ? .counts([], keys: []) : .groups(base: "units", by: "metric", total: "verdict")
  }
  var particulars: String { "\"experiment\":\(experiment.json)," }

  func answer(_ engine: Engine, asOf: Timestamp) throws -> Answer {
    var answer = experiment.answer(try engine.units(of: experiment, asOf: asOf))
    let minimum = engine.store.settings.publishedCellMinimum
    for row in answer.rows.indices {
      for column in answer.rows[row].indices {
        guard case .text(let words) = answer.rows[row][column] else { continue }
        answer.rows[row][column] = .text(Self.withoutSmallCounts(words, minimum: minimum))
      }
    }
    answer.notes = answer.notes.map { Self.withoutSmallCounts($0, minimum: minimum) }
    return answer
  }

  /// Words that say how much there is of something say no count that would be withheld as a cell.
  static func withoutSmallCounts(_ words: String, minimum: Int) -> String {
    words.replacing(/\b([0-9]+) (units|events|non-events|values|planned rows|rows|sends|taps)\b/) { match in
      guard let count = Int(match.output.1), count > 0, count < minimum else { return String(match.output.0) }
      return "fewer than \(minimum) \(match.output.2)"
    }
  }

  // The question behind it is that of its units.
  static var metric: String { "experiment" }
  var definition: String { ExperimentDescription.definition }
  var scope: QuestionScope {
    get { experiment.units.scope }
    set { experiment.units.scope = newValue }
  }
  var flags: [QuestionFlag] { [] }
  var commandLine: String { "experiment analyze \(experiment.name)" }
  var daysReadBefore: Int { experiment.units.daysReadBefore }
  var readsEvents: Bool { experiment.units.readsEvents }
  var filters: [Filter] { experiment.units.filters }
  var columns: Set<String> { experiment.units.columns }
  var eventNames: [String] { experiment.units.eventNames }
  func adapted(to rival: Rival) -> RivalQuestion { experiment.units.adapted(to: rival) }
  func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan { try experiment.units.plan(resolved) }
  func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    experiment.units.sql(resolved, days: days, source: source)
  }
}
