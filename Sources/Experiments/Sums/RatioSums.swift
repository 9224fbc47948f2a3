internal import Numerics

/// What a ratio of two sums rests on, by independent unit: opens over sends of members, say. Sums of disjoint parts add.
///
/// ```
/// r = Σ yᵢ / Σ dᵢ,   se² = (s_yy − 2 r s_yd + r² s_dd) / (n d̄²)
/// ```
///
/// A unit enters once, with its totals, so that what it repeats is not taken for new evidence. Source: the delta method;
/// Deng, Knoblich, Lu, *Applying the Delta Method in Metric Analytics*, KDD 2018.
package struct RatioSums: Sendable, Equatable {
  package let units: Int
  package let numerator: Double
  package let denominator: Double
  package let numeratorSquares: Double
  package let denominatorSquares: Double
  package let products: Double

  package static let zero = RatioSums(
    units: 0, numerator: 0, denominator: 0, numeratorSquares: 0, denominatorSquares: 0, products: 0)

  package init(
    units: Int, numerator: Double, denominator: Double, numeratorSquares: Double, denominatorSquares: Double,
    products: Double
  ) {
    self.units = units
    self.numerator = numerator
    self.denominator = denominator
    self.numeratorSquares = numeratorSquares
    self.denominatorSquares = denominatorSquares
    self.products = products
  }

  /// One unit with its totals.
  package init(numerator: Double, denominator: Double) {
    self.init(
      units: 1, numerator: numerator, denominator: denominator, numeratorSquares: numerator * numerator,
      denominatorSquares: denominator * denominator, products: numerator * denominator)
  }

  /// The sums of two disjoint sets of units.
  package static func + (a: RatioSums, b: RatioSums) -> RatioSums {
    RatioSums(
      units: a.units + b.units, numerator: a.numerator + b.numerator, denominator: a.denominator + b.denominator,
      numeratorSquares: a.numeratorSquares + b.numeratorSquares,
      denominatorSquares: a.denominatorSquares + b.denominatorSquares, products: a.products + b.products)
  }

  /// Nil where the denominator is 0.
  package var ratio: Double? { denominator == 0 ? nil : numerator / denominator }

  /// The ratio with its standard error by the delta method.
  ///
  /// - Throws: ``InsufficientData`` where the denominator is 0, there are fewer units than `requirement` says, or all
  ///   have the same ratio.
  package func estimate(
    arm: String? = nil, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    guard let ratio else { throw InsufficientData(.denominator, found: 0, needed: 1, arm: arm) }
    let n = Double(units)
    let residuals = residualSquares(around: ratio)
    try requirement.check(units: units, variance: residuals, arm: arm)
    let error = (residuals / (n - 1) * n).squareRoot() / abs(denominator)
    return Estimate(value: ratio, standardError: error, units: units)
  }

  /// The interval of a ratio that lies in 0…1, such as opens over sends: the delta method on the logit, with t of
  /// n − 1 degrees of freedom, so that both ends lie there too.
  ///
  /// - Throws: ``InsufficientData`` under 30 units, or without both events and non-events.
  package func proportionInterval(level: Double = 0.95) throws(InsufficientData) -> (low: Double, high: Double) {
    let estimate = try estimate(requirement: SampleRequirement(units: 30, events: 1, nonEvents: 1))
    let p = estimate.value
    guard p > 0 else { throw InsufficientData(.events, found: 0, needed: 1) }
    guard p < 1 else { throw InsufficientData(.nonEvents, found: 0, needed: 1) }
    let t = StudentDistribution(degreesOfFreedom: Double(units - 1)).upperQuantile((1 - level) / 2)
    let odds = p / (1 - p)
    let factor = Double.exp(t * estimate.standardError / (p * (1 - p)))
    return (1 / (1 + factor / odds), 1 / (1 + 1 / (odds * factor)))
  }

  /// Σ (yᵢ − r dᵢ)², whose mean is 0 at the ratio itself.
  private func residualSquares(around r: Double) -> Double {
    max(0, numeratorSquares - 2 * r * products + r * r * denominatorSquares)
  }
}
