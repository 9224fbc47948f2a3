/// Takes out of a ratio what the units' past explains: numerator and denominator are adjusted each by its own past,
/// then the delta method takes their ratio.
///
/// See ``CUPED`` for the rule of each part.
package struct RatioCUPED: Sendable, Equatable {
  package let numerator: CUPED
  package let denominator: CUPED

  /// The share of units with a past.
  package var observedShare: Double { numerator.observedShare }

  /// Fits both θ on the sums of all arms.
  package init(arms: some Sequence<RatioCovariateSums>) {
    let all = arms.reduce(.zero, +)
    numerator = CUPED(arms: CollectionOfOne(all.numerators))
    denominator = CUPED(arms: CollectionOfOne(all.denominators))
  }

  /// The sums of the adjusted numerator and denominator of one arm.
  package func adjusted(_ sums: RatioCovariateSums) -> RatioSums {
    let (y, d) = (numerator.adjusted(sums.numerators), denominator.adjusted(sums.denominators))
    let (u, w) = (numerator.covariateMean, denominator.covariateMean)
    let past = sums.covariate
    // Σ of products with the centred pasts; Σ y (u − ū) and so on.
    let yw = sums.numeratorProducts.denominator - w * sums.observedNumerator
    let du = sums.denominatorProducts.numerator - u * sums.observedDenominator
    let uw = past.products - w * past.numerator - u * past.denominator + Double(past.units) * u * w
    let products =
      sums.outcome.products - denominator.theta * yw - numerator.theta * du + numerator.theta * denominator.theta * uw
    return RatioSums(
      units: sums.outcome.units, numerator: y.sum, denominator: d.sum, numeratorSquares: y.sumOfSquares,
      denominatorSquares: d.sumOfSquares, products: products)
  }

  /// The adjusted ratio of one arm, which remembers the unadjusted one.
  ///
  /// - Throws: ``InsufficientData`` as ``RatioSums/estimate(arm:requirement:)``.
  package func estimate(
    _ sums: RatioCovariateSums, arm: String? = nil, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    let estimate = try adjusted(sums).estimate(arm: arm, requirement: requirement)
    return estimate.adjusted(from: sums.outcome.ratio ?? .nan)
  }
}
