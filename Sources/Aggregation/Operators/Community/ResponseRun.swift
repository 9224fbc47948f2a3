internal import Events
internal import Segments

/// Answers how long topics wait for their first answer: those that still wait count for as long as they do.
struct ResponseRun: QuestionPlan {
  let question: HealthQuestion
  let resolved: ResolvedQuestion

  private static let hours: [(name: String, microseconds: Int64)] = [
    ("1h", 3_600_000_000), ("24h", 86_400_000_000), ("7d", 604_800_000_000),
  ]

  func run(into answer: inout Answer) throws {
    answer.columns = question.givesInputs ? inputColumns : columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let found = try TopicAnswers(question, resolved, data: data, into: &answer)
    let spans = question.span.spans(days, resolved.calendar)
    var cases = [[KaplanMeier.Case]](repeating: [], count: spans.count)
    for topic in found.topics {
      guard let place = spans.firstIndex(where: { $0.days.contains(CommunityDay(topic.day)) }) else { continue }
      let end = topic.answered ?? resolved.asOf.microseconds
      cases[place].append(KaplanMeier.Case(duration: end - topic.opened, isEnded: topic.answered != nil))
    }
    if question.givesInputs {
      for (span, cases) in zip(spans, cases) { answer.rows += inputs(span.start, cases) }
      return
    }
    if question.span != .range {
      let isComplete = resolved.hasEnded(before: days.upperBound + 1)
      answer.rows.append(row(nil, cases.flatMap(\.self), hasBegun: true, isComplete: isComplete))
    }
    for (span, cases) in zip(spans, cases) {
      answer.rows.append(
        row(
          span.start, cases, hasBegun: resolved.hasBegun(span.start), isComplete: resolved.hasEnded(before: span.end)))
    }
    answer.notes +=
      found.topics.isEmpty
      ? [TopicAnswers.emptyNote(question, resolved.store.settings.community)]
      : [
        "Topics without an answer count as waiting until as-of (Kaplan–Meier), they are not left out.",
        "A share is empty where no topic was watched for so long, the median where not half are answered, an interval "
          + "where all or none are.",
      ]
    if question.span != .range { answer.notes.append("The line without a period is the range.") }
    if let note = resolved.partialNote(spans) { answer.notes.append(note) }
  }

  private var columns: [AnswerColumn] {
    let shares = Self.hours.flatMap { hour in
      ["within_\(hour.name)", "low_\(hour.name)", "high_\(hour.name)"].map { AnswerColumn($0, .float) }
    }
    return [
      AnswerColumn("period", .date), AnswerColumn("topics", .int), AnswerColumn("answered", .int),
      AnswerColumn("median_seconds", .float),
    ] + shares + [AnswerColumn("complete", .bool)]
  }

  private func row(
    _ period: CommunityDay?, _ cases: [KaplanMeier.Case], hasBegun: Bool, isComplete: Bool
  ) -> [Cell] {
    let label = period.map(Cell.day) ?? .null
    let width = columns.count - 2
    guard hasBegun else { return [label] + [Cell](repeating: .null, count: width) + [.bool(isComplete)] }
    let curve = KaplanMeier(cases)
    let shares = Self.hours.flatMap { hour -> [Cell] in
      guard let found = curve.ended(within: hour.microseconds) else { return [.null, .null, .null] }
      return [
        .float(found.share), found.interval.map { .float($0.low) } ?? .null,
        found.interval.map { .float($0.high) } ?? .null,
      ]
    }
    return [
      label, .int(cases.count), .int(cases.filter(\.isEnded).count),
      curve.median.map { .float(Double($0) / 1e6) } ?? .null,
    ] + shares + [.bool(isComplete)]
  }

  private var inputColumns: [AnswerColumn] {
    [
      AnswerColumn("period", .date), AnswerColumn("microseconds", .int), AnswerColumn("is_answered", .bool),
      AnswerColumn("topics", .int),
    ]
  }

  /// Topics alike in how long they waited.
  private func inputs(_ period: CommunityDay, _ cases: [KaplanMeier.Case]) -> [[Cell]] {
    var counts: [Bool: [Int64: Int]] = [:]
    for item in cases { counts[item.isEnded, default: [:]][item.duration, default: 0] += 1 }
    return [true, false].flatMap { isEnded in
      (counts[isEnded] ?? [:]).sorted { $0.key < $1.key }.map {
        [.day(period), .int(Int($0.key)), .bool(isEnded), .int($0.value)]
      }
    }
  }
}
