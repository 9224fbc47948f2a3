internal import Numerics

/// Whether the arms hold as many units as promised, asked every night: an alarm that stays rare over all nights together.
///
/// ```
/// BF = Γ(A) / Γ(A + n) · Π Γ(aᵢ + nᵢ) / Γ(aᵢ) · Π wᵢ^(−nᵢ),   aᵢ = 100 wᵢ, A = Σ aᵢ
/// p  = the least 1 / BF so far, at most 1
/// ```
///
/// BF weighs a Dirichlet(100 w) prior against exactly w; under w it is a martingale, so by Ville's inequality p falls below
/// α with probability α at most, however often one looks. Where the promise changes between plan versions, each version has
/// its own BF over its own units, and they multiply. Source: Lindon, Malek, *Anytime-Valid Inference for Multinomial
/// Count Data*, NeurIPS 2022.
package struct SampleRatioSequence: Sendable, Equatable {
  /// Prior units: how far from w the alternative reaches.
  package static let concentration = 100.0

  /// Shares by arm, adding to 1; an arm of weight 0 is outside the test.
  package let shares: [Double]

  /// - Parameter weights: configured weights, or sums of logged propensities; any scale.
  /// - Precondition: no weight is negative or infinite, and two are above 0.
  package init(weights: [Double]) {
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is a number from 0 up")
    precondition(weights.count { $0 > 0 } >= 2, "a ratio needs two arms")
    let total = weights.reduce(0, +)
    shares = weights.map { $0 / total }
  }

  /// ln BF of the units so far. Of several plan versions the sum counts.
  package func logBayesFactor(units: [Int]) -> Double {
    precondition(units.count == shares.count && units.allSatisfy { $0 >= 0 }, "each arm has a count from 0 up")
    var total = 0.0
    var sum = 0.0
    for (n, share) in zip(units, shares) where share > 0 {
      let count = Double(n)
      total += count
      sum += Self.logRising(Self.concentration * share, count) - count * .log(share)
    }
    return sum - Self.logRising(Self.concentration, total)
  }

  /// The p after a look, which never rises again.
  package static func p(logBayesFactor: Double, earlier: Double = 1) -> Double {
    min(earlier, logBayesFactor <= 0 ? 1 : .exp(-logBayesFactor))
  }

  /// The p of a first look. It is in alarm below ``SampleRatioTest/alarmLevel``.
  package func p(units: [Int], earlier: Double = 1) -> Double {
    Self.p(logBayesFactor: logBayesFactor(units: units), earlier: earlier)
  }

  /// ln Γ(a + n) − ln Γ(a).
  private static func logRising(_ a: Double, _ n: Double) -> Double { .logGamma(a + n) - .logGamma(a) }
}
