package import Aggregation
package import Events

/// Who gets which arm on which day: the planned units of some days, and whom they leave out.
///
/// ```
/// day      members, by the hash of their ids
/// Aug 11   m7:08:30  m2:none  m9:refused  m4:20:20 …
/// Aug 14   m7:20:20  m2:08:30 m9:12:30    m4:refused …
/// ```
package struct SendPlan: Sendable {
  /// Why a member is not planned for on a day.
  package enum Refusal: Int, CaseIterable, Sendable, CustomStringConvertible {
    case accountQuota, plannedBefore, memberCap, quietHours

    package var description: String {
      switch self {
      case .accountQuota: "the account has no send left"
      case .plannedBefore: "planned before"
      case .memberCap: "the member has had enough"
      case .quietHours: "quiet hours"
      }
    }
  }

  /// The name of a day's push.
  package static func push(of experiment: ExperimentDescription, on day: CommunityDay) -> String {
    "\(experiment.name)-\(day)"
  }

  /// How one day's sends are drawn for the members of one zone.
  struct Choice {
    /// Nil where every arm with a send falls into quiet hours.
    var probabilities: ArmProbabilities?
    var clock: SendClock
    /// By arm: whether quiet hours rule it out.
    var isQuiet: [Bool]
  }

  /// One day with sends.
  struct Day {
    var day: CommunityDay
    /// 00:00 of the community.
    var anchor: String
    var push: String
    var draw: ArmDraw
    /// Of a mass send: the one arm of the day.
    var massArm: Int?
    /// Whether the account has sends left.
    var isOpen: Bool
    /// By place of the member's zone + 1; the first is the community's.
    var choices: [Choice]
  }

  /// How many members of one zone one day has.
  struct Counts {
    /// By arm.
    var planned: [Int]
    /// By refusal.
    var refused = [Int](repeating: 0, count: Refusal.allCases.count)
    /// By arm: members for whom quiet hours rule it out.
    var quiet: [Int]

    init(armCount: Int) {
      planned = [Int](repeating: 0, count: armCount)
      quiet = planned
    }

    mutating func add(_ other: Counts) {
      for arm in planned.indices {
        planned[arm] += other.planned[arm]
        quiet[arm] += other.quiet[arm]
      }
      for place in refused.indices { refused[place] += other.refused[place] }
    }
  }

  let experiment: ExperimentDescription
  let roster: MemberRoster
  let version: String
  let days: [Day]
  /// Keys of the eligible members, by the hash of their ids.
  let members: [Int32]
  /// By day, by place in `members`: the arm, or ``none``.
  let arms: [[UInt8]]
  /// By day, by place of the zone + 1.
  let counts: [[Counts]]

  static let none = UInt8.max

  /// Planned units of all days.
  package var unitCount: Int { counts.joined().reduce(0) { $0 + $1.planned.reduce(0, +) } }

  /// The first day with sends.
  package var firstDay: CommunityDay? { days.first?.day }
  /// The last one.
  package var lastDay: CommunityDay? { days.last?.day }

  /// Members that a day plans for.
  package func members(on day: CommunityDay, inArm arm: Int) -> Int {
    zip(days, counts).filter { $0.0.day == day }.reduce(0) { $0 + $1.1.reduce(0) { $0 + $1.planned[arm] } }
  }

  /// Members that a day leaves out for one reason.
  package func members(on day: CommunityDay, refusedFor reason: Refusal) -> Int {
    zip(days, counts).filter { $0.0.day == day }.reduce(0) {
      $0 + $1.1.reduce(0) { $0 + $1.refused[reason.rawValue] }
    }
  }

  /// With which probability an arm is drawn for the members of one zone; nil where none is.
  func probability(of arm: Int, in choice: Choice, on day: Day) -> Double? {
    guard let probabilities = choice.probabilities else { return nil }
    if day.massArm == nil { return probabilities.values[arm] }
    return MassSendOrder(experiment, experiment.sendPlan ?? SendPlanSettings()).probability
  }

  /// What the records of members of one zone call the plan: one name, one set of probabilities. Where quiet hours rule
  /// arms out, those that are left are part of it, so that arms are compared over members who could be in both.
  func version(of choice: Choice) -> String {
    guard let probabilities = choice.probabilities else { return version }
    let offered = experiment.arms.indices.filter { experiment.arms[$0].weight > 0 }
    let left = offered.filter { probabilities.values[$0] > 0 }
    return left.count == offered.count
      ? version : "\(version)/\(left.map { experiment.arms[$0].name }.joined(separator: "+"))"
  }

  /// The mean probability of each arm over the members that are planned for.
  func meanProbabilities() -> [Double] {
    var sums = [Double](repeating: 0, count: experiment.arms.count)
    for (day, counts) in zip(days, counts) {
      for (choice, counts) in zip(day.choices, counts) {
        let count = Double(counts.planned.reduce(0, +))
        for arm in sums.indices where experiment.arms[arm].weight > 0 {
          sums[arm] += count * (probability(of: arm, in: choice, on: day) ?? 0)
        }
      }
    }
    let total = sums.reduce(0, +)
    return total == 0 ? sums : sums.map { $0 / total }
  }
}

extension SendPlan {
  /// What a plan of some days has to know of members.
  /// - Parameter readsAhead: whether plans for days after as-of stand: not where as-of is an instant of the past.
  package static func rosterQuestion(
    _ experiment: ExperimentDescription, _ days: ClosedRange<CommunityDay>, readsAhead: Bool
  ) -> RosterQuestion {
    let settings = experiment.sendPlan ?? SendPlanSettings()
    var question = RosterQuestion(days: days)
    (question.condition, question.activeWithinDays) = (settings.members, settings.activeWithinDays)
    question.sent = experiment.units.sent
    question.readsAhead = readsAhead
    if case .event(let name) = experiment.units.assignment { question.planned = name }
    question.holdout = experiment.holdout
    question.pushes = Set(
      (days.lowerBound.number...days.upperBound.number).map { push(of: experiment, on: CommunityDay($0)) })
    // A quota of a month looks back to its first day.
    let month = settings.account?.period == .month ? days.lowerBound.civil.day - 1 : 0
    question.daysBefore = max(settings.perMember.map { $0.days - 1 } ?? 0, month)
    return question
  }
}
