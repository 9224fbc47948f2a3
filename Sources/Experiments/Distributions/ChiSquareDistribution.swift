internal import Numerics

/// The chi-square distribution of an integer number of degrees of freedom: twice a gamma variable of half the shape.
package struct ChiSquareDistribution: Sendable, Equatable {
  /// At least 1.
  package let degreesOfFreedom: Int

  /// The distribution of a sum of so many squared normal variables; at least one.
  package init(degreesOfFreedom: Int) {
    precondition(degreesOfFreedom >= 1, "a chi-square distribution has at least one degree of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  private var half: GammaDistribution { GammaDistribution(shape: Double(degreesOfFreedom) / 2) }

  /// f(x); 0 below 0.
  package func density(_ x: Double) -> Double { half.density(x / 2) / 2 }

  /// P(X ≤ x).
  package func lowerTail(_ x: Double) -> Double { half.lowerTail(x / 2) }

  /// P(X > x); 1 where x ≤ 0.
  package func upperTail(_ x: Double) -> Double {
    if degreesOfFreedom == 1, x > 0 { return NormalDistribution.bothTails(x.squareRoot()) }
    return half.upperTail(x / 2)
  }

  /// The x with P(X ≤ x) = `probability`, which lies in 0…1.
  package func quantile(_ probability: Double) -> Double { 2 * half.quantile(probability) }

  /// The x with P(X > x) = `probability`, which lies in 0…1.
  package func upperQuantile(_ probability: Double) -> Double { 2 * half.upperQuantile(probability) }
}
