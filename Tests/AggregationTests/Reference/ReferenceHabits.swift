import Aggregation
import Events

/// Lifecycle, stickiness, hours and sessions, straight from the definitions.
extension ReferenceEngine {
  private func members(_ granularity: Granularity, _ start: CommunityDay, in days: ClosedRange<CommunityDay>? = nil)
    -> Set<String>
  {
    let end = next(granularity, start)
    return Set(
      qualifying.filter { event in
        let day = zone.day(of: event.ts)
        return day >= start && day < end && days.map { $0.contains(day) } ?? true
      }.map(\.member))
  }

  private func previous(_ granularity: Granularity, _ period: CommunityDay) -> CommunityDay {
    start(granularity, period - 1)
  }

  func lifecycle(_ granularity: Granularity, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let history = qualifyingOrPassive.map { start(granularity, zone.day(of: $0.ts)) }.min()
    return periods(granularity, days).map { period in
      let ended = zone.start(of: next(granularity, period)) <= asOf
      guard let history, period > history, zone.start(of: period) < asOf else {
        return [.day(period), .null, .null, .null, .null, .null, .bool(ended)]
      }
      let now = members(granularity, period, in: days)
      let before = members(granularity, previous(granularity, period))
      let new = now.filter { start(granularity, firstDays[$0]!) == period }
      let returning = now.subtracting(new).intersection(before)
      let resurrected = now.subtracting(new).subtracting(before)
      let dormant = before.subtracting(now).count
      let pulse: Cell = dormant == 0 ? .null : .float(Double(new.count + resurrected.count) / Double(dormant))
      return [
        .day(period), .int(new.count), .int(returning.count), .int(resurrected.count), ended ? .int(dormant) : .null,
        ended ? pulse : .null, .bool(ended),
      ]
    }
  }

  func stickiness(_ window: Int, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let firstData = qualifyingOrPassive.map { zone.day(of: $0.ts) }.min()
    return periods(.day, days).map { day in
      let ended = Cell.bool(zone.start(of: day + 1) <= asOf)
      guard zone.start(of: day) < asOf else { return [.day(day), .null, .null, .null, ended] }
      let active = members(.day, day).count
      let trailing = Set((0..<window).flatMap { members(.day, day - $0) }).count
      let hasRatio = firstData.map { day >= $0 + (window - 1) } ?? false
      return [
        .day(day), .int(active), .int(trailing),
        hasRatio && trailing > 0 ? .float(Double(active) / Double(trailing)) : .null, ended,
      ]
    }
  }

  func distribution(_ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let counts = Dictionary(grouping: qualifying, by: \.member).mapValues { events in
      Set(events.map { zone.day(of: $0.ts) }.filter { days.contains($0) }).count
    }.values
    let begun = periods(.day, days).count { zone.start(of: $0) < asOf }
    return (1...max(1, begun)).prefix(begun).map { number in
      [.int(number), .int(counts.count { $0 == number }), .int(counts.count { $0 >= number })]
    }
  }

  func hours(_ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    let inside = qualifying.filter { days.contains(zone.day(of: $0.ts)) }
    return (0..<168).map { slot in
      let found = inside.filter { event in
        let local = event.ts.adding(seconds: Int64(zone.offsetSeconds(at: event.ts)))
        let midnight = Int64(zone.day(of: event.ts).number) * 86_400
        let hour = (local.microseconds / 1_000_000 - midnight) / 3600
        return zone.day(of: event.ts).weekday == slot / 24 + 1 && Int(hour) == slot % 24
      }
      return [.int(slot / 24 + 1), .int(slot % 24), .int(found.count), .int(Set(found.map(\.member)).count)]
    }
  }

  func sessions(_ granularity: Granularity, gapSeconds: Int64, _ days: ClosedRange<CommunityDay>) -> [[Cell]] {
    var found: [(member: String, first: Timestamp, last: Timestamp, count: Int)] = []
    for (member, events) in Dictionary(grouping: qualifying, by: \.member) {
      for instant in events.map(\.ts).sorted() {
        if let open = found.last, open.member == member, instant <= open.last.adding(seconds: gapSeconds) {
          found[found.count - 1].last = instant
          found[found.count - 1].count += 1
        } else {
          found.append((member, instant, instant, 1))
        }
      }
    }
    return periods(granularity, days).map { period in
      let end = next(granularity, period)
      let ended = Cell.bool(zone.start(of: end) <= asOf)
      guard zone.start(of: period) < asOf else { return [.day(period)] + Array(repeating: .null, count: 6) + [ended] }
      let inside = found.filter { session in
        let day = zone.day(of: session.first)
        return day >= period && day < end && days.contains(day)
      }
      let lengths = inside.map { Double($0.last.microseconds - $0.first.microseconds) / 1e6 }.sorted()
      return [
        .day(period), .int(inside.count), .int(Set(inside.map(\.member)).count),
        .int(inside.reduce(0) { $0 + $1.count }),
        lengths.isEmpty ? .null : .float(lengths.reduce(0, +) / Double(lengths.count)), quantile(lengths, 0.5),
        quantile(lengths, 0.9), ended,
      ]
    }
  }

  /// Type 7: at place p · (n − 1), straight between neighbours.
  private func quantile(_ sorted: [Double], _ share: Double) -> Cell {
    if sorted.isEmpty { return .null }
    let place = share * Double(sorted.count - 1)
    let below = sorted[Int(place.rounded(.down))]
    let above = sorted[Int(place.rounded(.up))]
    return .float(below + (above - below) * (place - place.rounded(.down)))
  }

  /// Every event before as-of: days with data need not have activity.
  private var qualifyingOrPassive: [SampleEvent] { events.filter { $0.ts < asOf } }
}
