/// Takes out of a mean what the units' past explains of it.
///
/// ```
/// y′ = y − θ (x − x̄),   θ = Cov(y, x) / Var(x)   over all arms together
/// ```
///
/// A missing x counts as x̄, so such units keep their outcome. Where fewer than half of the units have an x, or all x are
/// equal, θ is 0: nothing is adjusted. Source: Deng, Xu, Kohavi, Walker, *Improving the Sensitivity of Online Controlled
/// Experiments by Utilizing Pre-Experiment Data*, WSDM 2013.
package struct CUPED: Sendable, Equatable {
  /// The least share of units with a covariate.
  package static let observedShareMin = 0.5

  /// θ; 0 where nothing is adjusted.
  package let theta: Double
  /// x̄ over all arms; 0 where nothing is observed.
  package let covariateMean: Double
  /// The share of units with a covariate; 0 without units.
  package let observedShare: Double

  /// Fits θ on the sums of all arms.
  package init(arms: some Sequence<CovariateSums>) {
    let all = arms.reduce(.zero, +)
    let (observed, units) = (all.covariate.units, all.outcome.units)
    observedShare = units == 0 ? 0 : Double(observed) / Double(units)
    let mean = all.covariate.mean ?? 0
    covariateMean = mean
    let squares = all.covariate.sumOfSquares - mean * all.covariate.sum
    // Centred, the covariates of all units sum to 0, so the outcome's mean drops out.
    let products = all.products - mean * all.observedOutcome
    let isUsed = observedShare >= Self.observedShareMin && squares > 0x1p-40 * all.covariate.sumOfSquares
    theta = isUsed ? products / squares : 0
  }

  /// The sums of the adjusted outcome of one arm.
  package func adjusted(_ sums: CovariateSums) -> MeanSums {
    let (x, m) = (sums.covariate, covariateMean)
    let centred = x.sum - Double(x.units) * m
    let squares = x.sumOfSquares - 2 * m * x.sum + Double(x.units) * m * m
    let products = sums.products - m * sums.observedOutcome
    return MeanSums(
      units: sums.outcome.units, sum: sums.outcome.sum - theta * centred,
      sumOfSquares: sums.outcome.sumOfSquares - 2 * theta * products + theta * theta * squares)
  }

  /// The adjusted mean of one arm, which remembers the unadjusted one.
  ///
  /// - Throws: ``InsufficientData`` as ``MeanSums/estimate(arm:requirement:)``.
  package func estimate(
    _ sums: CovariateSums, arm: String? = nil, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    let estimate = try adjusted(sums).estimate(arm: arm, requirement: requirement)
    return estimate.adjusted(from: sums.outcome.mean ?? .nan)
  }
}
