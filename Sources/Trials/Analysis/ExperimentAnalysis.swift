package import Aggregation
internal import Columns
internal import Events
package import Experiments

/// What an experiment has shown as of one instant: the sample ratio, every goal and guardrail by arm, the verdict.
///
/// A pure function of the description and the units. Sequential p are the least of all nights up to as-of, worked out
/// anew from the units, so that they do not depend on who looked when.
package struct ExperimentAnalysis: Sendable {
  let frame: UnitFrame
  let sampleRatio: SampleRatio
  /// Goals, then guardrails, in the order of the units' outcomes.
  let outcomes: [OutcomeResult]
  /// What to do.
  package let verdict: Verdict
  var experiment: ExperimentDescription { frame.experiment }

  /// One goal or guardrail.
  struct OutcomeResult: Sendable {
    var estimates: GoalEstimates
    /// By arm, at the level that multiplicity leaves it.
    var comparisons: [Comparison?]
    /// By arm; of comparisons that are corrected for.
    var adjustedP: [Double?]
    /// By arm, of guardrails.
    var guardrails: [NonInferiority?]
  }

  /// Cost: one pass over the units for each outcome, on all cores.
  package init(_ experiment: ExperimentDescription, _ table: UnitTable) {
    let frame = UnitFrame(experiment, table)
    self.frame = frame
    sampleRatio = SampleRatio(frame)
    let goalCount = experiment.goals.count
    let estimates = onAllCores(experiment.units.outcomes.count) { outcome in
      let quantile = outcome < goalCount ? experiment.goals[outcome].quantile : nil
      return quantile.map { GoalEstimates(frame, outcome: outcome, quantile: $0) }
        ?? GoalEstimates(frame, outcome: outcome)
    }
    var outcomes = estimates.map { OutcomeResult($0) }
    let treatments = experiment.treatmentPlaces
    Self.compare(&outcomes, goals: 0..<1, arms: treatments, experiment)
    Self.compare(&outcomes, goals: 1..<goalCount, arms: treatments, experiment)
    if let holdout = experiment.holdoutPlace {
      for outcome in outcomes.indices {
        let level = 1 - experiment.alpha
        outcomes[outcome].comparisons[holdout] = outcomes[outcome].comparison(holdout, experiment, level: level)
      }
    }
    for (place, guardrail) in experiment.guardrails.enumerated() {
      let outcome = goalCount + place
      for arm in treatments {
        outcomes[outcome].comparisons[arm] = outcomes[outcome].comparison(arm, experiment, level: 1 - experiment.alpha)
        outcomes[outcome].guardrails[arm] = outcomes[outcome].estimates.against[arm]?.estimates.flatMap {
          try? NonInferiority(
            $0, harm: guardrail.harm, margin: guardrail.margin, looks: experiment.looks(arm: arm),
            alpha: experiment.alpha)
        }
      }
    }
    self.outcomes = outcomes
    verdict = Verdict(Self.results(frame, outcomes, sampleRatio))
  }

  /// Compares arms with the control over several goals, which share the level by Holm's rule.
  private static func compare(
    _ outcomes: inout [OutcomeResult], goals: Range<Int>, arms: [Int], _ experiment: ExperimentDescription
  ) {
    if goals.isEmpty { return }
    let pairs = goals.flatMap { goal in arms.map { (goal: goal, arm: $0) } }
    // What is not known yet counts among the comparisons, with a p of 1.
    let p = pairs.map { outcomes[$0.goal].comparison($0.arm, experiment, level: 1 - experiment.alpha)?.p ?? 1 }
    let adjusted = Multiplicity.holm(p)
    let alphas = Multiplicity.holmAlphas(p, alpha: experiment.alpha)
    for (place, pair) in pairs.enumerated() {
      outcomes[pair.goal].comparisons[pair.arm] =
        outcomes[pair.goal].comparison(pair.arm, experiment, level: 1 - alphas[place])
      if outcomes[pair.goal].comparisons[pair.arm] != nil { outcomes[pair.goal].adjustedP[pair.arm] = adjusted[place] }
    }
  }

  private static func results(
    _ frame: UnitFrame, _ outcomes: [OutcomeResult], _ sampleRatio: SampleRatio
  ) -> ExperimentResults {
    let experiment = frame.experiment
    let primary = outcomes[0]
    let arms = experiment.treatmentPlaces.map { arm in
      let missing = primary.estimates.against[arm]?.shortfall
      return ExperimentResults.Arm(
        name: experiment.arms[arm].name,
        primary: primary.comparisons[arm].map { .success($0) }
          ?? .failure(missing ?? InsufficientData([.init(arm: nil, .units, found: 0, needed: 100)])),
        guardrails: experiment.guardrails.enumerated().map { place, guardrail in
          .init(name: guardrail.name, result: outcomes[experiment.goals.count + place].guardrails[arm])
        })
    }
    let nights = frame.clustersByDay(0)
    let units = nights.last ?? 0
    let week = nights.count > 7 ? nights[nights.count - 8] : 0
    return ExperimentResults(
      arms: arms, sampleRatioP: sampleRatio.p ?? 1, isSequential: experiment.looks == .sequential, units: units,
      // Without a plan a fixed look is taken as it is; nightly looks have no last one.
      plannedUnits: experiment.plannedUnits ?? (experiment.looks == .sequential ? .max : 0),
      unitsPerDay: nights.isEmpty ? 0 : Double(units - week) / Double(min(7, nights.count)),
      completeDays: experiment.completeDays ?? frame.matureDayCount(0))
  }
}

extension ExperimentAnalysis.OutcomeResult {
  init(_ estimates: GoalEstimates) {
    self.estimates = estimates
    comparisons = estimates.arms.map { _ in nil }
    adjustedP = estimates.arms.map { _ in nil }
    guardrails = estimates.arms.map { _ in nil }
  }

  /// An arm against the control at a level; nil where too little is known.
  fileprivate func comparison(_ arm: Int, _ experiment: ExperimentDescription, level: Double) -> Comparison? {
    if experiment.looks == .fixed, let proportions = estimates.proportions {
      return try? TwoProportions(treatment: proportions[arm], control: proportions[experiment.controlPlace])
        .comparison(level: level)
    }
    guard let against = estimates.against[arm], let pair = against.estimates else { return nil }
    return try? pair.comparison(looks: experiment.looks(arm: arm), level: level, earlierP: against.earlierP)
  }
}

extension ExperimentDescription {
  /// Days that a test ran for which was run elsewhere, and is over: two weeks where the file does not say.
  fileprivate var completeDays: Int? {
    guard units.assignment.isFact else { return nil }
    guard let from = days.from, let to = days.to else { return Verdict.completeDaysMin }
    return to - from + 1
  }
}
