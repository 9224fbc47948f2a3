internal import Numerics

/// How many units an experiment needs, how small an effect it can see, and how likely it sees one.
///
/// Normal approximation, both tails. A fixed look tests proportions by the pooled variance. A sequential experiment is
/// credited with its last look alone, with N* = max(100, N / 4): the figure is a lower bound of the chance that any
/// look decides. Source: Fleiss, Levin, Paik, *Statistical Methods for Rates and Proportions*, 3rd ed., 4.2.
package struct PowerAnalysis: Sendable, Equatable {
  package let spread: OutcomeSpread
  /// Of the units of the two arms, the share in the treatment.
  package let treatmentShare: Double
  /// Whether every night is a look.
  package let isSequential: Bool
  /// Two-sided, after any correction for multiplicity.
  package let alpha: Double

  /// - Precondition: share and alpha lie strictly between 0 and 1.
  package init(_ spread: OutcomeSpread, treatmentShare: Double = 0.5, isSequential: Bool = true, alpha: Double = 0.05) {
    precondition(treatmentShare > 0 && treatmentShare < 1, "both arms have units")
    precondition(alpha > 0 && alpha < 1, "alpha lies between 0 and 1")
    self.spread = spread
    self.treatmentShare = treatmentShare
    self.isSequential = isSequential
    self.alpha = alpha
  }

  /// The chance that an experiment of so many units in the two arms finds an effect of this size.
  package func power(effect: Double, units: Int) -> Double {
    precondition(units >= 2, "two arms need two units")
    let n = Double(units)
    let (n1, n0) = (n * treatmentShare, n * (1 - treatmentShare))
    let (v1, v0) = (spread.variance(effect: effect), spread.controlVariance)
    let error = (v1 / n1 + v0 / n0).squareRoot()
    let reach: Double
    if isSequential {
      reach = ConfidenceSequence(plannedUnits: units).halfWidth(units: units, alpha: alpha) * error
    } else {
      let pooled = spread.variance(effect: effect * treatmentShare)
      reach = NormalDistribution.upperQuantile(alpha / 2) * (pooled * (1 / n1 + 1 / n0)).squareRoot()
    }
    return NormalDistribution.upperTail((reach - effect) / error)
      + NormalDistribution.lowerTail((-reach - effect) / error)
  }

  /// The fewest units of the two arms with this power; nil where even 10¹² do not do.
  package func units(effect: Double, power: Double = 0.8) -> Int? {
    precondition(effect != 0 && power > 0 && power < 1, "an effect of 0 is found by chance alone")
    var high = 4
    while self.power(effect: effect, units: high) < power {
      high *= 2
      if high > 1_000_000_000_000 { return nil }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if self.power(effect: effect, units: middle) < power { low = middle } else { high = middle }
    }
    return high
  }

  /// The smallest positive effect that so many units find with this power; nil where no possible effect is large enough.
  package func detectableEffect(units: Int, power: Double = 0.8) -> Double? {
    let deviation = spread.controlVariance.squareRoot()
    var (low, high) = (0.0, 1e-3 * deviation)
    let ceiling = spread.effects.upperBound * (1 - 1e-12)
    while self.power(effect: min(high, ceiling), units: units) < power {
      if high >= ceiling { return nil }
      (low, high) = (high, 2 * high)
    }
    high = min(high, ceiling)
    while high - low > 1e-14 * high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if self.power(effect: middle, units: units) < power { low = middle } else { high = middle }
    }
    return high
  }

  /// Whole days until so many units have come in and their windows have closed; nil where the units have no end.
  package func days(
    effect: Double, power: Double = 0.8, unitsPerDay: Double, windowDays: Int = 0
  ) -> Int? {
    precondition(unitsPerDay > 0, "without new units there is no day of decision")
    guard let units = units(effect: effect, power: power) else { return nil }
    return Int((Double(units) / unitsPerDay).rounded(.up)) + windowDays
  }
}
