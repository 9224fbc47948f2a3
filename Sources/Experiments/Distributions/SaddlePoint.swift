internal import Numerics

/// The two parts that the densities of gamma, beta and binomial variables share, each right to the last digits also
/// where log-gammas of large arguments would cancel.
///
/// ```
/// Γ(a) = √(2π/a) (a/e)ᵃ exp(δ(a))         stirlingRemainder(a) = δ(a)
/// (x/m)ˣ e^(m − x) = exp(D(x, m))          deviance(x, m) = D = x ln(x/m) + m − x ≥ 0
/// ```
///
/// Source: Loader, *Fast and Accurate Computation of Binomial Probabilities* (2000).
enum SaddlePoint {
  /// δ(a) = ln Γ(a) − (a − ½) ln a + a − ½ ln 2π; absolute error about 1e-15. For a > 0.
  static func stirlingRemainder(_ a: Double) -> Double {
    if a < 16 { return .logGamma(a) - ((a - 0.5) * .log(a) - a + 0.918938533204672742) }
    let s = 1 / (a * a)
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * 691 / 360360))))) / a
  }

  /// x ln(x/m) + m − x, of full relative precision. For x ≥ 0 and m > 0.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    if x == 0 { return m }
    let v = (x - m) / (x + m)
    guard abs(v) < 0.5 else { return x * .log(x / m) + m - x }
    // ln(x/m) = 2 artanh v, so D = (x − m) v + 2x (v³/3 + v⁵/5 + …).
    let square = v * v
    var power = 2 * x * v * square
    var sum = (x - m) * v
    var odd = 3.0
    while true {
      let next = sum + power / odd
      if next == sum { return sum }
      sum = next
      power *= square
      odd += 2
    }
  }
}
