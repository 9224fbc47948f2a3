import Experiments
import Foundation

/// Ninety nightly looks at arms that do not differ: how often does any look call a difference?
package enum SequentialScenes {
  package static let nights = 90
  static let alpha = 0.05

  package static let all: [Scene] = [
    Scene(name: "sequential: proportions and means", run: separateUnits),
    Scene(name: "sequential: frozen members, sends repeated", run: frozenMembers),
    Scene(name: "sequential: sends drawn each night", run: drawnSends),
    Scene(name: "sequential: CUPED", run: covariates),
    Scene(name: "sequential: four arms, Holm", run: fourArms),
  ]

  private enum Outcome: Sendable, CustomStringConvertible {
    case proportion(Double)
    case lognormal

    var description: String {
      switch self {
      case .proportion(let p): "p = \(p)"
      case .lognormal: "lognormal"
      }
    }
  }

  private static func separateUnits(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let outcomes: [Outcome] = [.proportion(0.5), .proportion(0.02), .lognormal]
    return outcomes.flatMap { outcome in
      [2, 4, 40, 400, 5000].flatMap { nightly -> [Finding] in
        let isSlow = nightly == 5000 && "\(outcome)" == "lognormal"
        let shares = tally(runs: effort.runs(isSlow ? 1000 : 4000), seed: seed &+ UInt64(nightly)) { draws in
          looks(at: outcome, nightly: nightly, &draws)
        }
        return contrast(effort, "\(outcome), \(nightly) units a night", shares)
      }
    }
  }

  /// The three figures of each setting.
  private static func contrast(_ effort: Effort, _ setting: String, _ shares: [Share]) -> [Finding] {
    [
      Finding(setting, "sequential: any of 90 looks", shares[0], .limitAtMost(alpha), effort),
      Finding(setting, "fixed test: any of 90 looks", shares[1]),
      Finding(setting, "fixed test: last look alone", shares[2]),
    ]
  }

  private static func looks(at outcome: Outcome, nightly: Int, _ draws: inout Draws) -> [Bool] {
    var watch = Watch(plannedUnits: nights * nightly)
    var proportions = [ProportionSums.zero, .zero]
    var means = [MeanSums.zero, .zero]
    for _ in 0..<nights {
      for arm in 0..<2 {
        switch outcome {
        case .proportion(let p):
          let units = nightly / 2
          proportions[arm] = proportions[arm] + ProportionSums(events: draws.binomial(units, p), units: units)
        case .lognormal:
          let values = (0..<nightly / 2).map { _ in exp(draws.normal()) }
          means[arm] = means[arm] + MeanSums(values)
        }
      }
      switch outcome {
      case .proportion: watch.look(try? proportions[1].estimate(), try? proportions[0].estimate())
      case .lognormal: watch.look(try? means[1].estimate(), try? means[0].estimate())
      }
    }
    return watch.flags
  }

  /// 500 members an arm, each with a send a night: units do not grow, sends do.
  private static func frozenMembers(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let members = 500
    let shares = tally(runs: effort.runs(4000), seed: seed) { draws in
      var watch = Watch(plannedUnits: 2 * members)
      let chances = (0..<2 * members).map { _ in memberChance(mean: 0.3, icc: 0.2, &draws) }
      var opens = chances.map { _ in 0.0 }
      for night in 1...nights {
        var arms = [RatioSums.zero, .zero]
        for member in chances.indices {
          if draws.happens(chances[member]) { opens[member] += 1 }
          let sums = RatioSums(numerator: opens[member], denominator: Double(night))
          arms[member & 1] = arms[member & 1] + sums
        }
        watch.look(try? arms[1].estimate(), try? arms[0].estimate())
      }
      return watch.flags
    }
    return contrast(effort, "frozen 2 × \(members) members, ICC 0.2, a send a night", shares)
  }

  /// 400 members, whose arm is drawn each night: everybody is in both arms.
  private static func drawnSends(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.runs(4000), seed: seed) { draws in
      var watch = Watch(plannedUnits: 400)
      let chances = (0..<400).map { _ in memberChance(mean: 0.3, icc: 0.2, &draws) }
      var totals = chances.map { _ in [(numerator: 0.0, denominator: 0.0), (numerator: 0.0, denominator: 0.0)] }
      for _ in 0..<nights {
        var sums = CrossedRatioSums.zero
        for member in chances.indices {
          let arm = draws.below(2)
          totals[member][arm].denominator += 1
          if draws.happens(chances[member]) { totals[member][arm].numerator += 1 }
          sums = sums + CrossedRatioSums(treatment: totals[member][1], control: totals[member][0])
        }
        if let arms = try? sums.estimates() { watch.look(arms) }
      }
      return watch.flags
    }
    return contrast(effort, "400 members, arm drawn each send, ICC 0.2", shares)
  }

  /// 60 members a night, half of whose spread the past explains; a fifth has no past.
  private static func covariates(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.runs(4000), seed: seed) { draws in
      var watch = Watch(plannedUnits: nights * 60)
      var arms = [CovariateSums.zero, .zero]
      for _ in 0..<nights {
        for unit in 0..<60 {
          let taste = draws.normal()
          let outcome = exp(0.5 * (taste + draws.normal()))
          let past = draws.happens(0.8) ? exp(0.5 * (taste + draws.normal())) : nil
          arms[unit & 1] = arms[unit & 1] + CovariateSums(outcome: outcome, covariate: past)
        }
        let cuped = CUPED(arms: arms)
        watch.look(try? cuped.estimate(arms[1]), try? cuped.estimate(arms[0]))
      }
      return watch.flags
    }
    return contrast(effort, "CUPED, 60 units a night", shares)
  }

  /// Three arms against one control: does Holm's correction of the running p ever reject anything?
  private static func fourArms(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let shares = tally(runs: effort.runs(4000), seed: seed) { draws in
      var arms = Array(repeating: ProportionSums.zero, count: 4)
      let sequence = ConfidenceSequence(plannedUnits: nights * 100)
      var running = [1.0, 1.0, 1.0]
      var (isFixedRejected, isLastRejected) = (false, false)
      for _ in 0..<nights {
        for arm in arms.indices {
          arms[arm] = arms[arm] + ProportionSums(events: draws.binomial(50, 0.5), units: 50)
        }
        guard let control = try? arms[0].estimate() else { continue }
        var fixed: [Double] = []
        for arm in 1...3 {
          guard let one = try? arms[arm].estimate() else { continue }
          let pair = TwoEstimates(treatment: one, control: control)
          running[arm - 1] =
            (try? pair.comparison(looks: .sequential(sequence), earlierP: running[arm - 1]).p) ?? running[arm - 1]
          fixed.append((try? pair.comparison(looks: .fixed).p) ?? 1)
        }
        isLastRejected = (Multiplicity.holm(fixed).min() ?? 1) < alpha
        isFixedRejected = isFixedRejected || isLastRejected
      }
      return [(Multiplicity.holm(running).min() ?? 1) < alpha, isFixedRejected, isLastRejected]
    }
    return contrast(effort, "four arms with Holm, 50 units an arm and night", shares)
  }
}

/// Looks at two arms night after night, by both rules.
private struct Watch {
  private let sequence: ConfidenceSequence
  private var p = 1.0
  private var isFixedRejected = false
  private var isLastRejected = false

  init(plannedUnits: Int) { sequence = ConfidenceSequence(plannedUnits: plannedUnits) }

  /// Arms with too little data are not shown, so nothing is called.
  mutating func look(_ treatment: Estimate?, _ control: Estimate?) {
    guard let treatment, let control else { return }
    look(TwoEstimates(treatment: treatment, control: control))
  }

  mutating func look(_ arms: TwoEstimates) {
    p = (try? arms.comparison(looks: .sequential(sequence), earlierP: p).p) ?? p
    isLastRejected = ((try? arms.comparison(looks: .fixed).p) ?? 1) < SequentialScenes.alpha
    isFixedRejected = isFixedRejected || isLastRejected
  }

  var flags: [Bool] { [p < SequentialScenes.alpha, isFixedRejected, isLastRejected] }
}
