/// A quantile of a sample, with an interval that asks nothing of the distribution.
package struct SampleQuantile: Sendable, Equatable {
  package let value: Double
  /// Values of the sample.
  package let low: Double
  package let high: Double
  package let level: Double
  /// Independent units.
  package let units: Int

  /// One value a unit: between which ranks the quantile lies is a matter of coin flips.
  ///
  /// The interval is [x₍ₗ₎, x₍ᵤ₎] with P(B < l) ≤ α/2 and P(B ≥ u) ≤ α/2 for B binomial(n, share), so it holds the
  /// quantile with probability `level` or more. Source: David, Nagaraja, *Order Statistics*, 3rd ed., 7.1.
  /// - Throws: ``InsufficientData`` where no such ranks exist: the quantile is too far out for so few units.
  package init(_ sample: ValueCounts, share: Double, level: Double = 0.95) throws(InsufficientData) {
    precondition(share > 0 && share < 1, "a quantile has values on both sides")
    let alpha = 1 - level
    let ranks = BinomialDistribution(trials: sample.count, probability: share)
    // Ranks from 1: P(B ≤ l − 1) ≤ α/2, the largest; P(B ≥ u) ≤ α/2, the least.
    let least = ranks.quantile(alpha / 2)
    let low = ranks.lowerTail(least) <= alpha / 2 ? least + 1 : least
    let high = ranks.upperQuantile(alpha / 2) + 1
    guard let value = sample.quantile(share), low >= 1, high <= sample.count else {
      // (1 − share)ⁿ and shareⁿ must both be at most α/2.
      throw InsufficientData(.units, found: sample.count, needed: Self.unitsMin(share: share, alpha: alpha))
    }
    self.value = value
    self.low = sample.ordered(low - 1)
    self.high = sample.ordered(high - 1)
    self.level = level
    units = sample.count
  }

  /// Several values a unit: how many of its values lie at or below the quantile differs from unit to unit.
  ///
  /// The share at or below is a ratio clustered by unit; the interval is the sample's quantiles at share ± z · its standard
  /// error. Source: Deng, Knoblich, Lu, *Applying the Delta Method in Metric Analytics*, KDD 2018, 4.
  /// - Parameter below: by unit, values at or below the sample's quantile over all its values.
  /// - Throws: ``InsufficientData`` as ``RatioSums/estimate(arm:requirement:)``, or where an end leaves the sample.
  package init(
    _ sample: ValueCounts, share: Double, clustered below: RatioSums, level: Double = 0.95
  ) throws(InsufficientData) {
    precondition(share > 0 && share < 1, "a quantile has values on both sides")
    let error = try below.estimate().standardError
    let reach = NormalDistribution.upperQuantile((1 - level) / 2) * error
    guard let value = sample.quantile(share), share - reach > 0, share + reach < 1,
      let low = sample.quantile(share - reach), let high = sample.quantile(share + reach)
    else {
      let missing = Double(below.units) * reach * reach / (min(share, 1 - share) * min(share, 1 - share))
      throw InsufficientData(.units, found: below.units, needed: Int(missing) + 1)
    }
    self.value = value
    self.low = low
    self.high = high
    self.level = level
    units = below.units
  }

  /// The quantile with the standard error that a normal interval of the same width has, for comparisons.
  package var estimate: Estimate {
    let z = NormalDistribution.upperQuantile((1 - level) / 2)
    return Estimate(value: value, standardError: (high - low) / (2 * z), units: units)
  }

  /// The fewest units with ranks on both sides.
  private static func unitsMin(share: Double, alpha: Double) -> Int {
    let outer = max(share, 1 - share)
    var (n, chance) = (0, 1.0)
    while chance > alpha / 2 { (n, chance) = (n + 1, chance * outer) }
    return n
  }
}
