internal import Events

extension RetentionQuestion {
  /// What a rival's rules make of it.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var question = self
    var adapted = RivalQuestion(self)
    switch rival {
    case .amplitude:
      question.clock = .rollingHour
      adapted.rules = ["periods are 24 hours, 7 or 30 days from the start, with instants floored to the hour"]
      if case .first(let kind?) = start {
        question.start = .recurring(kind)
        adapted.rules.append("every start opens a window of its own, one a member and cohort")
      }
    case .mixpanel:
      question.clock = .rolling
      question.pool = .mixpanel
      adapted.rules = [
        "periods are 24 hours, 7 or 30 days from the start",
        "the line over all cohorts is weighted by cohort size twice",
      ]
    case .posthog:
      question.clock = .calendar
      adapted.rules = ["period 0 is always 100 %"]
      if clock != .calendar { adapted.rules.append("periods are calendar intervals") }
      adapted.finish = Self.fillPeriodZero
    case .discourse: adapted.missing = ["Discourse has no retention by cohort"]
    }
    adapted.question = question
    return adapted
  }

  /// Everybody counts as returned in period 0.
  private static let fillPeriodZero: @Sendable (inout Answer) -> Void = { answer in
    for row in answer.rows.indices where answer.rows[row][2] == .int(0) {
      guard case .int(let size) = answer.rows[row][1], answer.rows[row][3] != .null else { continue }
      let interval = WilsonInterval(successes: size, trials: size)
      answer.rows[row][3] = .int(size)
      answer.rows[row][5] = .ratio(size, of: size)
      answer.rows[row][6] = interval.map { .float($0.low) } ?? .null
      answer.rows[row][7] = interval.map { .float($0.high) } ?? .null
    }
  }
}
