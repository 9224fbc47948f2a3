extension RatioSums {
  /// One unit of an arm whose sends had different propensities: each counts 1 / propensity times, so that an arm that was
  /// seldom drawn in some weeks is not made of the others.
  ///
  /// The arm's mean is then Σ y/e over Σ 1/e (Hájek's estimator), a ratio clustered by unit.
  /// - Parameter outcomes: of the unit's sends of this arm, with the propensity that was logged.
  /// - Precondition: each propensity lies above 0 and at most at 1.
  package init(weighted outcomes: some Sequence<(outcome: Double, propensity: Double)>) {
    var (numerator, denominator) = (0.0, 0.0)
    for (outcome, propensity) in outcomes {
      precondition(propensity > 0 && propensity <= 1, "a propensity lies above 0 and at most at 1")
      numerator += outcome / propensity
      denominator += 1 / propensity
    }
    self.init(numerator: numerator, denominator: denominator)
  }
}
