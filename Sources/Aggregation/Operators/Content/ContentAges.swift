internal import Columns
internal import Events
internal import Segments

/// Counts the items shown by age: whole days since the day of an item's first view in the days asked for.
struct ContentAges {
  let question: ContentQuestion
  let resolved: ResolvedQuestion
  /// Where rates are by followers.
  let followers: FollowerCounts?

  static func columns(of question: ContentQuestion) -> [AnswerColumn] {
    ["age", "views", "viewers", "likes", "comments", "shares"].map { AnswerColumn($0, .int) }
      + (question.denominator == .followers ? ContentRun.reachColumns : []) + [AnswerColumn("complete", .bool)]
  }

  /// One event of one item on one day.
  private struct Key: Hashable {
    var item: Int
    var day: Int32
    var event: Int
  }

  private struct Tally {
    var counts: [Key: Int] = [:]
    /// Of views alone.
    var viewers: [Key: MemberSet] = [:]
  }

  func rows(_ shown: [ItemCounts], _ days: ClosedRange<CommunityDay>, into answer: inout Answer) throws {
    var scan = try EventScan(resolved, days: days, events: .named([question.event] + question.reactions))
    scan.columns = [question.item]
    let names = StringTable(shown.map(\.name))
    let (item, memberCount) = (question.item, resolved.snapshot.memberCount)
    let tallies = try scan.fold(Tally(), into: &answer) { tally, block in
      guard let column = block.columns[item] else { return }
      let places = (0..<UInt32(column.values.count)).map { code in
        column.values.withBytes(of: code) { names.find($0) }
      }
      for run in block.runs {
        block.forEachRow(of: run) { row in
          guard column.codes[row] != TextColumn.null, let place = places[Int(column.codes[row])] else { return }
          let key = Key(item: Int(place), day: block.day(of: row), event: run.place)
          tally.counts[key, default: 0] += 1
          if run.place == 0 {
            tally.viewers[key, default: MemberSet(memberCount: memberCount)].insert(
              UInt32(bitPattern: block.members[row]))
          }
        }
      }
    }
    var total = Tally()
    for tally in tallies {
      total.counts.merge(tally.counts, uniquingKeysWith: +)
      for (key, var members) in tally.viewers {
        members.finish()
        total.viewers[key, default: MemberSet(memberCount: memberCount)].formUnion(members)
      }
    }
    answer.rows = shown.indices.flatMap { rows(of: $0, name: shown[$0].name, &total, last: days.upperBound) }
    if followers != nil {
      answer.notes.append("reach_rate is viewers of a day by followers at its start.")
    }
    answer.notes.append("Age counts days since an item's first view from \(days.lowerBound) on.")
  }

  private func rows(of item: Int, name: String, _ tally: inout Tally, last: CommunityDay) -> [[Cell]] {
    let viewed = tally.viewers.keys.filter { $0.item == item }.map(\.day)
    guard let first = viewed.min() else { return [] }
    let begun = min(last.number, (resolved.dataDays?.upperBound ?? last).number)
    return (first...max(first, begun)).map { day in
      let counts = (0..<4).map { Cell.int(tally.counts[Key(item: item, day: day, event: $0)] ?? 0) }
      var viewers = tally.viewers[Key(item: item, day: day, event: 0)]
      viewers?.finish()
      let reach = followers.map { ContentRun.reach(viewers?.count ?? 0, of: $0.followers(on: day)) } ?? []
      return [.text(name), .int(Int(day - first)), counts[0], .int(viewers?.count ?? 0)] + counts[1...] + reach
        + [.bool(resolved.hasEnded(before: CommunityDay(day) + 1))]
    }
  }
}
