internal import Numerics

/// I_x(a, b), the regularised incomplete beta function, and its complement.
///
/// Relative error below 1e-12, or ten times what rounding of the arguments costs, for tails from 1e-300 and shapes
/// from 1e-3 to 10⁶. Cost: O(√max(a, b)) terms near the mean, tens of terms elsewhere.
enum IncompleteBeta {
  /// - Parameters:
  ///   - x: in 0…1.
  ///   - y: 1 − x, given apart because near x = 1 it may be known to more digits.
  static func tails(_ a: Double, _ b: Double, x: Double, y: Double) -> Tails {
    if x.isNaN || y.isNaN { return Tails(lower: .nan, upper: .nan) }
    if x <= 0 { return Tails(lower: 0, upper: 1) }
    if y <= 0 { return Tails(lower: 1, upper: 0) }
    guard x * (a + b + 2) < a + 1 else { return mirrored(a, b, x: x, y: y) }
    let lower = fraction(a, b, x: x, y: y) * density(a, b, x: x, y: y)
    return Tails(lower: lower, upper: 1 - lower)
  }

  /// x (1 − x) f(x) = xᵃ yᵇ / B(a, b), the density of ln(X / (1 − X)).
  static func density(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
    let n = a + b
    let remainders =
      SaddlePoint.stirlingRemainder(n) - SaddlePoint.stirlingRemainder(a) - SaddlePoint.stirlingRemainder(b)
    let deviances = SaddlePoint.deviance(a, n * x) + SaddlePoint.deviance(b, n * y)
    return (a / n * b * 0.159154943091895336).squareRoot() * .exp(remainders - deviances)  // √(ab / 2πn)
  }

  private static func mirrored(_ a: Double, _ b: Double, x: Double, y: Double) -> Tails {
    let upper = fraction(b, a, x: y, y: x) * density(a, b, x: x, y: y)
    // With b < 1 nearly everything may lie above x: the series of the lower tail has only positive terms.
    let lower = b < 1 && x < 0.95 ? smallShapeSeries(a, b, x: x) * density(a, b, x: x, y: y) : 1 - upper
    return Tails(lower: lower, upper: upper)
  }

  /// I_x(a, b) B(a, b) / (xᵃ yᵇ) for x below (a + 1) / (a + b + 2). The distance from the mean enters as ay − bx, so that
  /// nothing is lost where x or y is small. Source: DiDonato, Morris, *ACM Transactions on Mathematical Software* 18
  /// (1992), equation 9; evaluated forward after Lentz, *Applied Optics* 15 (1976).
  private static func fraction(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
    let distance = a * y - b * x + 1
    var c = Double.infinity
    var d = (a + 1) / (a * distance)
    var value = d
    var m = 1.0
    while m < 1_000_000 {
      let s = a + 2 * m
      let numerator = m * (a + m - 1) / (s - 1) * ((a + b + m - 1) / (s - 1)) * (b - m) * x * x
      let denominator = m + m * (b - m) * x / (s - 1) + (a + m) * (distance + m * (1 + y)) / (s + 1)
      d = 1 / (numerator * d + denominator)
      c = denominator + numerator / c
      let factor = c * d
      value *= factor
      if abs(factor - 1) < 0x1p-52 || numerator == 0 { break }
      m += 1
    }
    return value
  }

  /// I_x(a, b) B(a, b) / (xᵃ yᵇ) = (1/a + Σ (1 − b)ₙ xⁿ / (n! (a + n))) / yᵇ for b < 1. Source: NIST Digital Library
  /// of Mathematical Functions, 8.17.7.
  private static func smallShapeSeries(_ a: Double, _ b: Double, x: Double) -> Double {
    var term = 1.0
    var sum = 1 / a
    var n = 1.0
    while term > 0x1p-60 * sum {
      term *= (n - b) / n * x
      sum += term / (a + n)
      n += 1
    }
    return sum * .exp(-b * .log(onePlus: -x))
  }
}
