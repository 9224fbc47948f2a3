import Experiments

/// Experiments run night after night until the verdict: is what was planted found, and nothing else?
package enum DecisionScenes {
  package static let all: [Scene] = [
    Scene(name: "decision: best hour", run: bestHour), Scene(name: "decision: allocation changed", run: allocation),
  ]

  /// Four hours, of which one opens 12 % instead of 10 %; as many units as `PowerAnalysis` says.
  private static func bestHour(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let analysis = PowerAnalysis(.proportion(0.10), alpha: 0.05 / 3)
    guard let needed = analysis.units(effect: 0.02) else { return [] }
    let nightly = (needed / 2 + 27) / 28
    let shares = tally(runs: effort.runs(2000), seed: seed) { draws in
      let verdict = night28(chances: [0.10, 0.10, 0.12, 0.10], nightly: nightly, &draws)
      let none = night28(chances: [0.10, 0.10, 0.10, 0.10], nightly: nightly, &draws)
      return [verdict == "ship 2", verdict.hasPrefix("ship") && verdict != "ship 2", none.hasPrefix("ship")]
    }
    let setting = "4 hours, \(needed) units a pair by power"
    return [
      Finding(setting, "the planted best hour is shipped", shares[0], .limitAtLeast(0.8), effort),
      Finding(setting, "another hour is shipped", shares[1], .limitAtMost(0.05), effort),
      Finding(setting, "without effect: any hour is shipped", shares[2], .limitAtMost(0.05), effort),
    ]
  }

  /// 28 nights by the verdict's rule; what it said at last, or when it first shipped.
  private static func night28(chances: [Double], nightly: Int, _ draws: inout Draws) -> String {
    let planned = nightly * 28 * 2
    let sequence = ConfidenceSequence(plannedUnits: planned)
    var arms = chances.map { _ in ProportionSums.zero }
    var running = [1.0, 1.0, 1.0]
    var verdict = Verdict.keepRunning(days: nil)
    for day in 1...28 {
      for arm in arms.indices {
        arms[arm] = arms[arm] + ProportionSums(events: draws.binomial(nightly, chances[arm]), units: nightly)
      }
      guard let control = try? arms[0].estimate() else { continue }
      let pairs = arms.dropFirst().compactMap { sums in
        (try? sums.estimate()).map { TwoEstimates(treatment: $0, control: control) }
      }
      guard pairs.count == 3 else { continue }
      for (index, pair) in pairs.enumerated() {
        running[index] = (try? pair.comparison(looks: .sequential(sequence), earlierP: running[index]).p) ?? 1
      }
      let alphas = Multiplicity.holmAlphas(running, alpha: 0.05)
      let results = pairs.indices.map { index in
        ExperimentResults.Arm(
          name: "\(index + 1)",
          primary: Result { () throws(InsufficientData) in
            try pairs[index].comparison(looks: .sequential(sequence), level: 1 - alphas[index])
          }, guardrails: [])
      }
      verdict = Verdict(
        ExperimentResults(
          arms: results, sampleRatioP: 1, isSequential: true, units: day * nightly * 2, plannedUnits: planned,
          unitsPerDay: Double(2 * nightly), completeDays: day))
      if case .ship = verdict { break }
    }
    return verdict.description
  }

  /// The treatment's share goes from a tenth to nine tenths while the rate of all halves; there is no effect.
  private static func allocation(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let runs = 4000
    let shares = tally(runs: effort.runs(runs), seed: seed) { draws in
      var versions: [TwoEstimates] = []
      var pooled = [ProportionSums.zero, .zero]
      var weighted = [RatioSums.zero, .zero]
      for (share, rate) in [(0.1, 0.3), (0.5, 0.2), (0.9, 0.15)] {
        var arms = [ProportionSums.zero, .zero]
        for _ in 0..<3000 {
          let arm = draws.happens(share) ? 1 : 0
          let event = draws.happens(rate)
          arms[arm] = arms[arm] + ProportionSums(events: event ? 1 : 0, units: 1)
          let propensity = arm == 1 ? share : 1 - share
          weighted[arm] =
            weighted[arm] + RatioSums(weighted: [(outcome: event ? 1.0 : 0.0, propensity: propensity)])
        }
        pooled = [pooled[0] + arms[0], pooled[1] + arms[1]]
        if let one = try? arms[1].estimate(), let zero = try? arms[0].estimate() {
          versions.append(TwoEstimates(treatment: one, control: zero))
        }
      }
      let within = try? PlanVersions.combined(versions).comparison(looks: .fixed)
      let byPropensity = try? TwoEstimates(treatment: weighted[1].estimate(), control: weighted[0].estimate())
        .comparison(looks: .fixed)
      let naive = try? TwoProportions(treatment: pooled[1], control: pooled[0]).comparison()
      return [holds(within, 0), holds(byPropensity, 0), holds(naive, 0)]
    }
    let setting = "shares 0.1, 0.5, 0.9 while the rate falls"
    let bound = Finding.Bound.within(effort.coverage(runs))
    return [
      Finding(setting, "within plan versions", shares[0], bound),
      Finding(setting, "weighted by 1 / propensity", shares[1], bound),
      Finding(setting, "naive pooling holds the truth (must not)", shares[2], .limitAtMost(0.05), effort),
    ]
  }
}
