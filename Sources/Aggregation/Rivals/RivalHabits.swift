internal import Events

extension ActivityQuestion {
  /// What a rival's rules make of it.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var adapted = RivalQuestion(self)
    if rival == .discourse, let trailing, trailing != 30 {
      var question = self
      question.trailing = 30
      adapted.question = question
      adapted.rules = ["a month is the 30 days that end with the day"]
    }
    return adapted
  }
}

extension LifecycleQuestion {
  /// What a rival's rules make of it.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var adapted = RivalQuestion(self)
    if !by.isEmpty { return adapted.withoutGroups() }
    switch rival {
    case .amplitude: break
    case .posthog:
      adapted.rules = ["new is who was created in the interval, so new, resurrected and pulse are left empty"]
      adapted.missing = ["the log does not say when PostHog created a person"]
      adapted.finish = { answer in
        for row in answer.rows.indices { for column in [1, 3, 5] { answer.rows[row][column] = .null } }
      }
    case .mixpanel, .discourse: adapted.missing = ["\(rival.name) has no lifecycle"]
    }
    return adapted
  }
}

extension StickinessQuestion {
  /// What a rival's rules make of it.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var question = self
    var adapted = RivalQuestion(self)
    if !by.isEmpty { return adapted.withoutGroups() }
    switch (rival, distribution) {
    case (.discourse, false):
      question.window = 30
      adapted.question = question
      adapted.rules = [
        "a month is the 30 days that end with the day", "a day's ratio is rounded up to two decimals of a percentage",
        "it is 0 where the month has no members, and there from the first day of data on",
        "the figure of the range is the mean of the days' ratios, rounded up",
      ]
      adapted.finish = Self.roundLikeDiscourse
    case (.discourse, true): adapted.missing = ["Discourse has no distribution of active days"]
    case (.posthog, true):
      adapted.rules = ["it counts exactly so many days, never at least so many"]
      adapted.finish = { answer in
        for row in answer.rows.indices { answer.rows[row][2] = .null }
      }
    case (.posthog, false): adapted.missing = ["PostHog has no ratio of a day to its month"]
    case (.amplitude, _), (.mixpanel, _): break
    }
    return adapted
  }

  private static let roundLikeDiscourse: @Sendable (inout Answer) -> Void = { answer in
    var ratios: [Int] = []
    for row in answer.rows.indices {
      guard case .int(let active) = answer.rows[row][1], case .int(let month) = answer.rows[row][2] else { continue }
      // Hundredths of a percent, rounded up.
      let ratio = month == 0 ? 0 : (active * 10_000 + month - 1) / month
      answer.rows[row][3] = .float(Double(ratio) / 10_000)
      if answer.rows[row][4] == .bool(true) { ratios.append(ratio) }
    }
    answer.notes.removeAll { $0.hasPrefix("No ratio before") || $0.hasPrefix("Over ") }
    if ratios.isEmpty { return }
    let mean = (ratios.reduce(0, +) + ratios.count - 1) / ratios.count
    answer.notes.append("Over \(ratios.count) complete days: mean of the days' ratios \(Double(mean) / 10_000).")
  }
}
