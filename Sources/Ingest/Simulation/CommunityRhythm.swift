internal import Events

/// What makes one day of the community unlike another: weekdays, quiet days, growth, campaigns.
struct CommunityRhythm {
  /// Members who were there before the log begins.
  private static let oldMemberShare = 0.22
  /// How much of an ordinary day's visits Monday … Sunday see.
  private static let weekdayActivity = [1.0, 1.03, 1.0, 0.98, 1.04, 0.86, 0.8]
  private static let weekdayJoining = [1.0, 1.0, 1.0, 1.0, 1.1, 1.3, 1.2]

  let options: SimulationOptions
  /// The members `0..<oldMemberCount` joined before the first day.
  let oldMemberCount: Int
  /// `joinedEnds[d]`: the members before this index have joined by day d.
  let joinedEnds: [Int]
  /// Probability factors of visiting, by day.
  let activity: [Chance]

  init(_ options: SimulationOptions) {
    self.options = options
    oldMemberCount = Int(Double(options.memberCount) * Self.oldMemberShare)
    var weights: [Double] = []
    activity = (0..<options.dayCount).map { index in
      var stream = RandomStream(seed: options.seed, .rhythm, index)
      let weekday = (options.firstDay + index).weekday - 1
      let growth = 1 + 0.8 * Double(index) / Double(options.dayCount)
      let campaign = stream.hits(Chance(0.07)) ? 1.9 : 1
      weights.append(growth * campaign * Self.weekdayJoining[weekday] * (0.9 + 0.2 * stream.unit()))
      let quiet = stream.hits(Chance(0.06)) ? 0.6 : 1
      return Chance(0.92 * Self.weekdayActivity[weekday] * quiet * (0.97 + 0.06 * stream.unit()))
    }
    let newMemberCount = Double(options.memberCount - oldMemberCount)
    let total = weights.reduce(0, +)
    var sum = 0.0
    var ends: [Int] = []
    for weight in weights {
      sum += weight
      ends.append(oldMemberCount + Int(newMemberCount * sum / total))
    }
    ends[ends.count - 1] = options.memberCount
    joinedEnds = ends
  }

  /// The day on which the member of `index` joins, nil for old members; indices must come ascending.
  func joinDays() -> [Int?] {
    var days = [Int?](repeating: nil, count: oldMemberCount)
    days.reserveCapacity(options.memberCount)
    for (day, end) in joinedEnds.enumerated() {
      days.append(contentsOf: repeatElement(Int?(day), count: end - days.count))
    }
    return days
  }

  /// Probability that `member` visits on a day; 1 on the day of joining.
  func visitChance(_ member: SimulatedMember, on day: Int) -> Chance {
    let age = day - Int(member.joinDay)
    if age == 0 { return .always }
    if day > member.lastDay { return Chance(per65536: member.returns ? 160 : 40) }
    let novelty = Chance(per65536: UInt32(30_000 / (1 + age)))
    return member.habit.or(novelty) * activity[day]
  }

  /// When a visit starts, in microseconds after local midnight: near the member's own hour, later and
  /// more spread at weekends; what passes midnight comes in the small hours of the same day.
  func visitStart(_ member: SimulatedMember, on day: Int, _ stream: inout RandomStream) -> Int64 {
    let isWeekend = (options.firstDay + day).weekday > 5
    let center = Int64(member.ownMinute) * 60_000_000 + (isWeekend ? 2_700_000_000 : 0)
    let start = abs(center + stream.bell(spread: isWeekend ? 9_000_000_000 : 5_400_000_000))
    return start < WallClock.dayMicroseconds ? start : start - WallClock.dayMicroseconds
  }
}
