internal import Glibc

/// The 0.975 quantile of Student's t: half the width of a two-sided 95 % interval, in standard errors.
package enum StudentQuantile {
  /// Coefficients of 1 / n, 1 / n², … of the expansion about the normal quantile (Abramowitz and Stegun 26.7.5); of 29
  /// degrees of freedom it is right to 2e-8.
  static let expansion: [Double] = {
    let z = WilsonInterval.z
    func power(_ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * z } }
    return [
      (power(3) + z) / 4,
      (5 * power(5) + 16 * power(3) + 3 * z) / 96,
      (3 * power(7) + 19 * power(5) + 17 * power(3) - 15 * z) / 384,
      (79 * power(9) + 776 * power(7) + 1482 * power(5) - 1920 * power(3) - 945 * z) / 92160,
    ]
  }()

  /// From here on the expansion is exact to 13 digits.
  private static let exactFrom = 400

  /// The quantile for `n` degrees of freedom, at least 4; right to 1e-12.
  package static func value(degreesOfFreedom n: Int) -> Double {
    precondition(n >= 4, "too few degrees of freedom")
    var t = WilsonInterval.z
    var scale = 1.0
    for coefficient in expansion {
      scale /= Double(n)
      t += coefficient * scale
    }
    if n >= exactFrom { return t }
    for _ in 0..<3 {
      let step = 1e-4
      let slope = (centralShare(t + step, n) - centralShare(t - step, n)) / (2 * step)
      t -= (centralShare(t, n) - 0.95) / slope
    }
    return t
  }

  /// The probability of |T| ≤ `t`: the finite sums for whole `n` (Abramowitz and Stegun 26.7.3 and 26.7.4).
  private static func centralShare(_ t: Double, _ n: Int) -> Double {
    let angle = atan(t / Double(n).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = n % 2 == 1
    var term = isOdd ? cosine : 1.0
    var sum = term
    var k = isOdd ? 3 : 2
    while k <= n - 2 {
      term *= cosine * cosine * Double(k - 1) / Double(k)
      sum += term
      k += 2
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}
