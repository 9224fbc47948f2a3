internal import Events

/// Literal tables of the calendar: which interval a day belongs to, and how far each interval is by as-of.
extension SourceSQL {
  /// `days (day, place, period, is_asked)`: the days of `range` with the place of their interval, 0 being that of the
  /// first day asked for, and the interval's first day.
  func dayTable(
    _ range: ClosedRange<CommunityDay>, asked: ClosedRange<CommunityDay>, _ granularity: Granularity,
    _ resolved: ResolvedQuestion
  ) -> String {
    let first = resolved.calendar.start(of: granularity, holding: asked.lowerBound)
    let rows = (range.lowerBound.number...range.upperBound.number).map { number in
      let day = CommunityDay(number)
      let start = resolved.calendar.start(of: granularity, holding: day)
      let place = resolved.calendar.distance(from: first, to: start, granularity)
      return ["DATE '\(day)'", String(place), "DATE '\(start)'", String(asked.contains(day))]
    }
    return literalTable("days", ["day", "place", "period", "is_asked"], rows)
  }

  /// `periods (place, start, has_begun, complete)` of `count` intervals from the first one asked for.
  func periodTable(
    count: Int, asked: ClosedRange<CommunityDay>, _ granularity: Granularity, _ resolved: ResolvedQuestion
  ) -> String {
    let first = resolved.calendar.start(of: granularity, holding: asked.lowerBound)
    let rows = (0..<count).map { place in
      let start = resolved.calendar.start(first, advancedBy: place, granularity)
      let end = resolved.calendar.start(start, advancedBy: 1, granularity)
      return [
        String(place), "DATE '\(start)'", String(resolved.hasBegun(start)), String(resolved.hasEnded(before: end)),
      ]
    }
    return literalTable("periods", ["place", "start", "has_begun", "complete"], rows)
  }
}
