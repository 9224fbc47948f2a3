/// What a mean rests on: units, the sum of their values and of the squares. Sums of disjoint parts add.
package struct MeanSums: Sendable, Equatable {
  package let units: Int
  package let sum: Double
  package let sumOfSquares: Double

  package static let zero = MeanSums(units: 0, sum: 0, sumOfSquares: 0)

  package init(units: Int, sum: Double, sumOfSquares: Double) {
    self.units = units
    self.sum = sum
    self.sumOfSquares = sumOfSquares
  }

  /// The sums of `values`, one a unit.
  package init(_ values: some Sequence<Double>) {
    var (units, sum, squares) = (0, 0.0, 0.0)
    for value in values {
      units += 1
      sum += value
      squares += value * value
    }
    self.init(units: units, sum: sum, sumOfSquares: squares)
  }

  /// The sums of two disjoint sets of units.
  package static func + (a: MeanSums, b: MeanSums) -> MeanSums {
    MeanSums(units: a.units + b.units, sum: a.sum + b.sum, sumOfSquares: a.sumOfSquares + b.sumOfSquares)
  }

  /// Nil where there is no unit.
  package var mean: Double? { units == 0 ? nil : sum / Double(units) }

  /// Of one unit, over n − 1; nil under two units.
  package var variance: Double? {
    guard units >= 2 else { return nil }
    return max(0, sumOfSquares.addingProduct(-sum / Double(units), sum)) / Double(units - 1)
  }

  /// The mean with its standard error s / √n.
  ///
  /// - Throws: ``InsufficientData`` where there are fewer units than `requirement` says, or all are equal.
  package func estimate(
    arm: String? = nil, requirement: SampleRequirement = .standard
  ) throws(InsufficientData) -> Estimate {
    let variance = variance ?? 0
    try requirement.check(units: units, variance: variance, arm: arm)
    let n = Double(units)
    return Estimate(value: sum / n, standardError: (variance / n).squareRoot(), units: units)
  }
}
