internal import Numerics

/// P(a, x) and Q(a, x), the regularised incomplete gamma functions.
///
/// ```
/// 0            a             x
/// ├─ power series ┼─ continued fraction ─▶      and 1 − the other for the larger tail
/// ```
///
/// Relative error below 1e-12, or ten times what rounding of a and x costs, for tails from 1e-300 and a from 1e-3 to
/// 10⁶. Cost: O(√a) terms near x = a, tens of terms elsewhere.
enum IncompleteGamma {
  /// For a > 0; x may be any number.
  static func tails(_ a: Double, _ x: Double) -> Tails {
    if x.isNaN { return Tails(lower: .nan, upper: .nan) }
    if x <= 0 { return Tails(lower: 0, upper: 1) }
    if x == .infinity { return Tails(lower: 1, upper: 0) }
    if x >= a + 1 {
      let upper = upperFraction(a, x) * density(a, x)
      return Tails(lower: 1 - upper, upper: upper)
    }
    let lower = lowerSeries(a, x) * density(a, x) / a
    return Tails(lower: lower, upper: a < 1 ? smallShapeUpper(a, x) : 1 - lower)
  }

  /// x f(x) = xᵃ e^(−x) / Γ(a), the density of ln X.
  static func density(_ a: Double, _ x: Double) -> Double {
    let exponent = -SaddlePoint.stirlingRemainder(a) - SaddlePoint.deviance(a, x)
    return (a * 0.159154943091895336).squareRoot() * .exp(exponent)  // √(a / 2π)
  }

  /// Σ xⁿ / ((a + 1) … (a + n)) = P(a, x) Γ(a + 1) eˣ / xᵃ. Source: NIST Digital Library of Mathematical
  /// Functions, 8.11.4.
  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var shape = a
    while term > sum * 0x1p-55 {
      shape += 1
      term *= x / shape
      sum += term
    }
    return sum
  }

  /// 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …))) = Q(a, x) Γ(a) eˣ / xᵃ for x ≥ a + 1.
  /// Source: NIST Digital Library of Mathematical Functions, 8.9.2 in its even part; evaluated forward after
  /// Lentz, *Applied Optics* 15 (1976).
  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = Double.infinity
    var d = 1 / b
    var value = d
    var n = 1.0
    while n < 1_000_000 {
      let numerator = n * (a - n)
      if numerator == 0 { break }  // of an integer shape the fraction ends
      b += 2
      d = 1 / (numerator * d + b)
      c = b + numerator / c
      let factor = c * d
      value *= factor
      if abs(factor - 1) < 0x1p-52 { break }
      n += 1
    }
    return value
  }

  /// Q for a < 1 and x < a + 1, where it may be small although x is: 1 − xᵃ/Γ(1 + a) less the rest of the series
  /// of P. Source: Gautschi, *ACM Transactions on Mathematical Software* 5 (1979).
  private static func smallShapeUpper(_ a: Double, _ x: Double) -> Double {
    let logarithm = a * .log(x) - logGammaOnePlus(a)
    var term = 1.0
    var rest = 0.0
    var n = 1.0
    while abs(term) > 0x1p-60 {
      term *= -x / n
      rest += term / (a + n)
      n += 1
    }
    return -.expMinusOne(logarithm) - a * .exp(logarithm) * rest
  }

  /// ln Γ(1 + a), of full relative precision near 0. For 0 ≤ a ≤ 1.
  private static func logGammaOnePlus(_ a: Double) -> Double {
    if a > 0.25 { return .logGamma(1 + a) }
    // −ln(1 + a) + a (1 − γ) + Σ (ζ(k) − 1) (−a)ᵏ / k; Abramowitz, Stegun 6.1.33.
    var sum = 0.0
    for (index, zeta) in zetasLessOne.enumerated().reversed() {
      sum = -a * (sum + zeta / Double(index + 2))
    }
    return -.log(onePlus: a) + a * 0.422784335098467139 - a * sum
  }

  /// ζ(k) − 1 for k from 2.
  private static let zetasLessOne = [
    0.644934066848226436, 0.202056903159594285, 0.0823232337111381915, 0.0369277551433699263, 0.0173430619844491397,
    0.00834927738192282684, 0.00407735619794433938, 0.00200839282608221442, 0.000994575127818085337,
    0.000494188604119464559, 0.000246086553308048299, 0.000122713347578489147, 0.0000612481350587048293,
    0.0000305882363070204936, 0.0000152822594086518717, 0.00000763719763789976227, 0.00000381729326499983986,
  ]
}
