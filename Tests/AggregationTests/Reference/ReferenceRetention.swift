import Aggregation
import Events

/// Every form of retention, member by member and period by period.
extension ReferenceEngine {
  private struct Start {
    var cohort: CommunityDay
    var instant: Timestamp
  }

  /// cohort, size, period, returned, complete of the triangle's cells; the pooled line is left out.
  func retention(
    _ question: RetentionQuestion, _ days: ClosedRange<CommunityDay>, isStart: (SampleEvent) -> Bool,
    isReturn: (SampleEvent) -> Bool
  ) -> [[Cell]] {
    let seen = Dictionary(grouping: events.filter { $0.ts < asOf }.sorted { $0.ts < $1.ts }, by: \.member)
    let starts = seen.mapValues { self.starts(of: $0.filter(isStart), question, days) }
    let cells =
      question.mode == .bracket ? question.brackets : (0...question.lastPeriod).map { $0...$0 }
    return periods(question.cohort, days).flatMap { cohort -> [[Cell]] in
      let members = starts.compactMap { member, starts in
        starts.first { $0.cohort == cohort }.map { (member, $0.instant) }
      }
      if members.isEmpty { return [] }
      return cells.map { cell in
        let head: [Cell] = [.day(cohort), .int(members.count), .int(cell.lowerBound)]
        if !hasBegun(cell, cohort, question) { return head + [.null, .bool(false)] }
        let returned = members.count { member, instant in
          let returns = seen[member]!.filter { isReturn($0) && $0.ts >= instant }.map(\.ts)
          return isBack(returns.map { period(of: $0, after: instant, cohort, question) }, cell, question.mode)
        }
        return head + [.int(returned), .bool(hasEnded(cell, cohort, question))]
      }
    }
  }

  private func starts(
    of events: [SampleEvent], _ question: RetentionQuestion, _ days: ClosedRange<CommunityDay>
  ) -> [Start] {
    let all = events.map { Start(cohort: start(question.cohort, zone.day(of: $0.ts)), instant: $0.ts) }
    let inside: (Start) -> Bool = { days.contains(zone.day(of: $0.instant)) }
    guard question.isRecurring else { return all.prefix(1).filter(inside) }
    var byCohort: [CommunityDay: Start] = [:]
    for start in all where inside(start) && byCohort[start.cohort] == nil { byCohort[start.cohort] = start }
    return Array(byCohort.values)
  }

  private func isBack(_ periods: [Int], _ cell: ClosedRange<Int>, _ mode: RetentionQuestion.Mode) -> Bool {
    let k = cell.lowerBound
    return switch mode {
    case .on: periods.contains(k)
    case .onOrAfter: periods.contains { $0 >= k }
    case .bracket: periods.contains { cell.contains($0) }
    case .full: k == 0 || (1...k).allSatisfy { periods.contains($0) }
    case .streak: (0...k).allSatisfy { periods.contains($0) }
    }
  }

  private func unit(_ question: RetentionQuestion) -> Int64 {
    86_400 * [Granularity.day: 1, .week: 7, .month: 30][question.cohort]!
  }

  private func period(
    of instant: Timestamp, after start: Timestamp, _ cohort: CommunityDay, _ question: RetentionQuestion
  ) -> Int {
    switch question.clock {
    case .calendar:
      var (count, period) = (0, cohort)
      while next(question.cohort, period) <= zone.day(of: instant) {
        period = next(question.cohort, period)
        count += 1
      }
      return count
    case .rolling: return Int((instant.microseconds - start.microseconds) / (unit(question) * 1_000_000))
    case .rollingHour:
      let hours = instant.microseconds / 3_600_000_000 - start.microseconds / 3_600_000_000
      return Int(hours * 3600 / unit(question))
    }
  }

  private func moved(_ cohort: CommunityDay, by count: Int, _ granularity: Granularity) -> CommunityDay {
    (0..<count).reduce(cohort) { period, _ in next(granularity, period) }
  }

  private func hasBegun(_ cell: ClosedRange<Int>, _ cohort: CommunityDay, _ question: RetentionQuestion) -> Bool {
    if question.clock == .calendar { return zone.start(of: moved(cohort, by: cell.lowerBound, question.cohort)) < asOf }
    return zone.start(of: cohort).adding(seconds: Int64(cell.lowerBound) * unit(question)) < asOf
  }

  private func hasEnded(_ cell: ClosedRange<Int>, _ cohort: CommunityDay, _ question: RetentionQuestion) -> Bool {
    if question.clock == .calendar {
      return zone.start(of: moved(cohort, by: cell.upperBound + 1, question.cohort)) <= asOf
    }
    let end = zone.start(of: next(question.cohort, cohort))
    return end.adding(seconds: Int64(cell.upperBound + 1) * unit(question)) <= asOf
  }
}
