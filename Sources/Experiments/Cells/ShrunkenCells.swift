/// Estimates of many cells, such as hour × segment, drawn toward their common mean by as much as their errors make them
/// scatter: so that the cell that looks best is not simply the one that was luckiest.
///
/// ```
/// shrunken xᵢ = μ + (xᵢ − μ) τ² / (τ² + vᵢ),   Σ (xᵢ − μ)² / (vᵢ + τ²) = k − 1
/// ```
///
/// τ² is 0 where the cells scatter no more than their errors. Source: Efron, Morris, *JASA* 70 (1975); τ² after Paule,
/// Mandel, *Journal of Research of the National Bureau of Standards* 87 (1982).
package struct ShrunkenCells: Sendable, Equatable {
  /// μ.
  package let mean: Double
  /// τ², the variance of the true values between cells.
  package let betweenVariance: Double
  /// In the order given, with the posterior's standard deviation as error; `unadjusted` is the cell's own value.
  package let cells: [Estimate]

  /// - Throws: ``InsufficientData`` under three cells, or where one has no error.
  package init(_ estimates: [Estimate]) throws(InsufficientData) {
    guard estimates.count >= 3 else { throw InsufficientData(.cells, found: estimates.count, needed: 3) }
    guard estimates.allSatisfy({ $0.standardError > 0 }) else {
      throw InsufficientData(.distinctValues, found: 1, needed: 2)
    }
    let between = Self.between(estimates)
    let mean = weightedSpread(of: estimates, between: between).mean
    self.mean = mean
    betweenVariance = between
    let precision = estimates.reduce(0) { $0 + 1 / ($1.variance + between) }
    cells = estimates.map { cell in
      let kept = between / (between + cell.variance)
      // The mean is estimated too: what the cell gives up to it carries its error.
      let variance = kept * cell.variance + (1 - kept) * (1 - kept) / precision
      return Estimate(
        value: mean + kept * (cell.value - mean), standardError: variance.squareRoot(), units: cell.units,
        unadjusted: cell.value)
    }
  }

  /// Proportions of cells that may have few events: each cell's error is that of the proportion of all.
  ///
  /// - Throws: ``InsufficientData`` under three cells with units, or without both events and non-events.
  package init(_ proportions: [ProportionSums]) throws(InsufficientData) {
    let all = proportions.reduce(.zero, +)
    guard all.events > 0 else { throw InsufficientData(.events, found: 0, needed: 1) }
    guard all.events < all.units else { throw InsufficientData(.nonEvents, found: 0, needed: 1) }
    guard proportions.allSatisfy({ $0.units > 0 }) else { throw InsufficientData(.units, found: 0, needed: 1) }
    let p = Double(all.events) / Double(all.units)
    try self.init(
      proportions.map {
        let n = Double($0.units)
        return Estimate(
          value: Double($0.events) / n, standardError: (p * (1 - p) / n).squareRoot(), units: $0.units)
      })
  }

  /// The root of Q(τ²) = k − 1, which falls with τ².
  private static func between(_ cells: [Estimate]) -> Double {
    let goal = Double(cells.count - 1)
    guard weightedSpread(of: cells, between: 0).q > goal else { return 0 }
    var (low, high) = (0.0, cells.map(\.variance).max() ?? 1)
    while weightedSpread(of: cells, between: high).q > goal { (low, high) = (high, 2 * high) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      if weightedSpread(of: cells, between: middle).q > goal { low = middle } else { high = middle }
    }
  }
}
