package import Events
internal import Segments

extension Engine {
  /// Runs a question and says how it was answered, stage by stage: what was resolved, what is read and what is left out
  /// and why, how many rows were expected and how many were read, and the time of each stage.
  ///
  /// Columns: stage, item, value. Costs the answer and a look at the footers of the segments of the days read.
  package func explanation(of question: any Question, asOf: Timestamp? = nil) throws -> Answer {
    var question = question
    if let rival = question.scope.rival {
      question.scope.rival = nil
      question = question.adapted(to: rival).question
    }
    let clock = ContinuousClock()
    var explanation = Explanation(asOf: .init(microseconds: 0), timeZone: "")
    let resolved = try explanation.time("resolved", clock) { try resolve(question, asOf: asOf) }
    let plan = try explanation.time("planned", clock) { try question.plan(resolved) }
    var answer = Answer(
      metric: question.metric, definition: question.definition, asOf: resolved.asOf, timeZone: resolved.zone.name,
      columns: [], notes: resolved.notes)
    try explanation.time("run", clock) { try plan.run(into: &answer) }
    resolved.tally.report(to: &answer)
    explanation.add("parsed", "question", question.command)
    explanation.add("parsed", "definition", question.definition)
    explanation.add("resolved", "as of", resolved.asOf.description)
    explanation.add("resolved", "zone", resolved.zone.name + (resolved.isForeign ? ", not the store's" : ""))
    explanation.add("resolved", "days", resolved.days.map(Explanation.words) ?? "none")
    explanation.add("planned", "read", answer.statistics.fromIndex ? "the activity index" : "a scan of events")
    if answer.statistics.fromIndex {
      explanation.add("planned", "segments kept", "0 of \(snapshot.segments.count): their indexes answer")
    } else {
      try explanation.addReading(plan.read(resolved), question: question, resolved: resolved, snapshot: snapshot)
    }
    let days = resolved.tally.dayCounts
    if days.indexed > 0 { explanation.add("run", "days from the index", String(days.indexed)) }
    if days.indexed > 0, days.scanned > 0 { explanation.add("run", "days scanned", String(days.scanned)) }
    explanation.add("run", "segments read", String(answer.statistics.segmentsRead))
    explanation.add("run", "rows scanned", String(answer.statistics.rowsScanned))
    let columns = answer.statistics.columnsRead
    if !columns.isEmpty { explanation.add("run", "columns read", columns.sorted().joined(separator: ", ")) }
    explanation.add("run", "rows of the answer", String(answer.rows.count))
    return explanation.answer(like: answer)
  }
}

/// The lines of an explanation.
private struct Explanation {
  private var lines: [(stage: String, item: String, value: String)] = []
  private var times: [(stage: String, duration: Duration)] = []

  init(asOf: Timestamp, timeZone: String) {}

  mutating func add(_ stage: String, _ item: String, _ value: String) { lines.append((stage, item, value)) }

  mutating func time<Result>(_ stage: String, _ clock: ContinuousClock, _ body: () throws -> Result) rethrows -> Result
  {
    let start = clock.now
    defer { times.append((stage, clock.now - start)) }
    return try body()
  }

  static func words(_ days: ClosedRange<CommunityDay>) -> String { "\(days.lowerBound) to \(days.upperBound)" }

  /// What is kept of the segments and their row groups, and why the others are not.
  mutating func addReading(
    _ read: PlannedRead, question: any Question, resolved: ResolvedQuestion, snapshot: Snapshot
  ) throws {
    guard let days = read.days else { return add("planned", "days read", "none") }
    let kept = resolved.segments(holding: days)
    add("planned", "days read", Self.words(days))
    add("planned", "segments kept", "\(kept.count) of \(snapshot.segments.count)")
    let later = snapshot.segments.count { $0.timestamps.lowerBound >= resolved.asOf.microseconds }
    let others = snapshot.segments.count - kept.count - later
    if later > 0 { add("planned", "segments skipped", "\(later): at or after as-of") }
    if others > 0 { add("planned", "segments skipped", "\(others): of other days") }
    let events = read.events.map { [ColumnCondition("event", .isAmong($0))] } ?? []
    let conditions = events + (question.filter?.conditions ?? [])
    var reasons: [String: Int] = [:]
    var (groupCount, keptCount, rowCount) = (0, 0, 0)
    for record in kept {
      let segment = try SegmentReader(record, of: resolved.store)
      for group in 0..<segment.rowGroupCount {
        groupCount += 1
        if let reason = segment.reasonToSkip(rowGroup: group, conditions) {
          reasons[reason, default: 0] += 1
        } else {
          keptCount += 1
          rowCount += segment.rowCount(ofGroup: group)
        }
      }
    }
    add("planned", "row groups kept", "\(keptCount) of \(groupCount)")
    for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(20) {
      add("planned", "row groups skipped", "\(count): \(reason)")
    }
    add("planned", "rows at most", String(rowCount))
  }

  func answer(like answered: Answer) -> Answer {
    var result = answered
    result.columns = ["stage", "item", "value"].map { AnswerColumn($0, .string) }
    result.rows = lines.map { [.text($0.stage), .text($0.item), .text($0.value)] }
    result.rows += times.map { [.text($0.stage), .text("milliseconds"), .text(Self.milliseconds($0.duration))] }
    let total = times.reduce(Duration.zero) { $0 + $1.duration }
    result.statistics.elapsedMilliseconds = Double(Self.milliseconds(total)) ?? 0
    return result
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return String(Double(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / 1000)
  }
}
