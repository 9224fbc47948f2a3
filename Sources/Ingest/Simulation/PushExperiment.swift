internal import Events

/// The experiment `push_time`: on every Tuesday and Friday each member whom pushes reach is drawn anew into one of
/// four send times, or into the holdout, which gets no push.
///
/// ```
/// planned ─▶ delivered (98 %) ─▶ opened ─▶ a visit
///                            └─▶ leaves the community, now and then
/// ```
///
/// A draw depends on seed, member and day alone. The second half of the days has a plan of its own with other
/// propensities, as an experiment has that adapts; opening wears off meanwhile.
struct PushExperiment {
  static let name = "push_time"
  static let arms = ["08:30", "12:30", "17:00", "20:20", "none"]
  private static let evening = 3
  /// The arm without a push.
  static let holdout = 4
  static let plans = [
    PushPlan(version: "1", propensities: [0.225, 0.225, 0.225, 0.225, 0.1]),
    PushPlan(version: "2", propensities: [0.15, 0.15, 0.15, 0.45, 0.1]),
  ]
  static let delivery = Chance(0.98)
  private static let armMinutes: [Int] = [510, 750, 1020, 1220]
  private static let leaving = [Chance(0.006), Chance(0.003), Chance(0.003), Chance(0.003), .never]
  /// For so long a member who has gone still gets pushes.
  private static let patienceDays = 14

  private let options: SimulationOptions
  private let choices = Self.plans.map { WeightedChoice($0.propensities) }

  init(_ options: SimulationOptions) { self.options = options }

  /// The plan, by its place in `plans`, by which pushes are sent on `day`; nil where none are. A day that the zone
  /// skips sends none.
  func plan(on day: Int) -> Int? {
    let date = options.firstDay + day
    guard date.weekday == 2 || date.weekday == 5, WallClock(date, in: options.zone).lengthMicroseconds > 0 else {
      return nil
    }
    return day * 2 < options.dayCount ? 0 : 1
  }

  /// The arm of a member on a day of `plan`.
  func arm(of index: Int, on day: Int, plan: Int) -> Int {
    var stream = RandomStream(seed: options.seed, .assignment, index, day)
    return choices[plan].draw(&stream)
  }

  static func reaches(_ member: SimulatedMember, on day: Int) -> Bool {
    member.acceptsPushes && day > member.joinDay && day <= Int(member.lastDay) + patienceDays
  }

  /// Probability of opening a push that was delivered: 4 %, and 17 % more at the member's own hour, falling off with
  /// the distance d on the clock as 1 / (1 + (d / 2 h)²); a tenth more of both in the evening; a sixth of it once the
  /// member has gone. From the first day to the last it wears off by a quarter.
  func openChance(_ member: SimulatedMember, arm: Int, on day: Int) -> Chance {
    if arm == Self.holdout { return .never }
    let apart = abs(Self.armMinutes[arm] - Int(member.ownMinute))
    let distance = min(apart, 1440 - apart)
    var fresh = 2_621 + 11_141 * 14_400 / (14_400 + distance * distance)
    if arm == Self.evening { fresh += fresh / 10 }
    let chance = fresh - fresh * day / (4 * options.dayCount)
    return Chance(per65536: UInt32(day > member.lastDay ? chance / 6 : chance))
  }

  /// Probability of leaving the community after a push that was delivered.
  static func leaveChance(arm: Int) -> Chance { leaving[arm] }

  /// When the pushes of `arm` begin to leave, in microseconds after local midnight.
  static func sendTime(arm: Int) -> Int64 { Int64(armMinutes[arm]) * 60_000_000 }

  /// The same as an instant of the day of `clock`: of a time that comes twice the first, of a time that is skipped
  /// its mirror behind the gap.
  static func sendInstant(arm: Int, _ clock: WallClock) -> Timestamp {
    let elapsed = clock.elapsed(atLocal: sendTime(arm: arm), secondTime: false)
    return Timestamp(microseconds: clock.start.microseconds + elapsed)
  }

  /// How long one push waits behind the others of its arm, in microseconds: a send takes up to 90 seconds.
  static func queueDelay(_ stream: inout RandomStream) -> Int64 { Int64(stream.below(90_000_000)) }

  /// How long a member takes to react: a quarter of an hour as a rule, never over 20 hours.
  static func reactionDelay(_ stream: inout RandomStream) -> Int64 {
    let mean: Int64 = stream.hits(Chance(0.7)) ? 420_000_000 : 3_600_000_000
    return min(1_000_000 + stream.waiting(mean: mean), 72_000_000_000)
  }
}

/// With which probability a member is drawn into each arm.
struct PushPlan {
  let version: String
  /// In the order of `PushExperiment.arms`; their sum is 1.
  let propensities: [Double]
}
