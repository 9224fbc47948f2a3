internal import Glibc

/// The share of cases that are still open after a time, where some were left open when the looking stopped.
///
/// Kaplan and Meier (1958): S(t) = Π (1 − d/n) over the times ≤ t at which d of the n cases then at risk ended. At equal
/// times ends come before censoring. The interval is Greenwood's on the scale log(−log S), 95 %.
///
/// Where nothing was censored between two ends the product telescopes and is reckoned as one ratio, so that without
/// censoring S is the exact share.
package struct KaplanMeier: Sendable {
  /// A case: how long it lasted, or has lasted so far.
  package struct Case: Sendable, Equatable {
    package var duration: Int64
    package var isEnded: Bool

    package init(duration: Int64, isEnded: Bool) {
      (self.duration, self.isEnded) = (duration, isEnded)
    }
  }

  /// S just after a time at which cases ended, and the sum of d / (n (n − d)) up to it; infinite once S is 0.
  struct Step: Sendable {
    var time: Int64
    var survival: Double
    var greenwood: Double
  }

  let steps: [Step]
  /// The longest duration seen, ended or not; nil without cases.
  let last: Int64?

  /// Costs a sort. The order of `cases` makes no difference.
  package init(_ cases: [Case]) {
    let ordered = cases.sorted { ($0.duration, $0.isEnded ? 0 : 1) < ($1.duration, $1.isEnded ? 0 : 1) }
    var steps: [Step] = []
    var atRisk = ordered.count
    // S = before · atRisk / start, with no case censored since `start` were at risk.
    var (before, start, greenwood) = (1.0, ordered.count, 0.0)
    var row = 0
    while row < ordered.count {
      let time = ordered[row].duration
      var (ended, censored) = (0, 0)
      while row < ordered.count, ordered[row].duration == time {
        if ordered[row].isEnded { ended += 1 } else { censored += 1 }
        row += 1
      }
      if ended > 0 {
        let left = atRisk - ended
        greenwood = left == 0 ? .infinity : greenwood + Double(ended) / (Double(atRisk) * Double(left))
        steps.append(Step(time: time, survival: before * Double(left) / Double(start), greenwood: greenwood))
        atRisk = left
      }
      if censored > 0 {
        if start > 0 { before = before * Double(atRisk) / Double(start) }
        atRisk -= censored
        start = atRisk
      }
    }
    self.steps = steps
    last = ordered.last?.duration
  }

  /// The first time at which no more than half are open; nil where that is not reached.
  package var median: Int64? { steps.first { $0.survival <= Self.half }?.time }

  /// One half, where products of rounded shares that come to it end too.
  static let half = 0.5 + 1e-12

  /// The share that ended within `time`, and its interval.
  ///
  /// Nil past the longest duration while cases are open: nobody was watched for so long. The interval is nil where S is
  /// 0 or 1, for which the scale has no place.
  package func ended(within time: Int64) -> (share: Double, interval: (low: Double, high: Double)?)? {
    guard let last else { return nil }
    let step = steps.last { $0.time <= time }
    let survival = step?.survival ?? 1
    if time > last, survival > 0 { return nil }
    guard let step, survival > 0, survival < 1 else { return (1 - survival, nil) }
    let logarithm = log(survival)
    let half = WilsonInterval.z * step.greenwood.squareRoot() / -logarithm
    return (1 - survival, (1 - exp(logarithm * exp(-half)), 1 - exp(logarithm * exp(half))))
  }
}
