internal import Numerics

/// Student's t distribution; the degrees of freedom need not be whole.
package struct StudentDistribution: Sendable, Equatable {
  /// Above 0; ∞ is the normal distribution.
  package let degreesOfFreedom: Double

  /// - Precondition: the degrees of freedom are above 0.
  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are above 0")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// f(t).
  package func density(_ t: Double) -> Double {
    if degreesOfFreedom == .infinity { return NormalDistribution.density(t) }
    let square = t * t / degreesOfFreedom
    let (half, n) = (degreesOfFreedom / 2, degreesOfFreedom / 2 + 0.5)
    let remainders = SaddlePoint.stirlingRemainder(n) - SaddlePoint.stirlingRemainder(half)
    // Γ(n)/Γ(h) = √(h/n) n^n h^(−h) e^(h − n) e^(remainders), n = h + ½.
    let logarithm = remainders + half * .log(onePlus: 0.5 / half) - 0.5 - n * .log(onePlus: square)
    return 0.398942280401432678 * .exp(logarithm)  // 1 / √(2π)
  }

  /// P(T ≤ t).
  package func lowerTail(_ t: Double) -> Double { upperTail(-t) }

  /// P(T > t).
  package func upperTail(_ t: Double) -> Double {
    if t < 0 { return 1 - beyond(t) / 2 }
    return beyond(t) / 2
  }

  /// P(|T| ≥ |t|).
  package func bothTails(_ t: Double) -> Double { beyond(t) }

  /// The t with P(T ≤ t) = `probability`, which lies in 0…1.
  package func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    if probability == 0.5 { return 0 }
    if degreesOfFreedom == .infinity { return NormalDistribution.quantile(probability) }
    let size = distance(min(probability, 1 - probability))
    return probability < 0.5 ? -size : size
  }

  /// The t with P(T > t) = `probability`, also where 1 − probability would round to 1.
  package func upperQuantile(_ probability: Double) -> Double { -quantile(probability) }

  /// I_x(ν/2, ½) with x = ν / (ν + t²).
  private func beyond(_ t: Double) -> Double {
    let square = t * t
    if degreesOfFreedom == .infinity || square.isNaN { return NormalDistribution.bothTails(t) }
    if square == .infinity { return 0 }
    if isNearlyNormal, square <= 36 { return NormalDistribution.bothTails(normalDeviate(t)) }
    if hasShortSeries, square <= 9 { return 1 - within(abs(t)) }
    let total = degreesOfFreedom + square
    return IncompleteBeta.tails(degreesOfFreedom / 2, 0.5, x: degreesOfFreedom / total, y: square / total).lower
  }

  /// The t > 0 with P(T > t) = `tail` ≤ ½: t² / ν is the odds of a beta variable.
  private func distance(_ tail: Double) -> Double {
    if tail == 0 { return .infinity }
    if isNearlyNormal, tail > 1e-9 { return deviate(NormalDistribution.upperQuantile(tail)) }
    if hasShortSeries, tail > 0.0025 { return polished(deviate(NormalDistribution.upperQuantile(tail)), tail) }
    let logit = BetaDistribution(alpha: degreesOfFreedom / 2, beta: 0.5).logitQuantile(2 * tail)
    return degreesOfFreedom.squareRoot() * .exp(-logit / 2)
  }

  /// Within 3 standard deviations the middle takes some 40 terms, and the tail is no less than 1/400 of it.
  private var hasShortSeries: Bool { degreesOfFreedom >= 20 }

  /// P(|T| < t) = 2 t f(t) Σ ((ν + 1)/2)ₙ / (3/2)ₙ yⁿ, y = t² / (ν + t²). Source: NIST Digital Library of Mathematical
  /// Functions, 8.17.8.
  private func within(_ t: Double) -> Double {
    let y = t * t / (degreesOfFreedom + t * t)
    var (term, sum) = (1.0, 1.0)
    var (above, below) = ((degreesOfFreedom + 1) / 2, 1.5)
    while term > 0x1p-55 * sum {
      term *= above / below * y
      sum += term
      above += 1
      below += 1
    }
    return 2 * t * density(t) * sum
  }

  /// A t near the answer, brought onto it by Newton's method: each step squares the error.
  private func polished(_ start: Double, _ tail: Double) -> Double {
    var t = start
    for _ in 0..<4 {
      let step = (beyond(t) / 2 - tail) / density(t)
      t += step
      if abs(step) < 1e-8 * abs(t) { break }
    }
    return t
  }

  /// Many degrees of freedom: within 6 standard deviations the expansions below are right to 4e-14, and cost one normal
  /// tail instead of a continued fraction. Source: Abramowitz, Stegun, 26.7.5 and its inverse.
  private var isNearlyNormal: Bool { degreesOfFreedom >= 20_000 }

  /// The normal z beyond which there is as much as beyond t.
  private func normalDeviate(_ t: Double) -> Double {
    let (s, v) = (t * t, 1 / degreesOfFreedom)
    let fourth = (((6271 * s + 3224) * s - 102) * s - 1680) * s - 945
    let third = ((35 * s + 19) * s + 1) * s - 15
    let second = (13 * s + 8) * s + 3
    return t - t * v * ((s + 1) / 4 - v * (second / 96 - v * (third / 384 - v * fourth / 92160)))
  }

  /// The t beyond which there is as much as beyond the normal z.
  private func deviate(_ z: Double) -> Double {
    let (s, v) = (z * z, 1 / degreesOfFreedom)
    let fourth = (((79 * s + 776) * s + 1482) * s - 1920) * s - 945
    let third = ((3 * s + 19) * s + 17) * s - 15
    let second = (5 * s + 16) * s + 3
    return z + z * v * ((s + 1) / 4 + v * (second / 96 + v * (third / 384 + v * fourth / 92160)))
  }
}
