package import Aggregation
internal import Events
package import Experiments

/// What other rules of send hours would have been worth, from sends whose arms were drawn with known probabilities.
///
/// Learned rules and the model of the doubly robust estimate go by the other folds of members, so that no member's
/// outcome chooses the arm that it is held against.
package struct PolicyAnalysis: Sendable {
  /// How a value is estimated.
  package enum Estimator: String, Sendable {
    case observed
    case inverse = "ips"
    case selfNormalised = "self-normalised"
    case doublyRobust = "doubly robust"
  }

  /// One value of one policy.
  package struct Row: Sendable, Equatable {
    package var policy: HourPolicy
    package var estimator: Estimator?
    package var value: Estimate?
    /// From the logging policy.
    package var difference: Comparison?
    package var sendCount: Int
    package var effectiveSends: Double?
    package var largestWeight: Double?
    /// Why there is no value.
    package var refusal: String?
  }

  package private(set) var rows: [Row] = []
  package private(set) var notes: [String] = []
  private let experiment: ExperimentDescription
  private let arms: [Int]

  /// - Throws: ``AggregationError`` for an experiment that cannot say it.
  package init(_ table: UnitTable, _ traits: UnitTraits, of experiment: ExperimentDescription) throws(AggregationError)
  {
    self.experiment = experiment
    arms = experiment.arms.indices.filter { $0 != experiment.holdoutPlace && experiment.arms[$0].weight > 0 }
    try Self.check(experiment)
    let sends = PolicySends(table, traits, arms: arms, of: experiment)
    let folded = FoldedArms(
      sends, arms: arms, armCount: experiment.arms.count, foldCount: FoldedCells.standardFolds)
    for policy in HourPolicy.allCases { rows += rows(of: policy, sends, folded) }
    notes = traits.notes + notes(sends, folded)
  }

  /// - Throws: ``AggregationError`` where arms are not drawn send by send or member by member, or a send has no value
  ///   of its own.
  package static func check(_ experiment: ExperimentDescription) throws(AggregationError) {
    guard [.sendRandomised, .memberRandomised].contains(experiment.design), !experiment.units.assignment.isFact else {
      throw AggregationError(
        .usage, "a \(experiment.design.rawValue) experiment does not draw the hour of each member's sends",
        hint: "Policies are valued from planned units of a send-randomised or member-randomised experiment.")
    }
    if experiment.goals[0].quantile != nil || experiment.units.outcomes[0].denominator != nil {
      throw AggregationError(
        .usage, "the primary goal '\(experiment.goals[0].name)' is no mean over sends",
        hint: "Make a goal primary that is a share or a mean.")
    }
  }

  private func rows(of policy: HourPolicy, _ sends: PolicySends, _ folded: FoldedArms) -> [Row] {
    let refused = { (text: String) in
      [Row(policy: policy, sendCount: sends.all.count, refusal: text)]
    }
    if policy == .logging { return [observed(sends)] }
    if policy == .bestHourBySegment, sends.segments.count == 1 {
      return refused("the experiment has no segments")
    }
    if policy == .ownHour, arms.contains(where: { experiment.arms[$0].minute == nil }) {
      return refused("an arm has no time of day (at)")
    }
    if sends.impossibleCount > 0 {
      return refused("\(sends.impossibleCount) sends have a propensity above what the holdout leaves")
    }
    var (sums, inverse, normalised, robust) = (
      PolicySums.zero, CrossedRatioSums.zero, CrossedRatioSums.zero, CrossedRatioSums.zero
    )
    sends.forEachCluster { places in
      let logged = places.map { place in
        let send = sends.all[place]
        let arm = self.arm(policy, send, folded)
        return LoggedSend(
          propensity: send.propensity.isNaN ? nil : send.propensity, policyProbability: arm == send.arm ? 1 : 0,
          outcome: send.value, predictedOfArm: folded.expected(of: send.arm, for: send),
          predictedOfPolicy: folded.expected(of: arm, for: send))
      }
      let member = PolicySums(member: logged)
      sums = sums + member
      let plain = (numerator: places.reduce(0) { $0 + sends.all[$1].value }, denominator: Double(places.count))
      func crossed(_ ratio: RatioSums) -> CrossedRatioSums {
        CrossedRatioSums(treatment: (ratio.numerator, ratio.denominator), control: plain)
      }
      inverse = inverse + crossed(member.inverse)
      normalised = normalised + crossed(member.selfNormalised)
      robust = robust + crossed(member.doublyRobust)
    }
    do throws(PolicyRefusal) {
      let value = try PolicyValue(sums)
      let all: [(Estimator, Estimate, CrossedRatioSums)] = [
        (.inverse, value.inverse, inverse), (.selfNormalised, value.selfNormalised, normalised),
        (.doublyRobust, value.doublyRobust, robust),
      ]
      return all.map { estimator, estimate, crossed in
        Row(
          policy: policy, estimator: estimator, value: estimate,
          difference: try? crossed.estimates().comparison(looks: .fixed), sendCount: sums.sends,
          effectiveSends: value.effectiveSends, largestWeight: value.largestWeightShare)
      }
    } catch {
      return refused(error.description)
    }
  }

  private func observed(_ sends: PolicySends) -> Row {
    var sums = RatioSums.zero
    sends.forEachCluster { places in
      sums =
        sums
        + RatioSums(numerator: places.reduce(0) { $0 + sends.all[$1].value }, denominator: Double(places.count))
    }
    var row = Row(policy: .logging, estimator: .observed, sendCount: sends.all.count)
    do throws(InsufficientData) { row.value = try sums.estimate() } catch {
      (row.estimator, row.refusal) = (nil, error.description)
    }
    return row
  }

  private func arm(_ policy: HourPolicy, _ send: PolicySends.Send, _ folded: FoldedArms) -> Int {
    switch policy {
    case .logging: return send.arm
    case .oneBestHour: return folded.best(for: send)
    case .bestHourBySegment: return folded.bestInSegment(for: send)
    case .ownHour:
      guard send.ownHour >= 0 else { return experiment.controlPlace }
      return nearestArm(to: send.ownHour, among: arms, minutes: experiment.arms.map(\.minute))
        ?? experiment.controlPlace
    }
  }

  private func notes(_ sends: PolicySends, _ folded: FoldedArms) -> [String] {
    if sends.all.isEmpty {
      return [
        sends.barredCount > 0
          ? "No plan of the experiment could draw every arm."
          : "No planned send of the experiment has a closed window."
      ]
    }
    func words(_ chosen: [(arm: Int, folds: Int)]) -> String {
      chosen.map { "\(experiment.arms[$0.arm].name) in \($0.folds) of \(FoldedCells.standardFolds) folds" }
        .joined(separator: ", ")
    }
    var notes = ["One best hour: \(words(folded.chosen(inSegment: nil)))."]
    if sends.segments.count > 1 {
      let present = Set(sends.all.map(\.segment))
      for (place, name) in sends.segments.enumerated().prefix(20) where present.contains(place) {
        notes.append("Best hour of \(name): \(words(folded.chosen(inSegment: place))).")
      }
    }
    let without = sends.all.count { $0.ownHour < 0 }
    if without > 0 {
      notes.append(
        "\(without) sends are to members without a session before: their own hour is the control "
          + "'\(experiment.control)'.")
    }
    if sends.barredCount > 0 {
      notes.append("\(sends.barredCount) sends are left out: their plan could not draw every arm.")
    }
    if let holdout = experiment.holdout {
      notes.append("Sends of '\(holdout)' are left out; propensities are those given that a push goes out.")
    }
    return notes
  }
}
