package import Events

/// Days asked for, both included; nil is the first or last day that holds data.
package struct DayRange: Sendable, Equatable {
  package var from: CommunityDay?
  package var to: CommunityDay?

  package init(from: CommunityDay? = nil, to: CommunityDay? = nil) {
    self.from = from
    self.to = to
  }
}

/// How many events and active members, by interval.
package struct ActivityQuestion: Sendable, Equatable {
  package var days = DayRange()
  package var granularity = Granularity.day
  /// Count the members of the N days that end with each day, instead of the day's own.
  package var trailing: Int?
  /// Columns to break down by: `event` or declared dimensions.
  package var by: [String] = []
  package var filter: Filter?

  package init() {}
}

/// How many of those who started in an interval came back `on` exactly the k-th interval after it.
package struct RetentionQuestion: Sendable, Equatable {
  /// Cohorts start in these days; returns count up to as-of.
  package var days = DayRange()
  package var cohort = Granularity.day
  /// The last k; nil is 30 for days and 12 for weeks and months.
  package var periods: Int?
  /// Both the start and the return must match.
  package var filter: Filter?

  package init() {}

  /// A longer triangle is refused.
  package static let periodMax = 1000

  /// The last k that is asked for.
  package var lastPeriod: Int { periods ?? (cohort == .day ? 30 : 12) }
}

/// A question that the engine answers and that ``Question/sql(_:over:)`` compiles.
package enum Question: Sendable, Equatable {
  case activity(ActivityQuestion)
  case retention(RetentionQuestion)

  /// The word behind `muster query`.
  package var metric: String {
    switch self {
    case .activity: "activity"
    case .retention: "retention"
    }
  }

  /// The stable id of what its numbers mean.
  package var definition: String {
    switch self {
    case .activity(let question): question.trailing == nil ? "activity.active_members/1" : "activity.trailing/1"
    case .retention: "retention.on/1"
    }
  }

  var days: DayRange {
    switch self {
    case .activity(let question): question.days
    case .retention(let question): question.days
    }
  }

  var filter: Filter? {
    switch self {
    case .activity(let question): question.filter
    case .retention(let question): question.filter
    }
  }

  var by: [String] {
    switch self {
    case .activity(let question): question.by
    case .retention: []
    }
  }
}
