internal import Aggregation
internal import Experiments

extension GoalEstimates {
  /// A goal that is a quantile of the units' values: one look at the mature units, and every night where looks are
  /// sequential.
  init(_ frame: UnitFrame, outcome: Int, quantile share: Double) {
    let experiment = frame.experiment
    self.init(unknown: experiment)
    let nights = frame.matureDayCount(outcome)
    guard nights > 0 else { return }
    let first = experiment.looks == .sequential ? 1 : nights
    for arm in experiment.comparedPlaces { against[arm] = Against() }
    for night in first...nights {
      let samples = Self.samples(frame, outcome, before: Int32(night))
      let estimates = samples.map { $0.estimate(share) }
      let isLast = night == nights
      for arm in experiment.comparedPlaces {
        switch (estimates[arm], estimates[experiment.controlPlace]) {
        case (.success(let one), .success(let control)):
          let pair = TwoEstimates(treatment: one, control: control)
          if isLast {
            against[arm]?.estimates = pair
          } else {
            against[arm]!.earlierP = min(against[arm]!.earlierP, experiment.p(pair, arm: arm))
          }
        case (.failure(let missing), _), (_, .failure(let missing)): if isLast { against[arm]?.shortfall = missing }
        }
      }
      guard isLast else { continue }
      for arm in experiment.arms.indices {
        switch estimates[arm] {
        case .success(let estimate): (arms[arm], shortfalls[arm]) = (estimate, nil)
        case .failure(let missing): shortfalls[arm] = missing
        }
        clusters[arm] = samples[arm].clusters.units
      }
    }
  }

  /// One arm's values, and how many of each cluster lie at or below their quantile.
  private struct Sample {
    var values = ValueCounts.zero
    var rows: [(cluster: Int32, value: Double)] = []
    var clusters: RatioSums = .zero

    func estimate(_ share: Double) -> Result<Estimate, InsufficientData> {
      do throws(InsufficientData) {
        guard clusters.units >= SampleRequirement.standard.units else {
          throw InsufficientData(
            [.init(arm: nil, .units, found: clusters.units, needed: SampleRequirement.standard.units)])
        }
        if clusters.units == values.count { return .success(try SampleQuantile(values, share: share).estimate) }
        guard let middle = values.quantile(share) else {
          throw InsufficientData([.init(arm: nil, .units, found: 0, needed: 100)])
        }
        var below = RatioSums.zero
        var place = 0
        while place < rows.count {
          var (x, n) = (0.0, 0.0)
          let cluster = rows[place].cluster
          while place < rows.count, rows[place].cluster == cluster {
            n += 1
            x += rows[place].value <= middle ? 1 : 0
            place += 1
          }
          below = below + RatioSums(numerator: x, denominator: n)
        }
        return .success(try SampleQuantile(values, share: share, clustered: below).estimate)
      } catch { return .failure(error) }
    }
  }

  private static func samples(_ frame: UnitFrame, _ outcome: Int, before night: Int32) -> [Sample] {
    var samples = frame.experiment.arms.map { _ in Sample() }
    var units = frame.experiment.arms.map { _ in 0 }
    var last = frame.experiment.arms.map { _ in Int32.min }
    let values = frame.table.outcomes[outcome].values
    for row in 0..<frame.table.count where frame.dayPlaces[row] < night && !values[row].isNaN {
      let arm = Int(frame.table.arms[row])
      samples[arm].rows.append((frame.table.clusters[row], values[row]))
      if frame.table.clusters[row] != last[arm] { units[arm] += 1 }
      last[arm] = frame.table.clusters[row]
    }
    for arm in samples.indices {
      samples[arm].values = ValueCounts(samples[arm].rows.lazy.map(\.value))
      samples[arm].clusters = RatioSums(
        units: units[arm], numerator: 0, denominator: 0, numeratorSquares: 0, denominatorSquares: 0, products: 0)
    }
    return samples
  }
}
