internal import Numerics

/// The gamma distribution of scale 1.
package struct GammaDistribution: Sendable, Equatable {
  /// Above 0; its digits are promised from 1e-3 to 10⁶.
  package let shape: Double

  /// - Precondition: the shape is a number above 0.
  package init(shape: Double) {
    precondition(shape > 0 && shape.isFinite, "a shape is a number above 0")
    self.shape = shape
  }

  /// f(x) = x^(a − 1) e^(−x) / Γ(a); 0 below 0.
  package func density(_ x: Double) -> Double {
    if x < 0 { return 0 }
    if x == 0 { return shape == 1 ? 1 : shape < 1 ? .infinity : 0 }
    return IncompleteGamma.density(shape, x) / x
  }

  /// P(X ≤ x), the regularised lower incomplete gamma function.
  package func lowerTail(_ x: Double) -> Double { IncompleteGamma.tails(shape, x).lower }

  /// P(X > x).
  package func upperTail(_ x: Double) -> Double { IncompleteGamma.tails(shape, x).upper }

  /// The x with P(X ≤ x) = `probability`, which lies in 0…1.
  package func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability > 0.5 { return upperQuantile(1 - probability) }  // exact here
    if probability == 0 { return 0 }
    return .exp(
      TailInversion.solve(
        probability, from: start(z: NormalDistribution.quantile(probability), probability), isRising: true
      ) { u in
        let x = Double.exp(u)
        return (IncompleteGamma.tails(shape, x).lower, IncompleteGamma.density(shape, x))
      })
  }

  /// The x with P(X > x) = `probability`, which lies in 0…1.
  package func upperQuantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability > 0.5 { return quantile(1 - probability) }
    if probability == 0 { return .infinity }
    return .exp(
      TailInversion.solve(
        probability, from: start(z: NormalDistribution.upperQuantile(probability), nil), isRising: false
      ) { u in
        let x = Double.exp(u)
        return (IncompleteGamma.tails(shape, x).upper, IncompleteGamma.density(shape, x))
      })
  }

  /// ln x near the answer: Wilson and Hilferty's cube, or the first term of the series where that is below 0.
  private func start(z: Double, _ lower: Double?) -> Double {
    let cube = 1 - 1 / (9 * shape) + z / (3 * shape.squareRoot())
    if cube > 0.3 { return .log(shape) + 3 * .log(cube) }
    guard let lower else { return 0 }
    return (.log(lower) + .logGamma(shape + 1)) / shape
  }
}
