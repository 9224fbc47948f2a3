internal import Events

/// The risk of leaving, fitted on older snapshots and measured on the last ones.
///
/// ```
/// train ─ train ─ … ─ train ─ (gap) ─ test × 8        a label of the training has closed before the first test
/// ```
struct ChurnModel {
  static let testCount = 8
  static let memberMin = 100
  static let outcomeMin = 10

  /// What a snapshot is used for.
  enum Part: String { case train, gap, test }

  let parts: [Part]
  /// Nil where there is too little to fit; `reason` says what is missing.
  let fit: RidgeLogistic?
  let reason: String?

  /// - Parameter snapshots: ascending, their labels closed.
  init(_ snapshots: [ChurnInputs.Snapshot]) {
    let firstTest = snapshots.count > Self.testCount ? snapshots[snapshots.count - Self.testCount].day : nil
    parts = snapshots.map { snapshot in
      guard let firstTest else { return .gap }
      return snapshot.day >= firstTest ? .test : snapshot.day + ChurnInputs.labelDays <= firstTest ? .train : .gap
    }
    var merged: [ChurnInputs.Features: RidgeLogistic.Group] = [:]
    for (snapshot, part) in zip(snapshots, parts) where part == .train {
      for group in snapshot.groups {
        let old = merged[group.features] ?? RidgeLogistic.Group(features: group.features.vector, count: 0, positives: 0)
        merged[group.features] = RidgeLogistic.Group(
          features: old.features, count: old.count + group.members, positives: old.positives + group.churned)
      }
    }
    let groups = merged.sorted { $0.key < $1.key }.map(\.value)
    let members = groups.reduce(0) { $0 + $1.count }
    let churned = groups.reduce(0) { $0 + $1.positives }
    if members < Self.memberMin || min(churned, members - churned) < Self.outcomeMin {
      fit = nil
      reason =
        "No risk: it takes \(Self.testCount) closed weekly snapshots to measure it on and, more than two weeks before "
        + "them, \(Self.memberMin) members to fit it on, \(Self.outcomeMin) who churned and \(Self.outcomeMin) who did "
        + "not; there are \(snapshots.count) such snapshots and too few members."
    } else {
      fit = RidgeLogistic(groups)
      reason = fit == nil ? "No risk: the fit did not settle." : nil
    }
  }

  /// The fit in words: features as they are, not standardised.
  var formula: String? {
    guard let fit else { return nil }
    let slopes = zip(fit.coefficients, fit.deviations).map { $1 == 0 ? 0 : $0 / $1 }
    let constant = zip(slopes, fit.means).reduce(fit.intercept) { $0 - $1.0 * $1.1 }
    let terms = zip(
      slopes,
      [
        "days since the last activity", "(active days of the last 14 − of the 14 before)",
        "ln(1 + days since the first activity)",
      ])
    let sum = terms.map { " \($0 < 0 ? "−" : "+") \(rounded(abs($0)))·\($1)" }.joined()
    return "Risk = 1 / (1 + e^−z), z = \(constant < 0 ? "−" : "")\(rounded(abs(constant)))\(sum)."
  }

  private func rounded(_ value: Double) -> String { String((value * 1e4).rounded() / 1e4) }

  /// Members of the highest risk, as many as `budget`, and how many of them churned. Where the cut goes through members
  /// of one risk, the lot decides among them: the expected number is given.
  static func contacted(_ groups: [(risk: Double, members: Int, churned: Int)], budget: Int) -> (
    members: Int, hits: Double
  ) {
    var byRisk: [(risk: Double, members: Int, churned: Int)] = []
    for group in groups.sorted(by: { $0.risk > $1.risk }) {
      if let last = byRisk.last, last.risk == group.risk {
        byRisk[byRisk.count - 1] = (last.risk, last.members + group.members, last.churned + group.churned)
      } else {
        byRisk.append(group)
      }
    }
    var (left, hits) = (budget, 0.0)
    for group in byRisk where left > 0 {
      let taken = min(left, group.members)
      hits += Double(group.churned) * Double(taken) / Double(group.members)
      left -= taken
    }
    return (budget - left, hits)
  }
}
