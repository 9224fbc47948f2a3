internal import Events

/// When the sends of one day leave, for members who live by one clock.
struct SendClock: Equatable {
  /// What a change of clocks does to a time of day.
  enum Irregularity { case skipped, doubled }

  /// One arm's send.
  struct Send: Equatable {
    var instant: Timestamp
    /// `2026-08-04T08:30:00+08:00`.
    var text: String
    /// Whether it falls into the quiet hours of the member's clock.
    var isQuiet: Bool
    var irregularity: Irregularity?
  }

  /// By arm; nil without a time of day.
  let sends: [Send?]

  /// - Parameters:
  ///   - zone: whose clock the times of day are of.
  ///   - own: the member's, for quiet hours.
  init(
    _ minutes: [Int?], on day: CommunityDay, zone: TimeZoneRules, own: TimeZoneRules,
    quiet: SendPlanSettings.QuietHours?
  ) {
    sends = minutes.map { minute in
      guard let minute else { return nil }
      let wanted = (Int64(day.number) * 1440 + Int64(minute)) * 60_000_000
      let instant = zone.instant(localMicroseconds: wanted)
      let local = instant.microseconds + Int64(own.offsetSeconds(at: instant)) * 1_000_000
      let minuteOfDay = Int(local.flooredDivision(by: 86_400_000_000).remainder / 60_000_000)
      return Send(
        instant: instant, text: localText(of: instant, in: zone), isQuiet: quiet?.hold(minuteOfDay) ?? false,
        irregularity: Self.irregularity(of: wanted, at: instant, in: zone))
    }
  }

  private static func irregularity(of wanted: Int64, at instant: Timestamp, in zone: TimeZoneRules) -> Irregularity? {
    let offset = Int64(zone.offsetSeconds(at: instant)) * 1_000_000
    if instant.microseconds + offset != wanted { return .skipped }
    // Clocks turn back by three hours at most.
    let later = Int64(zone.offsetSeconds(at: instant.adding(seconds: 3 * 3600))) * 1_000_000
    guard later < offset else { return nil }
    let second = Timestamp(microseconds: wanted - later)
    return Int64(zone.offsetSeconds(at: second)) * 1_000_000 == later ? .doubled : nil
  }
}

/// An instant as a clock of `zone` shows it, with its offset: `2026-08-04T08:30:00+08:00`.
func localText(of instant: Timestamp, in zone: TimeZoneRules) -> String {
  let offset = zone.offsetSeconds(at: instant)
  let local = Timestamp(microseconds: instant.microseconds + Int64(offset) * 1_000_000)
  let minutes = abs(offset) / 60
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(local.description.dropLast())\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
}
