internal import Events
internal import Segments

/// Answers what members gave: Σ weight · 0.9^(calendar months ago), at the end of each interval.
///
/// ```
/// days    ├─ month ─┤├─ month ─┤├─ … ─┤
/// love     + weights   ·0.9 + weights     each piece of days is scanned once
/// ```
struct LoveRun: QuestionPlan {
  let question: HealthQuestion
  let resolved: ResolvedQuestion

  static let decay = 0.9

  func run(into answer: inout Answer) throws {
    answer.columns = [
      AnswerColumn("period", .date), AnswerColumn("members", .int), AnswerColumn("love", .float),
      AnswerColumn("mean", .float), AnswerColumn("median", .float), AnswerColumn("p90", .float),
      AnswerColumn("complete", .bool),
    ]
    guard let days = resolved.days else { return }
    let settings = resolved.store.settings.community
    let names = question.contributions(settings)
    let weights = names.map { settings.loveWeights[$0] ?? 1000 }
    let spans = question.span.spans(days, resolved.calendar)
    // Thousandths of love by member key.
    var love = [Double](repeating: 0, count: resolved.snapshot.memberCount)
    var next = min(resolved.dataDays?.lowerBound ?? days.lowerBound, days.lowerBound)
    for span in spans {
      while next <= span.days.upperBound {
        let month = CommunityCalendar().start(of: .month, holding: next)
        let end = min(CommunityCalendar().start(month, advancedBy: 1, .month) - 1, span.days.upperBound)
        if next == month { for member in love.indices { love[member] *= Self.decay } }
        try add(names, weights, of: next...end, to: &love, into: &answer)
        next = end + 1
      }
      answer.rows.append(row(span, love))
    }
    answer.notes.append(
      "Love = Σ weight · 0.9^(calendar months ago) at the end of each interval; weights: "
        + zip(names, weights).map { "\($0) \(text(ofThousandths: $1))" }.joined(separator: ", ") + ".")
    if let note = resolved.partialNote(spans) { answer.notes.append(note) }
  }

  private func add(
    _ names: [String], _ weights: [Int], of days: ClosedRange<CommunityDay>, to love: inout [Double],
    into answer: inout Answer
  ) throws {
    guard let data = resolved.dataDays, data.overlaps(days) else { return }
    let scan = try EventScan(resolved, days: days, events: .named(names))
    let parts = try scan.fold([Int](repeating: 0, count: love.count), into: &answer) { sums, block in
      for run in block.runs {
        let weight = weights[run.place]
        block.forEachRow(of: run) { sums[Int(block.members[$0])] += weight }
      }
    }
    // Whole numbers first: their sum does not depend on which core met which row.
    for member in love.indices { love[member] += Double(parts.reduce(0) { $0 + $1[member] }) }
  }

  private func row(_ span: ReportInterval.Span, _ love: [Double]) -> [Cell] {
    let isComplete = Cell.bool(resolved.hasEnded(before: span.end))
    guard resolved.hasBegun(span.start) else {
      return [.day(span.start), .null, .null, .null, .null, .null, isComplete]
    }
    let given = SortedValues(love.filter { $0 > 0 })
    func cell(_ thousandths: Double?) -> Cell { thousandths.map { .float($0 / 1000) } ?? .null }
    return [
      .day(span.start), .int(given.values.count), cell(given.sum),
      cell(given.values.isEmpty ? nil : given.sum / Double(given.values.count)), cell(given.quantile(0.5)),
      cell(given.quantile(0.9)), isComplete,
    ]
  }

  private func text(ofThousandths value: Int) -> String {
    value % 1000 == 0 ? String(value / 1000) : String(Double(value) / 1000)
  }
}
