import Experiments
import Foundation
import Testing

/// The examples of the guide, computed: each page of `Experiments.docc` has the numbers that come out.
@Suite struct WorkedExampleTests {
  @Test(arguments: examples)
  func `a page shows what its example gives`(example: WorkedExample) throws {
    var root = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let sources = root.appending(path: "Sources/Experiments/Experiments.docc")
    let page = try String(contentsOf: sources.appending(path: "\(example.page).md"), encoding: .utf8)
    for figure in try example.figures() {
      #expect(page.contains(figure), "\(example.page).md does not say \(figure)")
    }
  }
}

struct WorkedExample: Sendable, CustomTestStringConvertible {
  let page: String
  let figures: @Sendable () throws -> [String]

  var testDescription: String { page }
}

/// `p = 0.0744`.
private func figure(_ name: String, _ value: Double?, _ digits: Int = 4) -> String {
  "\(name) = " + String(format: "%.\(digits)g", value ?? .nan)
}

private let cookieCats = TwoProportions(
  treatment: ProportionSums(events: 20_119, units: 45_489), control: ProportionSums(events: 20_034, units: 44_700))

private func pair(_ one: (Double, Double, Int), _ zero: (Double, Double, Int)) -> TwoEstimates {
  TwoEstimates(
    treatment: Estimate(value: one.0, standardError: one.1, units: one.2),
    control: Estimate(value: zero.0, standardError: zero.1, units: zero.2))
}

private let examples: [WorkedExample] = [
  WorkedExample(page: "Distributions") {
    [
      figure("P(Z > 37)", NormalDistribution.upperTail(37)),
      figure("P(T > 2)", StudentDistribution(degreesOfFreedom: 9.5).upperTail(2)),
      figure("x", ChiSquareDistribution(degreesOfFreedom: 2).upperQuantile(1e-20)),
      figure("P(X ≤ 0.2)", BetaDistribution(alpha: 31, beta: 71).lowerTail(0.2)),
    ]
  },
  WorkedExample(page: "Comparisons") {
    let proportions = try cookieCats.comparison()
    let welch = try pair((5.2, 0.09, 400), (4.9, 0.07, 600)).comparison(looks: .fixed)
    return [
      figure("z", cookieCats.pooledZ), figure("p", proportions.p), figure("low", proportions.low),
      figure("high", proportions.high), figure("lift", proportions.lift), figure("ν", welch.degreesOfFreedom),
      figure("t", welch.z), figure("p", welch.p), figure("low", welch.low), figure("high", welch.high),
    ]
  },
  WorkedExample(page: "Ratios") {
    let members = [(1.0, 2.0), (0, 3), (2, 2), (1, 1), (0, 4), (3, 5)]
    let sums = members.map { RatioSums(numerator: $0.0, denominator: $0.1) }.reduce(.zero, +)
    let estimate = try sums.estimate(requirement: SampleRequirement(units: 2, events: 1, nonEvents: 1))
    return [figure("r", estimate.value), figure("se", estimate.standardError)]
  },
  WorkedExample(page: "Quantiles") {
    let quantile = try SampleQuantile(ValueCounts((1...100).map { Double($0) }), share: 0.5)
    return [figure("value", quantile.value), figure("low", quantile.low), figure("high", quantile.high)]
  },
  WorkedExample(page: "CovariateAdjustment") {
    let units = [(3.0, 2.0), (5, 4), (4, 4), (8, 6), (7, nil as Double?), (2, 2)]
    let sums = units.map { CovariateSums(outcome: $0.0, covariate: $0.1) }.reduce(.zero, +)
    let cuped = CUPED(arms: [sums])
    return [
      figure("θ", cuped.theta), figure("x̄", cuped.covariateMean),
      figure("variance", cuped.adjusted(sums).variance), figure("unadjusted", sums.outcome.variance),
    ]
  },
  WorkedExample(page: "SequentialComparisons") {
    let sequence = ConfidenceSequence(plannedUnits: 40_000)
    let look = try pair((0.224, 0.0059, 5000), (0.20, 0.0057, 5000)).comparison(looks: .sequential(sequence))
    return [
      figure("ρ", sequence.rho), figure("half-width", sequence.halfWidth(units: 10_000, alpha: 0.05)),
      figure("low", look.low), figure("high", look.high), figure("p", look.p),
      figure("one-sided", sequence.boundDistance(units: 10_000, alpha: 0.05)),
    ]
  },
  WorkedExample(page: "SampleRatio") {
    let test = try SampleRatioTest(units: [50_500, 49_500], weights: [1, 1])
    return [
      figure("χ²", test.chiSquare), figure("p", test.p),
      figure("anytime p", SampleRatioSequence(weights: [1, 1]).p(units: [50_500, 49_500])),
    ]
  },
  WorkedExample(page: "Beliefs") {
    let best = BestArm([
      Posterior(ProportionSums(events: 100, units: 1000)), Posterior(ProportionSums(events: 121, units: 1000)),
    ])
    return [
      figure("P(treatment best)", best.probabilityBest[1]), figure("loss of treatment", best.expectedLoss[1]),
      figure("loss of control", best.expectedLoss[0]),
    ]
  },
  WorkedExample(page: "MultipleComparisons") {
    let p = [0.01, 0.04, 0.03, 0.005]
    let adjusted = [("Holm", Multiplicity.holm(p)), ("Benjamini–Hochberg", Multiplicity.benjaminiHochberg(p))]
    return adjusted.map { name, values in
      "\(name): " + values.map { String(format: "%.4g", $0) }.joined(separator: ", ")
    }
  },
  WorkedExample(page: "Guardrails") {
    let arms = pair((0.021, 0.001, 8000), (0.020, 0.001, 8000))
    let result = try NonInferiority(
      arms, harm: .increase, margin: 0.006, looks: .sequential(ConfidenceSequence(plannedUnits: 16_000)))
    return [figure("upper", result.upper), figure("p", result.p)]
  },
  WorkedExample(page: "Power") {
    let analysis = PowerAnalysis(.proportion(0.10))
    let fixed = PowerAnalysis(.proportion(0.10), isSequential: false)
    return [
      "\(analysis.units(effect: 0.01) ?? 0) units", "\(fixed.units(effect: 0.01) ?? 0) units",
      figure("effect", analysis.detectableEffect(units: 20_000)),
      "\(analysis.days(effect: 0.01, unitsPerDay: 1500, windowDays: 1) ?? 0) days",
    ]
  },
  WorkedExample(page: "Survival") {
    let treated = LifeTable(
      ended: [6, 6, 6, 7, 10, 13, 16, 22, 23], censored: [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    let control = LifeTable(
      ended: [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], censored: [Double]())
    let (share, test) = (try KaplanMeier(treated).share(within: 9), try LogRank([treated, control]))
    return [
      figure("share", share.value), figure("low", share.low), figure("high", share.high),
      figure("median", KaplanMeier(treated).median), figure("χ²", test.chiSquare), figure("p", test.p),
    ]
  },
  WorkedExample(page: "Switchbacks") {
    let test = try RandomisationTest(differences: [1.2, 0.4, 0.9, -0.3, 1.5, 0.8, 0.6, 1.1])
    return [
      figure("difference", test.difference), figure("p", test.p), figure("low", test.low), figure("high", test.high),
      figure("least p", RandomisationTest.leastP(blocks: 8)),
    ]
  },
  WorkedExample(page: "SendHourPolicies") {
    let sends = (0..<1000).map { index in
      let isEvening = index % 4 == 0
      return LoggedSend(
        propensity: isEvening ? 0.25 : 0.75, policyProbability: isEvening ? 1 : 0, outcome: index % 8 == 0 ? 1 : 0)
    }
    let sums = sends.reduce(PolicySums.zero) { $0 + PolicySums(member: [$1]) }
    var refusal = ""
    do { _ = try PolicyValue(sums) } catch { refusal = "\(error)" }
    return [figure("effective sends", sums.effectiveSends), refusal]
  },
  WorkedExample(page: "Cells") {
    let cells = [(0.10, 0.01), (0.12, 0.01), (0.19, 0.03), (0.11, 0.01)].map {
      Estimate(value: $0.0, standardError: $0.1, units: 100)
    }
    let (shrunken, spread) = (try ShrunkenCells(cells), try Heterogeneity(cells))
    return [
      figure("Q", spread.q), figure("p", spread.p), figure("τ²", shrunken.betweenVariance),
      figure("0.19 becomes", shrunken.cells[2].value).replacingOccurrences(of: " =", with: ""),
    ]
  },
  WorkedExample(page: "ChangedAllocation") {
    let weeks = [
      (ProportionSums(events: 300, units: 1000), ProportionSums(events: 2700, units: 9000)),
      (ProportionSums(events: 900, units: 9000), ProportionSums(events: 100, units: 1000)),
    ]
    let versions = try weeks.map { TwoEstimates(treatment: try $0.0.estimate(), control: try $0.1.estimate()) }
    let pooled = try TwoProportions(treatment: weeks[0].0 + weeks[1].0, control: weeks[0].1 + weeks[1].1).comparison()
    let combined = try PlanVersions.combined(versions).comparison(looks: .fixed)
    return [figure("pooled difference", pooled.difference), figure("standard error", combined.standardError)]
  },
]
