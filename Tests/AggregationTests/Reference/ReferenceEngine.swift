import Aggregation
import Events

/// One event as a test made it.
struct SampleEvent: Sendable {
  var ts: Timestamp
  var member: String
  var event: String
  var platform: String?
  var community: String?

  var line: String {
    let fields = [("platform", platform), ("community_id", community)].compactMap { name, value in
      value.map { "\"\(name)\":\"\($0)\"" }
    }
    return "{"
      + (["\"ts\":\"\(ts)\"", "\"user_id\":\"\(member)\"", "\"event\":\"\(event)\""] + fields)
      .joined(separator: ",") + "}"
  }
}

/// The slow, obvious engine: sets of names, one pass for each figure, straight from the definitions.
struct ReferenceEngine {
  let events: [SampleEvent]
  let zone: TimeZoneRules
  let weekStart: Int
  let asOf: Timestamp
  var passive: Set<String> = ["push_sent"]

  var qualifying: [SampleEvent] { events.filter { $0.ts < asOf && !passive.contains($0.event) } }

  func start(_ granularity: Granularity, _ day: CommunityDay) -> CommunityDay {
    switch granularity {
    case .day: return day
    case .week:
      var day = day
      while day.weekday != weekStart { day = day - 1 }
      return day
    case .month:
      let civil = day.civil
      return CommunityDay(year: civil.year, month: civil.month, day: 1)
    }
  }

  func next(_ granularity: Granularity, _ start: CommunityDay) -> CommunityDay {
    switch granularity {
    case .day: return start + 1
    case .week: return start + 7
    case .month:
      let civil = start.civil
      return civil.month == 12
        ? CommunityDay(year: civil.year + 1, month: 1, day: 1)
        : CommunityDay(year: civil.year, month: civil.month + 1, day: 1)
    }
  }

  func periods(_ granularity: Granularity, _ days: ClosedRange<CommunityDay>) -> [CommunityDay] {
    var list = [start(granularity, days.lowerBound)]
    while next(granularity, list.last!) <= days.upperBound { list.append(next(granularity, list.last!)) }
    return list
  }

  var firstDays: [String: CommunityDay] {
    Dictionary(grouping: qualifying, by: \.member).mapValues { zone.day(of: $0.map(\.ts).min()!) }
  }

  /// Rows of `activity` without a breakdown.
  func activity(_ granularity: Granularity, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    periods(granularity, days).map { period in
      let end = next(granularity, period)
      let inside = qualifying.filter { event in
        let day = zone.day(of: event.ts)
        return days.contains(day) && day >= period && day < end
      }
      let new = firstDays.values.filter { days.contains($0) && $0 >= period && $0 < end }
      let complete = Cell.bool(zone.start(of: end) <= asOf)
      guard zone.start(of: period) < asOf else { return [.day(period), .null, .null, .null, complete] }
      return [
        .day(period), .int(inside.count), .int(Set(inside.map(\.member)).count), .int(new.count), complete,
      ]
    }
  }

  /// Rows of `activity --by platform`.
  func activityByPlatform(_ granularity: Granularity, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    periods(granularity, days).flatMap { period -> [[Cell]] in
      let end = next(granularity, period)
      let inside = qualifying.filter { event in
        let day = zone.day(of: event.ts)
        return days.contains(day) && day >= period && day < end
      }
      let names = Set(inside.map(\.platform)).sorted { ($0 ?? "\u{10FFFF}") < ($1 ?? "\u{10FFFF}") }
      return names.map { name in
        let rows = inside.filter { $0.platform == name }
        return [
          .day(period), name.map(Cell.text) ?? .null, .int(rows.count), .int(Set(rows.map(\.member)).count),
          .bool(zone.start(of: end) <= asOf),
        ]
      }
    }
  }

  func trailing(_ count: Int, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    periods(.day, days).map { day in
      let members = Set(
        qualifying.filter { (day - (count - 1)...day).contains(zone.day(of: $0.ts)) }.map(\.member))
      return [
        .day(day), zone.start(of: day) < asOf ? .int(members.count) : .null, .bool(zone.start(of: day + 1) <= asOf),
      ]
    }
  }

  /// cohort, size, period, returned, complete of the triangle's cells; the pooled line is left out.
  func retention(_ granularity: Granularity, _ days: ClosedRange<CommunityDay>, lastPeriod: Int) -> [[Cell]] {
    let first = firstDays.filter { days.contains($0.value) }
    return periods(granularity, days).flatMap { cohort -> [[Cell]] in
      let members = Set(first.filter { start(granularity, $0.value) == cohort }.keys)
      if members.isEmpty { return [] }
      var period = cohort
      return (0...lastPeriod).map { index in
        defer { period = next(granularity, period) }
        guard zone.start(of: period) < asOf else {
          return [.day(cohort), .int(members.count), .int(index), .null, .bool(false)]
        }
        let end = next(granularity, period)
        let active = Set(
          qualifying.filter { (period..<end).contains(zone.day(of: $0.ts)) }.map(\.member))
        return [
          .day(cohort), .int(members.count), .int(index), .int(active.intersection(members).count),
          .bool(zone.start(of: end) <= asOf),
        ]
      }
    }
  }
}
