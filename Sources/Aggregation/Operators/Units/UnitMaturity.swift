package import Events

/// When the windows of an experiment's outcomes have closed.
struct UnitMaturity {
  private let question: UnitQuestion
  private let resolved: ResolvedQuestion

  init(_ question: UnitQuestion, _ resolved: ResolvedQuestion) { (self.question, self.resolved) = (question, resolved) }

  /// The last anchor among the days asked for whose windows have closed, whatever the arm; nil where none has. Day 0
  /// where units have no days.
  func lastDay(_ outcome: UnitQuestion.Outcome) -> CommunityDay? {
    guard question.readsEvents else { return CommunityDay(0) }
    guard let days = resolved.days else { return nil }
    func isMature(_ day: CommunityDay) -> Bool {
      guard outcome.isOfPush else { return resolved.hasEnded(before: day + outcome.windowDays) }
      let sent = UnitQuestion.latestSend(on: day, after: question.latestSendSeconds, in: resolved.zone)
      return sent.adding(seconds: outcome.windowSeconds) <= resolved.asOf
    }
    var day = min(days.upperBound, resolved.zone.day(of: resolved.asOf))
    while day >= days.lowerBound, !isMature(day) { day = day - 1 }
    return day >= days.lowerBound ? day : nil
  }
}

extension UnitQuestion {
  /// When a wall clock shows so many seconds after a day's midnight: no send of that day leaves later.
  package static func latestSend(on day: CommunityDay, after seconds: Int64, in zone: TimeZoneRules) -> Timestamp {
    zone.instant(localMicroseconds: (Int64(day.number) * 86400 + seconds) * 1_000_000)
  }
}
