/// What an adjusted mean rests on: the outcome of all units, and of those whose past is known, their covariate.
/// Sums of disjoint parts add.
package struct CovariateSums: Sendable, Equatable {
  /// Over all units.
  package let outcome: MeanSums
  /// Over the units with a covariate.
  package let covariate: MeanSums
  /// The outcome's sum over the units with a covariate.
  package let observedOutcome: Double
  /// Σ outcome · covariate over them.
  package let products: Double

  package static let zero = CovariateSums(outcome: .zero, covariate: .zero, observedOutcome: 0, products: 0)

  /// - Precondition: at most as many covariates as units.
  package init(outcome: MeanSums, covariate: MeanSums, observedOutcome: Double, products: Double) {
    precondition(covariate.units <= outcome.units, "covariates belong to units")
    self.outcome = outcome
    self.covariate = covariate
    self.observedOutcome = observedOutcome
    self.products = products
  }

  /// One unit; its covariate is nil where its past is not known.
  package init(outcome: Double, covariate: Double?) {
    self.init(
      outcome: MeanSums(units: 1, sum: outcome, sumOfSquares: outcome * outcome),
      covariate: covariate.map { MeanSums(units: 1, sum: $0, sumOfSquares: $0 * $0) } ?? .zero,
      observedOutcome: covariate == nil ? 0 : outcome, products: outcome * (covariate ?? 0))
  }

  /// The sums of two disjoint sets of units.
  package static func + (a: CovariateSums, b: CovariateSums) -> CovariateSums {
    CovariateSums(
      outcome: a.outcome + b.outcome, covariate: a.covariate + b.covariate,
      observedOutcome: a.observedOutcome + b.observedOutcome, products: a.products + b.products)
  }
}
