import Foundation
import TestSupport

/// The log of one run, line by line, which the built program loads and analyses: the whole way that a log goes.
struct AnalysedLog {
  private var lines = ""
  private let settings: String
  private let experiment: String

  /// - Parameters:
  ///   - zone: the community's.
  ///   - experiment: its file.
  init(zone: String, experiment: String) {
    (settings, self.experiment) = ("time-zone: \(zone)\n", experiment)
  }

  /// What a planned unit says besides its member and its anchor.
  struct Plan {
    var arm: String
    var push: String
    var propensity = 0.5
    var version = "1"
    var community: String?
  }

  /// - Parameter second: of Unix.
  mutating func add(_ event: String, _ member: Int, at second: Int, _ rest: String = "") {
    lines += "{\"ts\":\(second),\"user_id\":\"m\(member)\",\"event\":\"\(event)\"\(rest)}\n"
  }

  mutating func plan(_ member: Int, at anchor: Int, _ plan: Plan) {
    let community = plan.community.map { ",\"community_id\":\"\($0)\"" } ?? ""
    let properties = """
      {"push_id":"\(plan.push)","arm":"\(plan.arm)","propensity":\(plan.propensity),"plan":"\(plan.version)"}
      """
    add("push_planned", member, at: anchor, "\(community),\"properties\":\(properties)")
  }

  mutating func send(_ member: Int, at second: Int, push: String) {
    add("push_sent", member, at: second, ",\"properties\":{\"push_id\":\"\(push)\"}")
  }

  /// What the program says as of an instant, such as `2026-08-06T13:37:11`.
  /// - Precondition: the program is built, and reads what was written.
  func analysis(asOf: String) -> Analysis {
    guard let workspace = try? BinaryWorkspace(settings: settings, inMemory: true),
      (try? workspace.write(experiment, to: "pipelines/experiments/e.yaml")) != nil,
      (try? workspace.write(lines, to: "log.jsonl")) != nil
    else { preconditionFailure("no room for a log") }
    let load = workspace.muster("ingest", "log.jsonl", "--quiet", "--reject-limit", "0")
    precondition(load.status == 0, load.complaint)
    let run = workspace.muster("experiment", "analyze", "e", "--as-of", asOf, "--format", "json")
    guard run.status == 0, let analysis = Analysis(run.output) else { preconditionFailure(run.complaint) }
    return analysis
  }
}

/// The rows and notes of `experiment analyze`.
struct Analysis {
  private let columns: [String]
  private let rows: [[Any]]
  let notes: [String]

  init?(_ text: String) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let columns = object["columns"] as? [[String: Any]], let rows = object["rows"] as? [[Any]],
      let notes = object["notes"] as? [String]
    else { return nil }
    self.columns = columns.compactMap { $0["name"] as? String }
    (self.rows, self.notes) = (rows, notes)
  }

  func number(_ metric: String, _ arm: String, _ column: String) -> Double? {
    guard let place = columns.firstIndex(of: column) else { return nil }
    return rows.first { $0[0] as? String == metric && $0[1] as? String == arm }?[place] as? Double
  }

  /// Whether an arm is called different from the control; false where too little is known.
  func calls(_ metric: String, _ arm: String) -> Bool { (number(metric, arm, "p") ?? 1) < SequentialScenes.alpha }

  /// Whether a number is what it was worked out to be.
  func says(_ metric: String, _ arm: String, _ column: String, _ expected: Double) -> Bool {
    number(metric, arm, column).map { abs($0 - expected) < 1e-9 } ?? false
  }
}

/// What a careless analysis makes of counts: the pooled test of two proportions.
struct NaiveArms {
  private var events = [0, 0]
  private var units = [0, 0]

  mutating func add(arm: Int, _ happened: Bool) {
    units[arm] += 1
    if happened { events[arm] += 1 }
  }

  /// The share of an arm.
  func share(_ arm: Int) -> Double { Double(events[arm]) / Double(units[arm]) }

  /// Whether |z| passes the 5 % point.
  var callsDifference: Bool {
    let pooled = Double(events[0] + events[1]) / Double(units[0] + units[1])
    let error = (pooled * (1 - pooled) * (1 / Double(units[0]) + 1 / Double(units[1]))).squareRoot()
    return abs(share(1) - share(0)) > 1.959964 * error
  }
}

extension Effort {
  /// Runs of scenes that start processes.
  var logRuns: Int { self == .long ? 400 : 16 }
}

extension Finding {
  /// Three lines of most scenes of logs: ours, the careless one, and a figure worked out by hand.
  static func ofLog(
    _ setting: String, _ shares: [Share], ours: String, naive: String, naiveLeast: Double, exact: String,
    _ effort: Effort
  ) -> [Finding] {
    [
      Finding(setting, ours, shares[0], .limitAtMost(SequentialScenes.alpha), effort),
      Finding(setting, "\(naive) (must call one)", shares[1], .limitAtLeast(naiveLeast), effort),
      Finding(setting, exact, shares[2], .within(1...1), effort),
    ]
  }
}
