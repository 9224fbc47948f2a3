import Experiments

/// Rows [time, censored, ends by cause…].
private func table(_ rows: [[Double]]) -> LifeTable {
  LifeTable(
    causes: rows[0].count - 2,
    rows.map { LifeTable.Row(time: $0[0], events: $0[2...].map { Int($0) }, censored: Int($0[1])) })
}

private func spread(_ x: [Double]) -> OutcomeSpread { x[0] == 0 ? .proportion(x[1]) : .mean(standardDeviation: x[1]) }

let designAnswers: [String: Answer] = [
  "kaplanMeier": { x, l in
    let curve = KaplanMeier(table(l), level: x[0])
    return [curve.median ?? .nan]
      + curve.steps.flatMap {
        [$0.time, Double($0.atRisk), $0.survival, $0.standardError ?? .nan, $0.low ?? .nan, $0.high ?? .nan]
      }
  },
  "aalenJohansen": { _, l in
    AalenJohansen(table(l)).steps.flatMap { [$0.time] + $0.incidence + $0.standardError }
  },
  // x is the group of each row.
  "logRank": { x, l in
    let groups = Set(x).sorted().map { group in table(zip(x, l).filter { $0.0 == group }.map(\.1)) }
    let test = try LogRank(groups)
    return [test.chiSquare, test.p] + test.expected
  },
  // [0 proportion | 1 mean, figure, treatment share, 0 fixed | 1 sequential, alpha, effect, units, power]
  "power": { x, _ in
    let analysis = PowerAnalysis(spread(x), treatmentShare: x[2], isSequential: x[3] == 1, alpha: x[4])
    return [
      analysis.power(effect: x[5], units: Int(x[6])),
      analysis.units(effect: x[5], power: x[7]).map { Double($0) } ?? .nan,
      analysis.detectableEffect(units: Int(x[6]), power: x[7]) ?? .nan,
    ]
  },
  // Rows [events, units], or [mean, deviation] where x is [1].
  "bestArm": { x, l in
    let best = BestArm(
      l.map {
        x[0] == 1
          ? Posterior(Estimate(value: $0[0], standardError: $0[1], units: 2))
          : Posterior(ProportionSums(events: Int($0[0]), units: Int($0[1])))
      })
    return best.probabilityBest + best.expectedLoss
  },
  // Rows [value, standard error].
  "cells": { _, l in
    let estimates = l.map { Estimate(value: $0[0], standardError: $0[1], units: 2) }
    let (shrunken, spread) = (try ShrunkenCells(estimates), try Heterogeneity(estimates))
    return [spread.mean, spread.q, spread.p, shrunken.mean, shrunken.betweenVariance]
      + shrunken.cells.flatMap { [$0.value, $0.standardError] }
  },
  "randomisation": { x, l in
    let test = try RandomisationTest(differences: l[0], level: x[0], draws: Int(x[1]), seed: 7)
    return [test.difference, test.p, test.low, test.high, test.isEnumerated ? 1 : 0]
  },
  // Rows [member, propensity, probability, outcome, predicted of arm, predicted of policy]; members together.
  "policy": { _, l in
    let members = Dictionary(grouping: l) { $0[0] }
    let sums = members.sorted { $0.key < $1.key }.reduce(PolicySums.zero) { sums, member in
      sums
        + PolicySums(
          member: member.value.map {
            LoggedSend(
              propensity: $0[1], policyProbability: $0[2], outcome: $0[3], predictedOfArm: $0[4],
              predictedOfPolicy: $0[5])
          })
    }
    let value = try PolicyValue(sums)
    return [value.inverse, value.selfNormalised, value.doublyRobust].flatMap { [$0.value, $0.standardError] }
      + [value.effectiveSends, value.largestWeightShare]
  },
]
