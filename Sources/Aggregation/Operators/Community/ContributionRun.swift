internal import Events
internal import Segments

/// Answers how contributions are spread over members: one scan of each interval's days, a count a member.
struct ContributionRun: QuestionPlan {
  let question: HealthQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    let isOnion = question.view == .onion
    answer.columns =
      [AnswerColumn("period", .date)]
      + (isOnion
        ? [
          AnswerColumn("layer", .string), AnswerColumn("members", .int), AnswerColumn("contributions", .int),
          AnswerColumn("member_share", .float), AnswerColumn("contribution_share", .float),
        ]
        : [
          AnswerColumn("contributors", .int), AnswerColumn("contributions", .int), AnswerColumn("absence_factor", .int),
          AnswerColumn("gini", .float),
        ]) + [AnswerColumn("complete", .bool)]
    guard let days = resolved.days else { return }
    let spans = question.span.spans(days, resolved.calendar)
    var isEmpty = true
    for span in spans {
      let isComplete = Cell.bool(resolved.hasEnded(before: span.end))
      let spread = try resolved.hasBegun(span.start) ? spread(span, into: &answer) : nil
      if let spread, spread.total > 0 { isEmpty = false }
      let rows = isOnion ? onion(spread) : [absence(spread)]
      answer.rows += rows.map { [.day(span.start)] + $0 + [isComplete] }
    }
    let names = question.contributions(resolved.store.settings.community)
    if isEmpty {
      answer.notes.append(
        "There are no contributions: no event called \(names.joined(separator: ", ")). Name yours with "
          + "--contributions, or contribution-events in muster.yaml.")
    } else {
      answer.notes.append("Contributions are the events \(names.joined(separator: ", ")).")
    }
    if let note = resolved.partialNote(spans) { answer.notes.append(note) }
  }

  private func spread(_ span: ReportInterval.Span, into answer: inout Answer) throws -> Concentration {
    let names = question.contributions(resolved.store.settings.community)
    let scan = try EventScan(resolved, days: span.days, events: .named(names))
    let none = [Int32](repeating: 0, count: resolved.snapshot.memberCount)
    let parts = try scan.fold(none, into: &answer) { counts, block in
      for run in block.runs { block.forEachRow(of: run) { counts[Int(block.members[$0])] += 1 } }
    }
    return Concentration(none.indices.map { member in parts.reduce(0) { $0 + Int($1[member]) } })
  }

  private func onion(_ spread: Concentration?) -> [[Cell]] {
    let layers = spread?.onion ?? [:]
    return Concentration.Layer.allCases.map { layer in
      guard let spread else { return [.text(layer.rawValue), .null, .null, .null, .null] }
      let (members, contributions) = layers[layer] ?? (0, 0)
      return [
        .text(layer.rawValue), .int(members), .int(contributions), .ratio(members, of: spread.counts.count),
        .ratio(contributions, of: spread.total),
      ]
    }
  }

  private func absence(_ spread: Concentration?) -> [Cell] {
    guard let spread else { return [.null, .null, .null, .null] }
    return [
      .int(spread.counts.count), .int(spread.total), spread.absenceFactor.map(Cell.int) ?? .null,
      spread.gini.map(Cell.float) ?? .null,
    ]
  }
}
