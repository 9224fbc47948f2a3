import Experiments
import Foundation

/// How often intervals hold the truth.
package enum CoverageScenes {
  package static let all: [Scene] = [
    Scene(name: "coverage: enumerated", run: enumerated), Scene(name: "coverage: 200 clusters", run: clusters),
    Scene(name: "coverage: sums of one value a unit", run: units), Scene(name: "coverage: survival", run: survival),
  ]
  private static let longRuns = 20_000

  /// Summed over every outcome: nothing is sampled.
  private static func enumerated(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    [30, 100, 400].flatMap { n -> [Finding] in
      let intervals = (0...n).map { ProportionSums(events: $0, units: n).wilsonInterval() ?? (0, 0) }
      let grid = stride(from: 0.02, through: 0.98, by: 0.0005)
      let coverages = grid.map { p in
        let counts = BinomialDistribution(trials: n, probability: p)
        return (0...n).reduce(0.0) { sum, x in
          intervals[x].low <= p && p <= intervals[x].high ? sum + counts.density(x) : sum
        }
      }
      let mean = coverages.reduce(0, +) / Double(coverages.count)
      let setting = "Wilson, n = \(n), p from 0.02 to 0.98"
      return [
        Finding(setting, "mean of enumerated coverage", exact: mean, .within(0.94...0.96)),
        Finding(setting, "least enumerated coverage", exact: coverages.min() ?? 0, .within(0.8...1)),
      ]
    }
      + [(50, 0.5), (400, 0.9)].map { n, share in
        // Of continuous values the interval's ranks alone matter: take the values to be their own ranks.
        let sample = ValueCounts((1...n).map { Double($0) })
        let ranks = BinomialDistribution(trials: n, probability: share)
        let interval = try? SampleQuantile(sample, share: share)
        let held = (0...n).filter { Double($0) >= (interval?.low ?? 0) && Double($0) < (interval?.high ?? 0) }
        let coverage = held.reduce(0.0) { $0 + ranks.density($1) }
        return Finding(
          "quantile \(share) of \(n) values", "enumerated coverage of its ranks", exact: coverage, .within(0.95...0.975)
        )
      }
  }

  /// 200 members with 1 to 20 sends, opens correlated within a member.
  private static func clusters(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let bound = Finding.Bound.within(effort.coverage(longRuns))
    let shares = tally(runs: effort.runs(longRuns), seed: seed) { draws in
      var arms = [RatioSums.zero, .zero]
      var pooled = [ProportionSums.zero, .zero]
      var crossed = CrossedRatioSums.zero
      for arm in 0..<2 {
        for _ in 0..<200 {
          let chance = memberChance(mean: 0.3, icc: 0.2, &draws)
          let sends = 1 + draws.below(20)
          let opens = (0..<sends).count { _ in draws.happens(chance) }
          arms[arm] = arms[arm] + RatioSums(numerator: Double(opens), denominator: Double(sends))
          pooled[arm] = pooled[arm] + ProportionSums(events: opens, units: sends)
          if arm == 1 { continue }
          let other = 1 + draws.below(20)
          let otherOpens = (0..<other).count { _ in draws.happens(chance) }
          crossed =
            crossed
            + CrossedRatioSums(
              treatment: (Double(opens), Double(sends)), control: (Double(otherOpens), Double(other)))
        }
      }
      let single = try? arms[0].estimate().interval()
      let logit = try? arms[0].proportionInterval()
      let difference = try? TwoEstimates(treatment: arms[1].estimate(), control: arms[0].estimate())
        .comparison(looks: .fixed)
      let shared = try? crossed.estimates().comparison(looks: .fixed)
      let naive = try? TwoProportions(treatment: pooled[1], control: pooled[0]).comparison()
      return [
        holds(single, 0.3), holds(logit, 0.3), holds(difference, 0), holds(shared, 0), holds(naive, 0),
      ]
    }
    let setting = "200 members an arm, 1–20 sends, ICC 0.2"
    return [
      Finding(setting, "ratio by the delta method, t", shares[0], bound),
      Finding(setting, "ratio on the logit, t", shares[1], bound),
      Finding(setting, "difference of ratios, Welch", shares[2], bound),
      Finding(setting, "difference, members in both arms", shares[3], bound),
      Finding(setting, "sends taken for units (contrast)", shares[4]),
    ]
  }

  private static func units(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let bound = Finding.Bound.within(effort.coverage(longRuns))
    let shares = tally(runs: effort.runs(longRuns), seed: seed) { draws in
      var arms = [CovariateSums.zero, .zero]
      var ratios = [RatioCovariateSums.zero, .zero]
      var values: [[Double]] = [[], []]
      for arm in 0..<2 {
        for _ in 0..<300 {
          let taste = draws.normal()
          let (outcome, past) = (exp(0.3 * (taste + draws.normal())), exp(0.3 * (taste + draws.normal())))
          let isKnown = draws.happens(0.85)
          arms[arm] = arms[arm] + CovariateSums(outcome: outcome, covariate: isKnown ? past : nil)
          let (sends, pastSends) = (1 + Double(draws.below(5)), 1 + Double(draws.below(5)))
          ratios[arm] =
            ratios[arm]
            + RatioCovariateSums(
              numerator: outcome * sends, denominator: sends,
              past: isKnown ? (past * pastSends, pastSends) : nil)
          values[arm].append(outcome)
        }
      }
      func difference(_ estimate: (Int) throws -> Estimate) -> Comparison? {
        try? TwoEstimates(treatment: estimate(1), control: estimate(0)).comparison(looks: .fixed)
      }
      let cuped = CUPED(arms: arms)
      let ratioCuped = RatioCUPED(arms: ratios)
      return [
        holds(difference { try arms[$0].outcome.estimate() }, 0), holds(difference { try cuped.estimate(arms[$0]) }, 0),
        holds(difference { try ratioCuped.estimate(ratios[$0]) }, 0),
        holds(difference { try SampleQuantile(ValueCounts(values[$0]), share: 0.5).estimate }, 0),
        holds((try? SampleQuantile(ValueCounts(values[0]), share: 0.5)).map { ($0.low, $0.high) }, 1),
      ]
    }
    let setting = "300 units an arm"
    return [
      Finding(setting, "difference of means, Welch", shares[0], bound),
      Finding(setting, "difference of CUPED means", shares[1], bound),
      Finding(setting, "difference of CUPED ratios", shares[2], bound),
      Finding(setting, "difference of medians", shares[3], .within(0.93...0.975)),
      Finding(setting, "median, by ranks", shares[4], .within(0.94...0.975)),
    ]
  }

  private static func survival(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let bound = Finding.Bound.within(effort.coverage(longRuns))
    let shares = tally(runs: effort.runs(longRuns), seed: seed) { draws in
      // Exits at rates 1 and ½, seen until a uniform time; hours are rounded, so times tie.
      func table(_ count: Int) -> LifeTable {
        let rows = (0..<count).map { _ -> LifeTable.Row in
          let (first, second) = (-log(1 - draws.uniform()), -2 * log(1 - draws.uniform()))
          let (exit, seen) = ((min(first, second) * 24).rounded(.up), (2 * draws.uniform() * 24).rounded(.up))
          if exit > seen { return LifeTable.Row(time: seen, events: [0, 0], censored: 1) }
          return LifeTable.Row(time: exit, events: first < second ? [1, 0] : [0, 1], censored: 0)
        }
        return LifeTable(causes: 2, rows)
      }
      let tables = [table(200), table(200)]
      let ended = 1 - exp(-1.5 * 0.75)
      let share = try? KaplanMeier(tables[0]).share(within: 18)
      let cause = AalenJohansen(tables[0]).share(within: 18, cause: 0)
      return [
        (share?.low ?? 2) <= ended && ended <= (share?.high ?? -2),
        (cause.low ?? 2) <= ended / 1.5 && ended / 1.5 <= (cause.high ?? -2),
        (try? LogRank(tables).p).map { $0 >= 0.05 } ?? false,
      ]
    }
    let setting = "200 subjects, two exits, censored"
    return [
      Finding(setting, "Kaplan–Meier, Greenwood log–log", shares[0], bound),
      Finding(setting, "Aalen–Johansen, log–log", shares[1], bound),
      Finding(setting, "log-rank keeps equal groups", shares[2], bound),
    ]
  }
}

func holds(_ interval: (low: Double, high: Double)?, _ truth: Double) -> Bool {
  interval.map { $0.low <= truth && truth <= $0.high } ?? false
}

func holds(_ comparison: Comparison?, _ truth: Double) -> Bool {
  holds(comparison.map { ($0.low, $0.high) }, truth)
}
