/// Whether estimates of several cells differ by more than their errors explain: the interaction test that comes before
/// any segment is looked at.
///
/// ```
/// Q = Σ (xᵢ − x̄)² / vᵢ,   x̄ weighted by 1 / vᵢ;   k − 1 degrees of freedom
/// ```
///
/// Source: Cochran, *Biometrics* 10 (1954).
package struct Heterogeneity: Sendable, Equatable {
  /// The mean of the cells by 1 / variance.
  package let mean: Double
  package let q: Double
  package let degreesOfFreedom: Int
  package let p: Double

  /// - Throws: ``InsufficientData`` under two cells with an error above 0.
  package init(_ cells: [Estimate]) throws(InsufficientData) {
    let usable = cells.filter { $0.standardError > 0 }
    guard usable.count >= 2 else { throw InsufficientData(.cells, found: usable.count, needed: 2) }
    (mean, q) = weightedSpread(of: usable, between: 0)
    degreesOfFreedom = usable.count - 1
    p = ChiSquareDistribution(degreesOfFreedom: degreesOfFreedom).upperTail(q)
  }
}

/// The mean of the cells by 1 / (v + between), and the squares of their distances by the same weights.
func weightedSpread(of cells: [Estimate], between: Double) -> (mean: Double, q: Double) {
  var (weights, sum) = (0.0, 0.0)
  for cell in cells {
    let weight = 1 / (cell.variance + between)
    weights += weight
    sum += weight * cell.value
  }
  let mean = sum / weights
  let q = cells.reduce(0.0) {
    let distance = $1.value - mean
    return $0 + distance * distance / ($1.variance + between)
  }
  return (mean, q)
}
