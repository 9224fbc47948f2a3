import Aggregation
import Events

extension CommunityReference {
  func activeDays(_ member: String) -> Set<CommunityDay> {
    Set(active.filter { $0.member == member }.map(day))
  }

  func firstDay(_ member: String) -> CommunityDay {
    zone.day(of: active.filter { $0.member == member }.map(\.ts).min()!)
  }

  var members: Set<String> { Set(active.map(\.member)) }

  /// Rows of `members` by lifecycle on `last`.
  func lifecycles(on last: CommunityDay) -> [[Cell]] {
    var counts: [String: Int] = [:]
    for member in members where firstDay(member) <= last {
      let days = activeDays(member)
      let now = days.contains { (last - 27...last).contains($0) }
      let before = days.contains { (last - 55...last - 28).contains($0) }
      let word =
        firstDay(member) >= last - 27
        ? "new" : now && before ? "returning" : now ? "resurrected" : before ? "dormant" : "lost"
      counts[word, default: 0] += 1
    }
    let total = counts.values.reduce(0, +)
    return ["new", "returning", "resurrected", "dormant", "lost"].filter { counts[$0] != nil }.map {
      [.text($0), .int(counts[$0]!), .float(Double(counts[$0]!) / Double(total))]
    }
  }

  /// Scores of value on `last`, by name, with all weights 1.
  func values(on last: CommunityDay) -> [String: Double] {
    let span = last - 89...last
    let mine = members.filter { !activeDays($0).filter(span.contains).isEmpty }
    let measures: [(String) -> Int] = [
      { member in activeDays(member).filter(span.contains).map { Int($0.number) }.max()! },
      { member in activeDays(member).filter(span.contains).count },
      { member in
        events.filter {
          $0.member == member && ["post_create", "comment"].contains($0.event) && span.contains(day($0))
        }.count
      },
      { member in credits.filter { $0.credit.inviter == member && span.contains(day($0.join)) }.count },
    ]
    var scores: [String: Double] = [:]
    for measure in measures {
      let values = Dictionary(uniqueKeysWithValues: mine.map { ($0, measure($0)) })
      for (member, value) in values {
        let below = values.values.filter { $0 < value }.count
        let equal = values.values.filter { $0 == value }.count
        scores[member, default: 0] += 100 * (Double(below) + Double(equal) / 2) / Double(mine.count) / 4
      }
    }
    return scores
  }

  /// Rows of `health --view churn --inputs`: the snapshots of Mondays.
  func churnInputs(data: ClosedRange<CommunityDay>) -> [[Cell]] {
    var rows: [[Cell]] = []
    for number in days.lowerBound.number...days.upperBound.number {
      let snapshot = CommunityDay(number)
      guard snapshot.weekday == 1, snapshot - 28 >= data.lowerBound, hasEnded(snapshot + 13) else { continue }
      var counts: [[Int]: (members: Int, churned: Int)] = [:]
      for member in members {
        let all = activeDays(member)
        let seen = all.filter { (snapshot - 28..<snapshot).contains($0) }
        guard let last = seen.max() else { continue }
        let recent = seen.filter { $0 >= snapshot - 14 }.count
        let key = [snapshot - last, recent, seen.count - recent, snapshot - firstDay(member)]
        counts[key, default: (0, 0)].members += 1
        if !all.contains(where: { (snapshot..<snapshot + 14).contains($0) }) { counts[key]!.churned += 1 }
      }
      for (key, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        rows.append([.day(snapshot)] + key.map(Cell.int) + [.int(count.members), .int(count.churned)])
      }
    }
    return rows
  }

  /// Love of all members at the end of `last`, weight 1 each.
  func love(on last: CommunityDay) -> [Double] {
    func month(_ day: CommunityDay) -> Int { day.civil.year * 12 + day.civil.month }
    return Set(events.map(\.member)).map { member in
      events.filter { $0.member == member && ["post_create", "comment"].contains($0.event) && day($0) <= last }
        .reduce(0) { sum, event in
          sum + (0..<month(last) - month(day(event))).reduce(1.0) { power, _ in power * 0.9 }
        }
    }.filter { $0 > 0 }.sorted()
  }
}
