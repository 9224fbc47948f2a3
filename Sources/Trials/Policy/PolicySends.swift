internal import Aggregation
internal import Events
internal import Experiments

/// The sends that other policies are held against: units with a push whose windows have closed.
///
/// Units of the holdout are left out, and what is logged becomes the probability given that a push went out:
/// propensity / (1 − weight of the holdout). The planner keeps that weight whatever else it allows.
struct PolicySends {
  /// One send.
  struct Send {
    var cluster: Int32
    var fold: Int
    var arm: Int
    /// Of the first of the experiment's segments; 0 without.
    var segment: Int
    var value: Double
    /// NaN where the log has none.
    var propensity: Double
    /// -1 where the member had no session before.
    var ownHour: Int
  }

  /// Ordered by cluster.
  private(set) var all: [Send] = []
  /// Names of the segments; one without a name where the experiment has none.
  let segments: [String]
  /// Sends whose propensity is more than the holdout leaves.
  private(set) var impossibleCount = 0
  /// Sends left out: their plan could not draw every arm, so that they say nothing of a rule that wants one it lacks.
  private(set) var barredCount = 0

  /// - Parameter arms: those among which rules choose.
  init(_ table: UnitTable, _ traits: UnitTraits, arms: [Int], of experiment: ExperimentDescription) {
    let outcome = table.outcomes[0]
    let last = outcome.lastMatureDay?.number ?? .min
    let labels = Self.labels(table, experiment)
    segments = labels.map { $0.values + ["(none)"] } ?? [""]
    let open = 1 - (experiment.holdoutPlace.map { experiment.arms[$0].weight } ?? 0)
    let isBarred = VersionArms(table, armCount: experiment.arms.count).lackingAny(of: arms)
    for row in 0..<table.count where table.days[row] <= last && !outcome.values[row].isNaN {
      let arm = Int(table.arms[row])
      guard arm != experiment.holdoutPlace else { continue }
      if !isBarred.isEmpty, isBarred[Int(table.versions.codes[row]) + 1] {
        barredCount += 1
        continue
      }
      let code = labels.map { Int($0.codes[row]) } ?? 0
      let propensity = table.propensities[row] / open
      if propensity > 1 + 1e-9 { impossibleCount += 1 }
      all.append(
        Send(
          cluster: table.clusters[row], fold: Int(traits.folds[row]), arm: arm,
          segment: code < 0 ? segments.count - 1 : code, value: outcome.values[row], propensity: propensity,
          ownHour: Int(traits.ownHours[row])))
    }
  }

  /// The first of the experiment's segments, several columns crossed; nil where it has none.
  private static func labels(_ table: UnitTable, _ experiment: ExperimentDescription) -> UnitTable.Labels? {
    let columns = (experiment.segments.first ?? []).compactMap { experiment.units.segments.firstIndex(of: $0) }
    guard let first = columns.first else { return nil }
    if columns.count == 1 { return table.segments[first] }
    var crossed = UnitTable.Labels()
    var known: [String: Int32] = [:]
    for row in 0..<table.count {
      let texts = columns.map { column in
        let labels = table.segments[column]
        return labels.codes[row] < 0 ? "(none)" : labels.values[Int(labels.codes[row])]
      }
      let text = texts.joined(separator: " × ")
      if known[text] == nil {
        known[text] = Int32(crossed.values.count)
        crossed.values.append(text)
      }
      crossed.codes.append(known[text]!)
    }
    return crossed
  }

  /// Gives the places of each cluster's sends.
  func forEachCluster(_ body: (Range<Int>) -> Void) {
    var start = 0
    for place in all.indices where place + 1 == all.count || all[place + 1].cluster != all[place].cluster {
      body(start..<place + 1)
      start = place + 1
    }
  }
}
