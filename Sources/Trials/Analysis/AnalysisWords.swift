internal import Aggregation
internal import Events
internal import Experiments

/// An analysis in plain words.
extension ExperimentAnalysis {
  /// A figure as one says it: points of a share, else the number.
  private func figure(_ value: Double, of outcome: Int = 0) -> String {
    let scale = experiment.units.outcomes[outcome].isProportion ? 100.0 : 1
    let text = shortText((value * scale * 1000).rounded() / 1000)
    return experiment.units.outcomes[outcome].isProportion ? "\(text) points" : text
  }

  /// The verdict of the whole.
  package var verdictText: String {
    if frame.table.count == 0 { return "no units are planned yet" }
    return switch verdict {
    case .sampleRatioMismatch(let p):
      "no verdict: the arms do not hold the units that were promised to them (sample ratio p \(p == 0 ? "< 1e-300" : "= \(shortP(p))")); find out "
        + "where units were lost before reading on"
    case .stopped(let arm, let guardrails): "stopped: \(arm) harms \(guardrails.joined(separator: ", "))"
    case .insufficientData(let data):
      InsufficientData(data.shortfalls.enumerated().filter { data.shortfalls.firstIndex(of: $1) == $0 }.map(\.element))
        .description
    case .ship(let arm, _): "ship \(arm)"
    case .keepControl: "keep \(experiment.control): every other arm is worse"
    case .keepRunning(nil) where experiment.plannedUnits == nil:
      "keep running: nothing is decided yet, and without planned-units no day is the last (muster experiment power)"
    case .keepRunning: verdict.description
    case .noDifference(let most): "no difference larger than \(figure(most))"
    }
  }

  /// What a row says by itself.
  func words(_ outcome: Int, _ arm: Int) -> String? {
    if sampleRatio.isAlarm { return nil }
    let result = outcomes[outcome]
    // Without a push there is no tap, and nothing that it could harm.
    let isGuardrail = outcome >= experiment.goals.count
    if arm == experiment.holdoutPlace, isGuardrail || experiment.units.outcomes[outcome].isOfPush { return nil }
    guard arm != experiment.controlPlace, let against = result.estimates.against[arm] else {
      return result.estimates.shortfalls[arm].map(\.description)
    }
    if isGuardrail {
      guard let guardrail = result.guardrails[arm] else { return against.shortfall?.description }
      if guardrail.isHarmful { return "harmed by more than \(figure(guardrail.margin, of: outcome))" }
      return guardrail.isInside ? "inside the margin" : "open: harm up to \(figure(guardrail.upper, of: outcome))"
    }
    guard let comparison = result.comparisons[arm] else { return against.shortfall?.description }
    if comparison.low > 0 { return "higher" }
    if comparison.high < 0 { return "lower" }
    return "no difference shown"
  }

  /// What has to be said besides the rows.
  var notes: [String] {
    var notes = ["Verdict: \(verdictText)."]
    notes.append(
      experiment.looks == .sequential
        ? "Intervals and p hold at every nightly look together; N* = \(referenceText)."
        : "One look, fixed before: reading it again and again overstates.")
    if case .ship(let arm, _) = verdict {
      notes.append("The difference of \(arm) is optimistic: it was picked because it was the largest.")
    }
    if let bayes = bayesText { notes.append(bayes) }
    notes += sampleRatio.notes
    notes += experiment.units.outcomes.indices.compactMap(note)
    switch frame.weighting {
    case .none: break
    case .propensities: notes.append("Shares of the arms differ between units: each unit counts 1 / propensity times.")
    case .versions(let count):
      notes.append("Shares changed between \(count) plan versions: estimated within each, combined by size.")
    }
    return notes + exclusionNotes
  }

  private var referenceText: String {
    if let units = experiment.referenceUnits { return shortText(units) }
    if experiment.plannedUnits == nil { return "5000, for want of a plan: muster experiment power" }
    return "max(100, planned units of the two arms / 4)"
  }

  /// What belongs to one outcome.
  private func note(_ outcome: Int) -> String? {
    let name = experiment.units.outcomes[outcome].name
    var parts: [String] = []
    let open = frame.immatureCount(outcome)
    if open > 0 {
      parts.append(
        "\(open) \(open == 1 ? "unit is" : "units are") not counted yet, \(open == 1 ? "its" : "their") windows are open"
      )
    }
    for arm in experiment.comparedPlaces {
      guard let count = outcomes[outcome].estimates.against[arm]?.leftOutCount, count > 0 else { continue }
      let control = experiment.arms[experiment.controlPlace].name
      parts.append(
        "\(experiment.arms[arm].name) is compared without \(count) \(count == 1 ? "unit" : "units") whose plan could not draw "
          + "both it and \(control)")
    }
    if let adjustment = outcomes[outcome].estimates.adjustment {
      let plain = experiment.arms.indices.compactMap { arm in
        outcomes[outcome].estimates.arms[arm].map { "\(experiment.arms[arm].name) \(shortP($0.unadjusted))" }
      }
      parts.append(
        "adjusted by the 14 days before the anchor (θ = \(shortP(adjustment.theta)), known of "
          + "\(Int((adjustment.observedShare * 100).rounded())) % of units)"
          + (plain.isEmpty ? "" : "; unadjusted \(plain.joined(separator: ", "))"))
    }
    return parts.isEmpty ? nil : "\(name): \(parts.joined(separator: "; "))."
  }

  /// Beliefs, which decide nothing.
  private var bayesText: String? {
    let arms = experiment.arms.indices.filter { $0 != experiment.holdoutPlace }
    let known = arms.compactMap { arm in outcomes[0].estimates.arms[arm].map { (arm, $0) } }
    guard known.count == arms.count, known.allSatisfy({ $0.1.standardError > 0 }) else { return nil }
    let shares = outcomes[0].estimates.proportions
    let best = BestArm(known.map { place, estimate in shares.map { Posterior($0[place]) } ?? Posterior(estimate) })
    let parts = known.indices.map { place in
      "\(experiment.arms[known[place].0].name) \(shortP(best.probabilityBest[place])), loss "
        + shortP(best.expectedLoss[place])
    }
    return "Believed best, after a prior that favours nothing (this sets no verdict): \(parts.joined(separator: "; "))."
  }

  private var exclusionNotes: [String] {
    let out = frame.table.exclusions
    var notes: [String] = []
    if out.inTwoArms > 0 { notes.append("Left out: \(counted(out.inTwoArms, "unit")) planned in two arms.") }
    for (arm, count) in out.unknownArms.sorted(by: { $0.key < $1.key }).prefix(5) {
      notes.append("Left out: \(counted(count, "unit")) of the arm '\(arm)', which the experiment does not have.")
    }
    if out.withoutPush > 0 { notes.append("Left out: \(counted(out.withoutPush, "planned row")) without a push.") }
    // Under a filter other sends are other experiments'.
    if out.unplannedSends > 0, experiment.units.scope.filter == nil {
      notes.append("Not counted: \(counted(out.unplannedSends, "send")) that nobody planned.")
    }
    if out.tapsBeforeSend > 0 {
      notes.append(
        "Not counted: \(counted(out.tapsBeforeSend, "tap")) before \(out.tapsBeforeSend == 1 ? "its" : "their") send.")
    }
    for (name, count) in out.unusableValues.sorted(by: { $0.key < $1.key }) {
      let isSum = experiment.units.outcomes.contains { outcome in
        if case .sum = outcome.measure.kind { return outcome.name == name }
        return false
      }
      notes.append(
        isSum
          ? "\(name): \(counted(count, "value")) without a number, which \(count == 1 ? "adds" : "add") nothing."
          : "\(name): left out \(counted(count, "unit")) whose value is no number of this figure.")
    }
    let seen = Set(frame.table.arms)
    for (place, arm) in experiment.arms.enumerated() where arm.weight > 0 && !seen.contains(UInt8(place)) {
      notes.append("The arm '\(arm.name)' has no units.")
    }
    return notes
  }
}

/// A figure with four digits that count.
func shortP(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)")" }
  var (scaled, exponent) = (abs(value), 0)
  while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
  while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
  let digits = (scaled * 1000).rounded() / 1000
  let sign = value < 0 ? "-" : ""
  if exponent < -4 || exponent > 5 { return "\(sign)\(shortText(digits))e\(exponent)" }
  var factor = 1.0
  for _ in 0..<abs(exponent - 3) { factor *= 10 }
  let rounded = exponent <= 3 ? (abs(value) * factor).rounded() / factor : abs(value).rounded()
  return sign + shortText(rounded)
}
