/// The length of a calendar interval.
package enum Granularity: String, CaseIterable, Sendable {
  case day, week, month
}

/// How days group into weeks and months: months are calendar months, weeks start on `weekStart`.
package struct CommunityCalendar: Sendable, Equatable {
  /// 1 = Monday … 7 = Sunday.
  package var weekStart: Int

  package init(weekStart: Int = 1) { self.weekStart = weekStart }

  /// The first day of the interval that holds `day`.
  package func start(of granularity: Granularity, holding day: CommunityDay) -> CommunityDay {
    switch granularity {
    case .day: return day
    case .week: return day - (day.weekday - weekStart + 7) % 7
    case .month:
      let (year, month, _) = day.civil
      return CommunityDay(year: year, month: month, day: 1)
    }
  }

  /// The first day of the interval `count` intervals after the one that starts on `start`.
  package func start(_ start: CommunityDay, advancedBy count: Int, _ granularity: Granularity) -> CommunityDay {
    switch granularity {
    case .day: return start + count
    case .week: return start + 7 * count
    case .month:
      let (year, month, _) = start.civil
      let months = Int64(year * 12 + month - 1 + count)
      let (newYear, newMonth) = months.flooredDivision(by: 12)
      return CommunityDay(year: Int(newYear), month: Int(newMonth) + 1, day: 1)
    }
  }

  /// How many intervals lie between the ones that start on `a` and on `b`.
  package func distance(from a: CommunityDay, to b: CommunityDay, _ granularity: Granularity) -> Int {
    switch granularity {
    case .day: return b - a
    case .week: return (b - a) / 7
    case .month:
      let (first, second) = (a.civil, b.civil)
      return (second.year - first.year) * 12 + second.month - first.month
    }
  }
}
