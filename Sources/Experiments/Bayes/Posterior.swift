internal import Numerics

/// What is believed of one arm's figure after the data, from a prior that favours nothing.
package enum Posterior: Sendable, Equatable {
  /// Of a proportion, after a uniform prior: Beta(1 + events, 1 + non-events).
  case beta(BetaDistribution)
  /// Of anything with a standard error, after a flat prior: normal around the estimate.
  case normal(mean: Double, standardDeviation: Double)

  /// After so many events among units.
  package init(_ sums: ProportionSums) {
    self = .beta(BetaDistribution(alpha: Double(sums.events) + 1, beta: Double(sums.units - sums.events) + 1))
  }

  /// After an estimate with a standard error above 0.
  package init(_ estimate: Estimate) {
    precondition(estimate.standardError > 0, "an estimate without error needs no belief")
    self = .normal(mean: estimate.value, standardDeviation: estimate.standardError)
  }

  /// What the figure is believed to be on average.
  package var mean: Double {
    switch self {
    case .beta(let beta): beta.mean
    case .normal(let mean, _): mean
    }
  }

  /// How far from that it may well be.
  package var standardDeviation: Double {
    switch self {
    case .beta(let beta): beta.variance.squareRoot()
    case .normal(_, let deviation): deviation
    }
  }

  func density(_ x: Double) -> Double {
    switch self {
    case .beta(let beta): beta.density(x)
    case .normal(let mean, let deviation): NormalDistribution.density((x - mean) / deviation) / deviation
    }
  }

  func tails(_ x: Double) -> Tails {
    switch self {
    case .beta(let beta): return IncompleteBeta.tails(beta.alpha, beta.beta, x: x, y: 1 - x)
    case .normal(let mean, let deviation):
      let z = (x - mean) / deviation
      return Tails(lower: NormalDistribution.lowerTail(z), upper: NormalDistribution.upperTail(z))
    }
  }

  /// Where the figure can lie at all.
  var support: ClosedRange<Double> {
    switch self {
    case .beta: 0...1
    case .normal: -.infinity ... .infinity
    }
  }
}
