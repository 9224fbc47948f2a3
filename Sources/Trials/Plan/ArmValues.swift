package import Aggregation
internal import Events
package import Experiments

/// What a send with each arm has been worth so far: the primary goal over units whose windows have closed, each weighted
/// by 1 / propensity where the log has it, members as clusters.
package struct ArmValues: Sendable, Equatable {
  /// By arm; nil where there is too little.
  package let estimates: [Estimate?]
  /// Keys of members that have a unit.
  package let independentUnits: Set<Int32>
  /// Of a switchback: blocks in which every arm had its slot.
  package let blockCount: Int

  /// Of the mature units of the primary goal.
  package init(_ table: UnitTable, of experiment: ExperimentDescription) {
    let outcome = table.outcomes[0]
    let last = outcome.lastMatureDay?.number ?? .min
    let isWeighted = table.propensities.allSatisfy { $0 > 0 }
    var sums = [RatioSums](repeating: .zero, count: experiment.arms.count)
    var totals = [(y: Double, d: Double)](repeating: (0, 0), count: sums.count)
    for row in 0..<table.count {
      let arm = Int(table.arms[row])
      if table.days[row] <= last, !outcome.values[row].isNaN {
        let weight = isWeighted ? 1 / table.propensities[row] : 1
        totals[arm].y += weight * outcome.values[row]
        totals[arm].d += weight * (outcome.denominators.isEmpty ? 1 : outcome.denominators[row])
      }
      if row + 1 < table.count, table.clusters[row + 1] == table.clusters[row] { continue }
      for arm in totals.indices where totals[arm].d > 0 {
        sums[arm] = sums[arm] + RatioSums(numerator: totals[arm].y, denominator: totals[arm].d)
        totals[arm] = (0, 0)
      }
    }
    estimates = sums.map { try? $0.estimate() }
    independentUnits = Set(table.members)
    blockCount = Self.blockCount(table, experiment)
  }

  /// A block is the next slots of one weekday from the experiment's first day on, one of each arm.
  private static func blockCount(_ table: UnitTable, _ experiment: ExperimentDescription) -> Int {
    guard experiment.design == .switchback, let from = experiment.days.from else { return 0 }
    let armCount = Int32(experiment.arms.count { $0.weight > 0 })
    var armsByBlock: [Int32: Set<UInt8>] = [:]
    for (day, arm) in zip(table.days, table.arms) {
      let age = day - from.number
      armsByBlock[age / (7 * armCount) * 7 + age % 7, default: []].insert(arm)
    }
    return armsByBlock.values.count { $0.count == Int(armCount) }
  }

  /// How likely each arm with a send is the best, as shares to draw by; nil where one of them has too little data.
  package func shares(of experiment: ExperimentDescription) -> [Double]? {
    let arms = experiment.arms.indices.filter { $0 != experiment.holdoutPlace && experiment.arms[$0].weight > 0 }
    let known = arms.compactMap { estimates[$0] }
    guard known.count == arms.count else { return nil }
    var shares = experiment.arms.map(\.weight)
    let held = experiment.holdoutPlace.map { shares[$0] } ?? 0
    // None is 0: the floor, where there is one, is for every arm.
    for (arm, p) in zip(arms, BestArm(known.map(Posterior.init)).probabilityBest) {
      shares[arm] = max(p, 1e-9) * (1 - held)
    }
    return shares
  }

  /// The arm with a send that has been worth most.
  func best(of experiment: ExperimentDescription) -> (arm: Int, value: Double)? {
    experiment.arms.indices.filter { $0 != experiment.holdoutPlace }
      .compactMap { arm in estimates[arm].map { (arm, $0.value) } }.max { $0.1 < $1.1 }
  }
}
