import Experiments

private let least = SampleRequirement(units: 2, events: 1, nonEvents: 1)

private func proportion(_ x: ArraySlice<Double>) -> ProportionSums {
  ProportionSums(events: Int(x[x.startIndex]), units: Int(x[x.startIndex + 1]))
}

/// Units, sum, sum of squares.
private func mean(_ x: [Double]) -> MeanSums { MeanSums(units: Int(x[0]), sum: x[1], sumOfSquares: x[2]) }

/// Units, numerator, denominator, squares of both, products.
private func ratio(_ x: [Double]) -> RatioSums {
  RatioSums(
    units: Int(x[0]), numerator: x[1], denominator: x[2], numeratorSquares: x[3], denominatorSquares: x[4],
    products: x[5])
}

/// Units, outcome and squares, observed, covariate and squares, outcome of the observed, products.
private func covariate(_ x: [Double]) -> CovariateSums {
  CovariateSums(
    outcome: MeanSums(units: Int(x[0]), sum: x[1], sumOfSquares: x[2]),
    covariate: MeanSums(units: Int(x[3]), sum: x[4], sumOfSquares: x[5]), observedOutcome: x[6], products: x[7])
}

private func numbers(_ comparison: Comparison) -> [Double] {
  [
    comparison.difference, comparison.standardError, comparison.low, comparison.high, comparison.p,
    comparison.degreesOfFreedom, comparison.lift ?? .nan,
  ]
}

private func looks(_ referenceUnits: Double) -> Looks {
  referenceUnits == 0 ? .fixed : .sequential(ConfidenceSequence(referenceUnits: referenceUnits))
}

/// Treatment first; x is [level, N* or 0 for a fixed look].
let comparisonAnswers: [String: Answer] = [
  "twoProportions": { x, _ in
    let arms = TwoProportions(treatment: proportion(x[0..<2]), control: proportion(x[2..<4]))
    return try numbers(arms.comparison(level: x[4], requirement: least)) + [arms.pooledZ ?? .nan]
  },
  "proportions": { x, l in
    let (one, zero) = (proportion(l[0][...]), proportion(l[1][...]))
    return try numbers(
      TwoEstimates(treatment: one.estimate(requirement: least), control: zero.estimate(requirement: least))
        .comparison(looks: looks(x[1]), level: x[0]))
  },
  "means": { x, l in
    try numbers(
      TwoEstimates(treatment: mean(l[0]).estimate(requirement: least), control: mean(l[1]).estimate(requirement: least))
        .comparison(looks: looks(x[1]), level: x[0]))
  },
  "ratios": { x, l in
    try numbers(
      TwoEstimates(
        treatment: ratio(l[0]).estimate(requirement: least), control: ratio(l[1]).estimate(requirement: least)
      ).comparison(looks: looks(x[1]), level: x[0]))
  },
  "cuped": { x, l in
    let (one, zero) = (covariate(l[0]), covariate(l[1]))
    let cuped = CUPED(arms: [one, zero])
    return try numbers(
      TwoEstimates(
        treatment: cuped.estimate(one, requirement: least), control: cuped.estimate(zero, requirement: least)
      ).comparison(looks: looks(x[1]), level: x[0])) + [cuped.theta]
  },
  "nonInferiority": { x, l in
    let result = try NonInferiority(
      TwoEstimates(
        treatment: mean(l[0]).estimate(requirement: least), control: mean(l[1]).estimate(requirement: least)),
      harm: x[2] > 0 ? .increase : .decrease, margin: x[3], looks: looks(x[1]), alpha: x[0])
    return [result.harm, result.lower, result.upper, result.p]
  },
  "wilson": { x, _ in
    let interval = proportion(x[0..<2]).wilsonInterval(level: x[2])
    return [interval?.low ?? .nan, interval?.high ?? .nan]
  },
  "logit": { x, l in
    let interval = try ratio(l[0]).proportionInterval(level: x[0])
    return [interval.low, interval.high]
  },
  "quantile": { x, l in
    let quantile = try SampleQuantile(ValueCounts(l[0]), share: x[0], level: x[1])
    return [quantile.value, quantile.low, quantile.high]
  },
  "sampleRatio": { _, l in
    let test = try SampleRatioTest(units: l[0].map { Int($0) }, weights: l[1])
    let sequence = SampleRatioSequence(weights: l[1]).logBayesFactor(units: l[0].map { Int($0) })
    return [test.chiSquare, test.p, sequence]
  },
  "holm": { x, _ in Multiplicity.holm(x) },
  "benjaminiHochberg": { x, _ in Multiplicity.benjaminiHochberg(x) },
  "bonferroni": { x, _ in Multiplicity.bonferroni(x) },
]
