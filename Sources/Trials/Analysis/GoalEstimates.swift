internal import Aggregation
internal import Experiments

/// What is known of one goal or guardrail by arm, at the last look, with the least p of all looks so far.
struct GoalEstimates: Sendable {
  /// One arm against the control.
  struct Against: Sendable {
    var estimates: TwoEstimates?
    /// The least p of the nights before the last; 1 where there was none.
    var earlierP = 1.0
    /// Units that could not be in both arms.
    var leftOutCount = 0
    var shortfall: InsufficientData?
  }

  /// By arm; nil where too little is known.
  var arms: [Estimate?]
  var shortfalls: [InsufficientData?]
  /// By arm; the control has none.
  var against: [Against?]
  /// By arm: clusters whose windows have closed.
  var clusters: [Int]
  /// θ and the share of units with a past; nil where nothing was adjusted.
  var adjustment: (theta: Double, observedShare: Double)?
  /// By arm, of shares of members, unadjusted: at one look these have a test of their own.
  var proportions: [ProportionSums]?

  /// Nothing is known yet, and nothing can be.
  init(unknown experiment: ExperimentDescription) {
    let count = experiment.arms.count
    let missing = experiment.arms.map {
      InsufficientData.Shortfall(arm: $0.name, .units, found: 0, needed: SampleRequirement.standard.units)
    }
    (arms, shortfalls) = (Array(repeating: nil, count: count), missing.map { InsufficientData([$0]) })
    clusters = [Int](repeating: 0, count: count)
    against = experiment.arms.indices.map { arm in
      experiment.comparedPlaces.contains(arm)
        ? Against(shortfall: InsufficientData([missing[arm], missing[experiment.controlPlace]])) : nil
    }
  }

  /// Looks at every night's sums; a fixed look at the last.
  init(_ frame: UnitFrame, outcome: Int) {
    self.init(unknown: frame.experiment)
    let strata = Strata(frame)
    guard let all = Nights(frame, outcome, strata) else { return }
    let isPast = !frame.table.outcomes[outcome].past.isEmpty
    let isProportion = frame.experiment.units.outcomes[outcome].isProportion
    let looks = LookReader(frame, isAdjusted: isPast, isProportion: isProportion)
    let total = all.total
    clusters = frame.experiment.arms.indices.map(total.clusters)
    for arm in frame.experiment.arms.indices {
      do throws(InsufficientData) {
        arms[arm] = try looks.estimate(arm, total)
        shortfalls[arm] = nil
      } catch { shortfalls[arm] = error }
    }
    for arm in frame.experiment.comparedPlaces {
      var result = Against()
      var nights = all
      if let isComparable = frame.isComparable(arm, frame.experiment.controlPlace) {
        result.leftOutCount = isComparable.count { !$0 }
        guard let some = Nights(frame, outcome, strata.keeping(isComparable)) else { continue }
        nights = some
      }
      for day in 0..<(frame.experiment.looks == .sequential ? nights.sums.count - 1 : 0) {
        guard let estimates = try? looks.estimates(arm, nights.sums[day], nights.parts[day]) else { continue }
        result.earlierP = min(result.earlierP, frame.experiment.p(estimates, arm: arm))
      }
      do throws(InsufficientData) {
        result.estimates = try looks.estimates(arm, nights.total, nights.parts[nights.parts.count - 1])
        // Its own figure is that of the comparison.
        if result.leftOutCount > 0 { arms[arm] = result.estimates?.treatment }
      } catch { result.shortfall = error }
      against[arm] = result
    }
    // Within versions an arm's own figure is that of its comparison; the control's that of the first.
    if strata.count > 1 {
      for arm in frame.experiment.comparedPlaces { arms[arm] = against[arm]?.estimates?.treatment }
      let control = frame.experiment.controlPlace
      arms[control] = against[frame.experiment.treatmentPlaces[0]]?.estimates?.control
    }
    let model = total.adjustments.numerator
    if isPast, model.theta != 0 { adjustment = (model.theta, model.observedShare) }
    if isProportion, adjustment == nil, frame.weighting == .none, against.allSatisfy({ ($0?.leftOutCount ?? 0) == 0 }),
      frame.experiment.design == .memberRandomised
    {
      proportions = frame.experiment.arms.indices.map {
        ProportionSums(events: total.events($0), units: total.rows($0))
      }
    }
  }

  /// Units by what keeps changed shares apart.
  private struct Strata {
    var count = 1
    var codes: [Int32] = []

    init(_ frame: UnitFrame) {
      if case .versions(let count) = frame.weighting { (self.count, codes) = (count, frame.table.versions.codes) }
    }

    func rows(_ frame: UnitFrame, _ outcome: Int) -> DailyMoments.Rows { frame.rows(outcome, strata: codes) }

    /// Without the rows that are not kept.
    func keeping(_ isKept: [Bool]) -> Strata {
      var kept = self
      kept.codes = isKept.enumerated().map { row, isKept in isKept ? codes.isEmpty ? 0 : codes[row] : -1 }
      return kept
    }
  }

  /// The sums of every night.
  private struct Nights {
    /// Up to each night.
    var sums: [MomentSums]
    /// The same by stratum, where there are several.
    var parts: [[MomentSums]]

    var total: MomentSums { sums[sums.count - 1] }

    /// Nil where no unit is mature.
    init?(_ frame: UnitFrame, _ outcome: Int, _ strata: Strata) {
      guard let moments = frame.moments(outcome, strata.rows(frame, outcome), stratumCount: strata.count) else {
        return nil
      }
      sums = Array(repeating: MomentSums(armCount: frame.experiment.arms.count), count: moments.dayCount)
      parts = Array(repeating: [], count: moments.dayCount)
      for stratum in 0..<strata.count {
        moments.forEachLook(stratum: stratum) { day, sums in
          self.sums[day] += sums
          if strata.count > 1 { parts[day].append(sums) }
        }
      }
    }
  }
}

extension ExperimentDescription {
  /// Arms that are held against the control: the treatments, and the holdout for what pushes add.
  var comparedPlaces: [Int] { arms.indices.filter { $0 != controlPlace && arms[$0].weight > 0 } }

  /// The looks of the comparison of an arm with the control.
  func looks(arm: Int) -> Looks {
    looks == .sequential ? .sequential(ConfidenceSequence(referenceUnits: reference(arm: arm))) : .fixed
  }

  /// N* of the comparison of an arm with the control: the file's, else a quarter of the planned units of the two.
  private func reference(arm: Int) -> Double {
    if let referenceUnits { return referenceUnits }
    guard let plannedUnits else { return ConfidenceSequence.referenceUnitsWithoutPlan }
    return max(100, Double(plannedUnits) * (arms[arm].weight + arms[controlPlace].weight) / 4)
  }

  /// N* of the first comparison: what the first look fixes.
  package var settledReferenceUnits: Double { reference(arm: treatmentPlaces[0]) }

  /// The p of one look.
  func p(_ estimates: TwoEstimates, arm: Int) -> Double {
    (try? estimates.comparison(looks: looks(arm: arm)).p) ?? 1
  }
}
