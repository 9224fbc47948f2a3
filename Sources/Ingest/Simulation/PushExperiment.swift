internal import Events

/// The experiment `push_time`: every Tuesday and Friday, each member's push goes out at the time of its arm.
struct PushExperiment {
  static let name = "push_time"
  static let arms = ["08:30", "12:30", "17:00", "20:20"]
  private static let armMinutes: [Int] = [510, 750, 1020, 1220]
  /// For so long a member who has gone still gets pushes.
  private static let patienceDays = 14

  static func isSendDay(_ day: CommunityDay) -> Bool { day.weekday == 2 || day.weekday == 5 }

  static func reaches(_ member: SimulatedMember, on day: Int) -> Bool {
    member.acceptsPushes && day > member.joinDay && day <= Int(member.lastDay) + patienceDays
  }

  /// Probability of opening: 4 %, and 17 % more at the member's own hour, falling off with the distance d
  /// on the clock as 1 / (1 + (d / 2 h)²); a sixth of it once the member has gone.
  static func openChance(_ member: SimulatedMember, on day: Int) -> Chance {
    let apart = abs(armMinutes[Int(member.arm)] - Int(member.ownMinute))
    let distance = min(apart, 1440 - apart)
    let chance = 2_621 + 11_141 * 14_400 / (14_400 + distance * distance)
    return Chance(per65536: UInt32(day > member.lastDay ? chance / 6 : chance))
  }

  /// When the push of `arm` leaves, in microseconds after local midnight; a send takes up to 90 seconds.
  static func sendTime(arm: UInt8, _ stream: inout RandomStream) -> Int64 {
    Int64(armMinutes[Int(arm)]) * 60_000_000 + Int64(stream.below(90_000_000))
  }

  /// How long an open takes: a quarter of an hour as a rule, never over 20 hours.
  static func openDelay(_ stream: inout RandomStream) -> Int64 {
    let mean: Int64 = stream.hits(Chance(0.7)) ? 420_000_000 : 3_600_000_000
    return min(1_000_000 + stream.waiting(mean: mean), 72_000_000_000)
  }
}
