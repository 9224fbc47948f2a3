internal import Columns
internal import Events
internal import Segments

/// Answers what share of a segment's interactions each topic has, and how much more than of all members' that is.
struct PreferenceRun: QuestionPlan {
  let question: ContentQuestion
  let resolved: ResolvedQuestion

  private struct Tally {
    var groups: GroupTable
    var counts: [Int] = []
    var members: [MemberSet] = []
  }

  private struct Topic {
    var count = 0
    var members: MemberSet
  }

  func run(into answer: inout Answer) throws {
    let topic = question.preference ?? ""
    answer.columns = (question.by + [topic]).map { AnswerColumn($0, .string) }
    answer.columns += [
      AnswerColumn("interactions", .int), AnswerColumn("members", .int), AnswerColumn("share", .float),
      AnswerColumn("share_of_all", .float), AnswerColumn("lift", .float),
    ]
    guard let days = resolved.days else { return }
    let names = question.by + [topic]
    var scan = try EventScan(resolved, days: days, events: .named(question.eventNames))
    scan.columns = names
    let memberCount = resolved.snapshot.memberCount
    let tallies = try scan.fold(Tally(groups: GroupTable(columnCount: names.count)), into: &answer) { tally, block in
      let groups = tally.groups.groups(rowCount: block.members.count, columns: names.map { block.columns[$0] })
      while tally.counts.count < tally.groups.count {
        tally.counts.append(0)
        tally.members.append(MemberSet(memberCount: memberCount))
      }
      for run in block.runs {
        block.forEachRow(of: run) { row in
          tally.counts[Int(groups[row])] += 1
          tally.members[Int(groups[row])].insert(UInt32(bitPattern: block.members[row]))
        }
      }
    }
    answer.rows = rows(of: merged(tallies, memberCount))
    answer.notes.append("Interactions are \(question.eventNames.joined(separator: ", ")) with a \(topic).")
  }

  /// By segment and topic, those without a topic left out.
  private func merged(_ tallies: [Tally], _ memberCount: Int) -> [GroupValues: Topic] {
    var topics: [GroupValues: Topic] = [:]
    for tally in tallies {
      for group in tally.counts.indices where tally.counts[group] > 0 {
        let values = tally.groups.values(group)
        if values.texts.last == .some(nil) { continue }
        var members = tally.members[group]
        members.finish()
        topics[values, default: Topic(members: MemberSet(memberCount: memberCount))].count += tally.counts[group]
        topics[values]!.members.formUnion(members)
      }
    }
    return topics
  }

  private func rows(of topics: [GroupValues: Topic]) -> [[Cell]] {
    var bySegment: [GroupValues: Int] = [:]
    var byTopic: [GroupValues: Int] = [:]
    var total = 0
    func parts(_ values: GroupValues) -> (segment: GroupValues, topic: GroupValues) {
      (GroupValues(texts: values.texts.dropLast()), GroupValues(texts: values.texts.suffix(1)))
    }
    for (values, topic) in topics {
      bySegment[parts(values).segment, default: 0] += topic.count
      byTopic[parts(values).topic, default: 0] += topic.count
      total += topic.count
    }
    return topics.keys.sorted(by: GroupValues.precedes).map { values in
      let (segment, topic) = parts(values)
      var members = topics[values]!.members
      members.finish()
      let share = Double(topics[values]!.count) / Double(bySegment[segment] ?? 1)
      let ofAll = Double(byTopic[topic] ?? 0) / Double(total)
      return values.cells + [
        .int(topics[values]!.count), .int(members.count), .float(share), .float(ofAll), .float(share / ofAll),
      ]
    }
  }
}
