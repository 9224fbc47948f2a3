internal import Numerics

/// The beta distribution on 0…1.
package struct BetaDistribution: Sendable, Equatable {
  /// Above 0; digits are promised from 1e-3 to 10⁶.
  package let alpha: Double
  /// As `alpha`.
  package let beta: Double

  /// - Precondition: both shapes are numbers above 0.
  package init(alpha: Double, beta: Double) {
    precondition(alpha > 0 && beta > 0 && alpha.isFinite && beta.isFinite, "a shape is a number above 0")
    self.alpha = alpha
    self.beta = beta
  }

  /// α / (α + β).
  package var mean: Double { alpha / (alpha + beta) }

  /// αβ / ((α + β)² (α + β + 1)).
  package var variance: Double { mean * (1 - mean) / (alpha + beta + 1) }

  /// f(x) = x^(α − 1) (1 − x)^(β − 1) / B(α, β); 0 outside 0…1.
  package func density(_ x: Double) -> Double {
    if x < 0 || x > 1 { return 0 }
    if x == 0 { return alpha == 1 ? beta : alpha < 1 ? .infinity : 0 }
    if x == 1 { return beta == 1 ? alpha : beta < 1 ? .infinity : 0 }
    return IncompleteBeta.density(alpha, beta, x: x, y: 1 - x) / (x * (1 - x))
  }

  /// P(X ≤ x).
  package func lowerTail(_ x: Double) -> Double { IncompleteBeta.tails(alpha, beta, x: x, y: 1 - x).lower }

  /// P(X > x).
  package func upperTail(_ x: Double) -> Double { IncompleteBeta.tails(alpha, beta, x: x, y: 1 - x).upper }

  /// The x with P(X ≤ x) = `probability`, which lies in 0…1.
  package func quantile(_ probability: Double) -> Double { 1 / (1 + .exp(-logitQuantile(probability))) }

  /// The x with P(X > x) = `probability`, which lies in 0…1.
  package func upperQuantile(_ probability: Double) -> Double {
    1 / (1 + .exp(BetaDistribution(alpha: beta, beta: alpha).logitQuantile(probability)))
  }

  /// ln(x / (1 − x)) at the quantile: it keeps the digits of x near 0 and of 1 − x near 1.
  func logitQuantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability > 0.5 { return -BetaDistribution(alpha: beta, beta: alpha).logitQuantile(1 - probability) }
    if probability == 0 { return -.infinity }
    return TailInversion.solve(probability, from: start(probability), isRising: true) { u in
      let (x, y) = (1 / (1 + Double.exp(-u)), 1 / (1 + Double.exp(u)))
      let tails = IncompleteBeta.tails(alpha, beta, x: x, y: y)
      return (tails.lower, IncompleteBeta.density(alpha, beta, x: x, y: y))
    }
  }

  /// A normal curve over the logit of X; the first term of the series where the lower shape is small.
  private func start(_ probability: Double) -> Double {
    let z = NormalDistribution.quantile(probability)
    if alpha > 1 && beta > 1 { return .log(alpha / beta) + z * (1 / alpha + 1 / beta).squareRoot() }
    let logBeta = Double.logGamma(alpha) + .logGamma(beta) - .logGamma(alpha + beta)
    return min((.log(probability * alpha) + logBeta) / alpha, .log(alpha / beta))
  }
}
