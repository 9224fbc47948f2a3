internal import Aggregation
internal import Events

/// What cannot be planned, said before anything is drawn.
struct PlanRules {
  private let experiment: ExperimentDescription
  private let settings: SendPlanSettings

  init(_ experiment: ExperimentDescription, _ settings: SendPlanSettings) {
    (self.experiment, self.settings) = (experiment, settings)
  }

  /// - Throws: ``AggregationError`` at the first contradiction.
  func check() throws(AggregationError) {
    if experiment.units.assignment.isFact {
      throw error("the arms of '\(experiment.name)' are attributes of members: there are no sends to plan", "")
    }
    if experiment.design == .communityRandomised {
      throw error(
        "whole communities are given arms once, not send by send",
        "Give each community its arm as a fact of its members, and send by that.")
    }
    let sending = experiment.arms.filter { $0.name != experiment.holdout && $0.weight > 0 }
    let held = experiment.holdoutPlace.map { experiment.arms[$0].weight } ?? 0
    if settings.floor * Double(sending.count) > 1 - held + 1e-12 {
      throw error(
        "a floor of \(shortText(settings.floor)) for \(sending.count) arms is more than the \(shortText(1 - held)) that "
          + "is not held out", "Lower plan: floor.")
    }
    if settings.quietHours != nil {
      if let arm = sending.first(where: { $0.minute == nil }) {
        throw error("the arm '\(arm.name)' has no time of day, so quiet hours cannot be kept", "Write at: \"20:20\".")
      }
      if experiment.design == .memberRandomised, experiment.days.from == nil {
        throw error(
          "members keep their arms, and which arms quiet hours leave is settled on the first day", "Write from:.")
      }
    }
    if settings.allocation == .thompson, experiment.design != .sendRandomised {
      throw error("arms that follow what was learned are drawn anew for each send", "Write design: send-randomised.")
    }
    try checkAccount(sending.count)
    if experiment.design == .switchback { try checkSwitchback(sending.count) }
  }

  private func checkAccount(_ count: Int) throws(AggregationError) {
    guard let account = settings.account, experiment.design != .switchback else { return }
    if experiment.goesByMemberClock {
      throw error("a mass send of an account leaves at one instant, not by the clock of each member", "Drop clock:.")
    }
    if count > account.sends {
      throw error(
        "a day of '\(experiment.name)' takes \(count) mass sends, one an arm, and the account has \(account.sends) a "
          + account.period.rawValue, "Use design: switchback, where one send a day reaches all.")
    }
  }

  private func checkSwitchback(_ count: Int) throws(AggregationError) {
    if experiment.days.from == nil {
      throw error("blocks of a switchback are counted from its first day", "Write from:.")
    }
    let weights = experiment.arms.map(\.weight).filter { $0 > 0 }
    if weights.contains(where: { abs($0 - weights[0]) > 1e-9 }) {
      throw error("a block of a switchback has each arm once, so arms weigh the same", "Give them equal weights.")
    }
  }

  private func error(_ message: String, _ hint: String) -> AggregationError {
    AggregationError(.usage, "\(experiment.file): \(message)", hint: hint)
  }
}

/// The order in which a switchback's mass sends take the arms: a block is the next K slots of one weekday, one an arm,
/// in an order that is drawn.
struct MassSendOrder {
  private let experiment: ExperimentDescription
  private let settings: SendPlanSettings
  private let arms: [Int]

  init(_ experiment: ExperimentDescription, _ settings: SendPlanSettings) {
    (self.experiment, self.settings) = (experiment, settings)
    arms = experiment.arms.indices.filter { experiment.arms[$0].weight > 0 }
  }

  /// - Precondition: the experiment has a first day, which is not after `day`.
  func arm(on day: CommunityDay) -> Int {
    let slot = (day - experiment.days.from!) / 7
    let block = "\(experiment.switchback?.seed ?? 1) \(day.weekday) \(slot / arms.count)"
    let draw = ArmDraw(experiment: experiment.name, version: settings.version, day: block)
    let order = arms.map { arm in
      var name = experiment.arms[arm].name
      return (name.withUTF8 { draw.position(of: UnsafeRawBufferPointer($0)) }, arm)
    }.sorted { $0 < $1 }
    return order[slot % arms.count].1
  }

  /// With which probability a slot has any one of its arms.
  var probability: Double { 1 / Double(arms.count) }
}
