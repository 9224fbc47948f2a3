internal import Events

/// One arm of the experiment `push_time` under one plan: what was written, and what an analysis should find.
///
/// A unit is a member and a push that was planned for them. Probabilities are means over all units of the plan of
/// what would happen to them in this arm, so differences between arms of a plan are the true effects.
package struct PushArmTruth: Sendable, Equatable {
  /// The plan's version, such as `1`.
  package var plan: String
  /// The local time of sending, such as `08:30`; `none` is the holdout.
  package var arm: String
  /// The probability with which a unit is drawn into the arm.
  package var propensity: Double
  /// Units: `push_planned` records.
  package var planned = 0
  /// Pushes delivered: `push_sent` records.
  package var sent = 0
  /// Pushes that members decided to open; those opened after the last day have no record.
  package var opened = 0
  /// Members who decided to leave after a push; those who leave after the last day have no record.
  package var left = 0
  /// Probability that a unit opens; a push that is not delivered is not opened.
  package var openProbability = 0.0
  /// Probability that a unit leaves; after a push that is not delivered nobody does.
  package var leaveProbability = 0.0
}

/// Adds up the units of a simulation.
struct PushLedger {
  private static let armCount = PushExperiment.arms.count

  /// By plan, then by arm.
  private var arms: [PushArmTruth] = PushExperiment.plans.flatMap { plan in
    zip(PushExperiment.arms, plan.propensities).map {
      PushArmTruth(plan: plan.version, arm: $0, propensity: $1)
    }
  }
  /// Sums of chances of opening in 65,536ths, as `arms`.
  private var openChances = [Int](repeating: 0, count: PushExperiment.plans.count * armCount)

  /// Counts what `plan` says of a push of the `send`-th plan; nothing where no push was planned.
  mutating func count(
    _ plan: VisitPlan, of member: SimulatedMember, on day: Int, send: Int, _ experiment: PushExperiment
  ) {
    guard let drawn = plan.arm else { return }
    let first = send * Self.armCount
    arms[first + drawn].planned += 1
    arms[first + drawn].sent += plan.isDelivered ? 1 : 0
    arms[first + drawn].opened += plan.openSize > 0 ? 1 : 0
    arms[first + drawn].left += plan.leaves ? 1 : 0
    for arm in 0..<Self.armCount {
      openChances[first + arm] += Int(experiment.openChance(member, arm: arm, on: day).per65536)
    }
  }

  /// The arms of plans that planned anything.
  func finished() -> [PushArmTruth] {
    let delivery = Double(PushExperiment.delivery.per65536) / 65_536
    return PushExperiment.plans.indices.flatMap { plan -> [PushArmTruth] in
      let range = plan * Self.armCount..<(plan + 1) * Self.armCount
      let unitCount = arms[range].reduce(0) { $0 + $1.planned }
      if unitCount == 0 { return [] }
      return range.map { place in
        var truth = arms[place]
        truth.openProbability = delivery * Double(openChances[place]) / 65_536 / Double(unitCount)
        let leaving = PushExperiment.leaveChance(arm: place - range.lowerBound)
        truth.leaveProbability = delivery * Double(leaving.per65536) / 65_536
        return truth
      }
    }
  }
}
