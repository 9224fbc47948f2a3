internal import Numerics

/// Intervals and p that hold at every look together (asymptotic confidence sequences).
///
/// ```
/// half-width / se = √N √( 2 (Nρ² + 1) / (N²ρ²) · ln( √(Nρ² + 1) / α ) )
/// p               = min( 1, √(Nρ² + 1) exp( −Nρ² z² / (2 (Nρ² + 1)) ) )
/// ρ               = √( (−2 ln α₀ + ln(−2 ln α₀ + 1)) / N* ),   α₀ = 0.05
/// ```
///
/// N counts units of the two compared arms, each entering once. N* is the N at which the interval is narrowest
/// relative to a fixed look; it is set before the first look. A correction for multiplicity changes α alone, never ρ.
/// Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, *Time-uniform central limit theory and asymptotic
/// confidence sequences*, Annals of Statistics 52 (2024), theorem 2.2 and appendix B.
package struct ConfidenceSequence: Sendable, Equatable {
  /// N*.
  package let referenceUnits: Double
  /// ρ².
  let rhoSquared: Double

  /// The N* without a plan.
  package static let referenceUnitsWithoutPlan = 5000.0
  /// α₀ of ρ.
  package static let referenceAlpha = 0.05

  /// The sequence that is narrowest near `referenceUnits`.
  package init(referenceUnits: Double = Self.referenceUnitsWithoutPlan) {
    precondition(referenceUnits > 0, "the reference is a number of units")
    self.referenceUnits = referenceUnits
    let twice = -2 * Double.log(Self.referenceAlpha)
    rhoSquared = (twice + .log(onePlus: twice)) / referenceUnits
  }

  /// The sequence of an experiment with so many planned units in the two arms: N* = max(100, units / 4).
  package init(plannedUnits: Int) {
    self.init(referenceUnits: max(100, Double(plannedUnits) / 4))
  }

  /// ρ.
  package var rho: Double { rhoSquared.squareRoot() }

  /// Half of the interval's width, in standard errors of the estimate.
  ///
  /// - Precondition: units ≥ 1 and 0 < α < 1.
  package func halfWidth(units: Int, alpha: Double) -> Double {
    precondition(units >= 1 && alpha > 0 && alpha < 1, "an interval needs a unit and an alpha")
    let information = Double(units) * rhoSquared
    return (2 * (information + 1) / information * (.log(onePlus: information) / 2 - .log(alpha))).squareRoot()
  }

  /// How far a bound of one side alone lies from the estimate, in standard errors:
  /// √N √( 2 (Nρ² + 1) / (N²ρ²) · ln( 1 + √(Nρ² + 1) / 2α ) ).
  ///
  /// It holds at all looks: mixed over a half-normal effect, the likelihood ratio 2 Φ(x) exp(x²/2) / √(Nρ² + 1), with
  /// x² = Nρ² z² / (Nρ² + 1), is a martingale; it is at least (2 exp(x²/2) − 1) / √(Nρ² + 1), which passes 1/α where
  /// exp(x²/2) = ½ + √(Nρ² + 1) / 2α, within this bound.
  package func boundDistance(units: Int, alpha: Double) -> Double {
    precondition(units >= 1 && alpha > 0 && alpha < 1, "a bound needs a unit and an alpha")
    let information = Double(units) * rhoSquared
    let ratio = (information + 1).squareRoot() / (2 * alpha)
    return (2 * (information + 1) / information * .log(onePlus: ratio)).squareRoot()
  }

  /// The two-sided p of one look. What is reported is the least p so far.
  package func p(z: Double, units: Int) -> Double {
    let information = Double(units) * rhoSquared
    let logarithm = .log(onePlus: information) / 2 - information * z * z / (2 * (information + 1))
    return logarithm >= 0 ? 1 : .exp(logarithm)
  }

  /// The least α at which the bound of one side lies above 0; 1 where z ≤ 0.
  package func oneSidedP(z: Double, units: Int) -> Double {
    guard z > 0 else { return 1 }
    let information = Double(units) * rhoSquared
    let ratio = Double.expMinusOne(information * z * z / (2 * (information + 1)))
    return min(1, (information + 1).squareRoot() / (2 * ratio))
  }
}
