internal import Events

/// The intervals of reports: those of the calendar, quarters, or the whole range as one.
package enum ReportInterval: String, Sendable, CaseIterable {
  case week, month, quarter, range

  /// One interval: the days of it that are asked for, and where it ends in the calendar.
  struct Span: Equatable {
    /// The first day of the interval; of the range, its own first day.
    var start: CommunityDay
    /// Days asked for.
    var days: ClosedRange<CommunityDay>
    /// The day after the interval's last.
    var end: CommunityDay
  }

  /// The intervals that `days` touches, ascending.
  func spans(_ days: ClosedRange<CommunityDay>, _ calendar: CommunityCalendar) -> [Span] {
    if self == .range { return [Span(start: days.lowerBound, days: days, end: days.upperBound + 1)] }
    var spans: [Span] = []
    var start = self.start(holding: days.lowerBound, calendar)
    while start <= days.upperBound {
      let end = calendar.start(start, advancedBy: self == .quarter ? 3 : 1, self == .week ? .week : .month)
      spans.append(Span(start: start, days: max(start, days.lowerBound)...min(end - 1, days.upperBound), end: end))
      start = end
    }
    return spans
  }

  private func start(holding day: CommunityDay, _ calendar: CommunityCalendar) -> CommunityDay {
    if self == .week { return calendar.start(of: .week, holding: day) }
    let month = day.civil.month
    return CommunityDay(year: day.civil.year, month: self == .quarter ? (month - 1) / 3 * 3 + 1 : month, day: 1)
  }
}

extension ResolvedQuestion {
  /// Says which of the first and last spans the range cuts.
  func partialNote(_ spans: [ReportInterval.Span]) -> String? {
    let cut = [spans.first, spans.last].compactMap(\.self).filter {
      $0.days.lowerBound > $0.start || $0.days.upperBound + 1 < $0.end
    }
    if cut.isEmpty { return nil }
    let which = Set(cut.map(\.start)).sorted().map(\.description).joined(separator: " and ")
    return "Partial: the range covers only part of what starts on \(which)."
  }
}
