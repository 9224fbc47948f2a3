internal import Numerics

/// The standard normal distribution: mean 0, standard deviation 1.
///
/// Both tails are right to about 1e-15 of their own size until they leave the range of `Double`
/// (z = 37), because they go through the complementary error function and never through 1 − p.
package enum NormalDistribution {
  /// φ(z) = exp(−z² / 2) / √(2π).
  package static func density(_ z: Double) -> Double {
    // z² = square + rest exactly: without the rest the exponent loses digits far out.
    let square = z * z
    let rest = (-square).addingProduct(z, z)
    return .exp(-square / 2) * (1 - rest / 2) * 0.398942280401432677939946059934  // 1 / √(2π)
  }

  /// P(Z ≤ z).
  package static func lowerTail(_ z: Double) -> Double { upperTail(-z) }

  /// P(Z > z) = erfc(z / √2) / 2.
  package static func upperTail(_ z: Double) -> Double {
    guard z.isFinite else { return z.isNaN ? .nan : z < 0 ? 1 : 0 }
    // z / √2 rounds, and erfc magnifies that by 2x²: the rounding error is put back to first order.
    let high = 0.7071067811865476
    let low = -4.833646656726457e-17  // 1/√2 − high
    let x = z * high
    let error = (-x).addingProduct(z, high) + z * low
    let slope = 1.1283791670955126 * Double.exp(-x * x)  // −erfc′(x) = 2 exp(−x²) / √π
    return (Double.erfc(x) - slope * error) / 2
  }

  /// P(|Z| ≥ |z|).
  package static func bothTails(_ z: Double) -> Double { 2 * upperTail(abs(z)) }

  /// The z with P(Z ≤ z) = `probability`; −∞ at 0 and ∞ at 1.
  ///
  /// Relative error about 1e-15. Below one half the tail itself is inverted, so small probabilities keep
  /// their digits; for small upper tails ask ``upperQuantile(_:)``.
  /// - Precondition: `probability` lies in 0…1.
  package static func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    let fromMiddle = probability - 0.5
    if abs(fromMiddle) <= 0.25 { return centralQuantile(fromMiddle) }
    return fromMiddle < 0 ? -tailQuantile(probability) : tailQuantile(1 - probability)  // 1 − p is exact here
  }

  /// The z with P(Z > z) = `probability`, exact also where 1 − probability would round to 1.
  package static func upperQuantile(_ probability: Double) -> Double { -quantile(probability) }

  /// Inverts erf(z / √2) / 2 = q for |q| ≤ 1/4: the series z = t + t³/6 + 7t⁵/120, t = q√(2π), then three
  /// steps of Halley's method.
  private static func centralQuantile(_ q: Double) -> Double {
    let t = q * 2.5066282746310002  // √(2π)
    let t2 = t * t
    var z = t * (1 + t2 / 6 + 7 * t2 * t2 / 120)
    for _ in 0..<3 {
      let step = (Double.erf(z * 0.7071067811865476) / 2 - q) / density(z)
      z -= step / (1 + step * z / 2)
    }
    return z
  }

  /// Inverts the upper tail for p < 1/4: a rational approximation with an error below 4.5e-4, then
  /// Halley's method, whose steps cube the error.
  ///
  /// Source: Abramowitz, Stegun, *Handbook of Mathematical Functions*, 26.2.23.
  private static func tailQuantile(_ p: Double) -> Double {
    if p == 0 { return .infinity }
    let t = (-2 * Double.log(p)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    var z = t - above / below
    for _ in 0..<3 {
      let step = (upperTail(z) - p) / density(z)
      z += step / (1 - step * z / 2)
    }
    return z
  }
}
