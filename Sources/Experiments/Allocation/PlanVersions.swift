/// Arms whose shares changed while the experiment ran: each plan version is compared within itself, then the versions
/// are combined by their size.
///
/// ```
/// arm = Σ (n_v / n) arm_v,   n_v = units of the version's two arms
/// ```
///
/// Pooling the units instead compares arms that lived through different weeks: when the rate of all drifts and the share
/// moves with it, the difference of pooled means is not an effect (Simpson's paradox). A unit belongs to one version; where sends are drawn, weigh them by
/// ``RatioSums/init(weighted:)`` instead.
package enum PlanVersions {
  /// - Throws: ``InsufficientData`` where there is no version.
  package static func combined(_ versions: [TwoEstimates]) throws(InsufficientData) -> TwoEstimates {
    let total = Double(versions.reduce(0) { $0 + $1.units })
    guard total > 0 else { throw InsufficientData(.planVersions, found: 0, needed: 1) }
    func arm(_ estimate: (TwoEstimates) -> Estimate) -> Estimate {
      var (value, unadjusted, variance, units) = (0.0, 0.0, 0.0, 0)
      for version in versions {
        let share = Double(version.units) / total
        let part = estimate(version)
        value += share * part.value
        unadjusted += share * part.unadjusted
        variance += share * share * part.variance
        units += part.units
      }
      return Estimate(value: value, standardError: variance.squareRoot(), units: units, unadjusted: unadjusted)
    }
    let covariance = versions.reduce(0) { sum, version in
      let share = Double(version.units) / total
      return sum + share * share * version.covariance
    }
    return TwoEstimates(
      treatment: arm(\.treatment), control: arm(\.control), covariance: covariance,
      units: versions.reduce(0) { $0 + $1.units })
  }
}
