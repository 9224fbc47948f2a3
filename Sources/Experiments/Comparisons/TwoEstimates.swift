/// Two estimates of one figure: means, ratios, quantiles, adjusted or not; of separate units, or of shared ones.
package struct TwoEstimates: Sendable, Equatable {
  package let treatment: Estimate
  package let control: Estimate
  /// 0 where the arms hold separate units.
  package let covariance: Double
  /// Units of both arms together, each counted once.
  package let units: Int

  /// Of separate units.
  package init(treatment: Estimate, control: Estimate) {
    self.init(treatment: treatment, control: control, covariance: 0, units: treatment.units + control.units)
  }

  /// Of units that may be in both arms.
  package init(treatment: Estimate, control: Estimate, covariance: Double, units: Int) {
    self.treatment = treatment
    self.control = control
    self.covariance = covariance
    self.units = units
  }

  /// Treatment minus control.
  package var difference: Double { treatment.value - control.value }

  /// √(v₁ + v₀ − 2 cov).
  package var standardError: Double {
    max(0, treatment.variance + control.variance - 2 * covariance).squareRoot()
  }

  /// Of separate units (v₁ + v₀)² / (v₁²/(n₁ − 1) + v₀²/(n₀ − 1)), of shared ones n − 1.
  /// Source: Welch, *Biometrika* 34 (1947).
  package var degreesOfFreedom: Double {
    if units < treatment.units + control.units { return Double(units - 1) }
    let (v1, v0) = (treatment.variance, control.variance)
    let sum = v1 + v0
    return sum * sum / (v1 * v1 / Double(treatment.units - 1) + v0 * v0 / Double(control.units - 1))
  }

  /// What is known of the difference.
  ///
  /// - Parameters:
  ///   - looks: `fixed` gives Welch's t; `sequential` what holds at every look.
  ///   - level: 1 − α of this comparison, after any correction for multiplicity.
  ///   - earlierP: the least p of the looks before, of a sequential comparison.
  /// - Throws: ``InsufficientData`` where both arms have no spread, or an arm has one unit.
  package func comparison(
    looks: Looks, level: Double = 0.95, earlierP: Double = 1
  ) throws(InsufficientData) -> Comparison {
    let error = standardError
    guard error > 0 else { throw InsufficientData(.distinctValues, found: 1, needed: 2) }
    for (arm, estimate) in [("treatment", treatment), ("control", control)] where estimate.units < 2 {
      throw InsufficientData(.units, found: estimate.units, needed: 2, arm: arm)
    }
    let half, p, freedom: Double
    switch looks {
    case .fixed:
      freedom = degreesOfFreedom
      let student = StudentDistribution(degreesOfFreedom: freedom)
      half = student.upperQuantile((1 - level) / 2) * error
      p = student.bothTails(difference / error)
    case .sequential(let sequence):
      freedom = .infinity
      half = sequence.halfWidth(units: units, alpha: 1 - level) * error
      p = min(earlierP, sequence.p(z: difference / error, units: units))
    }
    return Comparison(
      treatment: treatment, control: control, standardError: error, units: units, low: difference - half,
      high: difference + half,
      level: level, p: p, degreesOfFreedom: freedom)
  }
}
