internal import Events
internal import Segments

/// A question that asks of each group of a breakdown what it asks of all events.
protocol GroupedQuestion: Question {
  var by: [String] { get set }
}

extension LifecycleQuestion: GroupedQuestion {}
extension StickinessQuestion: GroupedQuestion {}
extension HoursQuestion: GroupedQuestion {}
extension SessionsQuestion: GroupedQuestion {}

/// Answers a question group by group: of each group what the question answers of the events that have its values.
///
/// ```
/// groups     ios, web, –              those with events on the days asked for
/// answers    period …   period …      each as if it were asked with --where "platform = 'ios'"
/// rows       period, ios …            by period where rows have one, then in the order of groups
///            period, web …
/// ```
/// Costs a question a group: of one dimension from the index where the question takes it from there, else a scan each.
struct GroupedRun<Asked: GroupedQuestion>: QuestionPlan {
  let question: Asked
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    let groups = try groups(into: &answer)
    try EngineLimits.check(groupCount: groups.count)
    var rows: [(place: Int, cells: [Cell])] = []
    var notes: [[String]] = []
    // Without groups, the columns of a question that no event meets.
    for (number, group) in (groups.isEmpty ? [GroupValues(texts: question.by.map { _ in nil })] : groups).enumerated() {
      let part = try self.answer(of: group, like: answer)
      let isTimed = part.columns.first?.name == "period"
      let place = isTimed ? 1 : 0
      let names = question.by.map { AnswerColumn($0, .string) }
      answer.columns = Array(part.columns[..<place]) + names + part.columns[place...]
      answer.statistics.add(part.statistics)
      if groups.isEmpty { break }
      for (index, row) in part.rows.enumerated() {
        rows.append((isTimed ? index : number, Array(row[..<place]) + group.cells + row[place...]))
      }
      notes.append(part.notes)
    }
    // Stable: rows of one place keep the order of the groups.
    answer.rows = rows.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
      .map(\.element.cells)
    add(notes, of: groups, to: &answer)
  }

  func read(_ resolved: ResolvedQuestion) -> PlannedRead {
    var whole = question
    whole.by = []
    return (try? whole.plan(resolved))?.read(resolved) ?? PlannedRead(days: nil)
  }

  /// Groups with events on the days asked for, in their order.
  private func groups(into answer: inout Answer) throws -> [GroupValues] {
    guard let days = resolved.days, let data = resolved.dataDays, days.overlaps(data) else { return [] }
    var scan = try resolved.dayScan(by: question.by)
    scan.countsOnly = true
    var groups: Set<GroupValues> = []
    try scan.forEachDay(in: days.clamped(to: data)) { _, activity in
      for group in activity.groups { groups.insert(group.values) }
      answer.statistics.rowsScanned += activity.rowsScanned
      answer.statistics.segmentsRead += activity.segmentsRead
    }
    return groups.sorted(by: GroupValues.precedes)
  }

  private func answer(of group: GroupValues, like answer: Answer) throws -> Answer {
    var part = question
    part.by = []
    let conditions = zip(question.by, group.texts).map { Filter(column: $0, is: $1) }
    part.scope.filter = Filter.all([question.filter].compactMap(\.self) + conditions)
    let resolved = resolved.asking(part)
    var result = answer
    (result.rows, result.notes, result.statistics) = ([], [], AnswerStatistics())
    try part.plan(resolved).run(into: &result)
    return result
  }

  /// What holds for all groups once, the rest with the group's name.
  private func add(_ notes: [[String]], of groups: [GroupValues], to answer: inout Answer) {
    let shared = (notes.first ?? []).filter { note in notes.allSatisfy { $0.contains(note) } }
    answer.notes += shared
    for (group, notes) in zip(groups, notes) {
      let name = group.texts.map { $0 ?? "–" }.joined(separator: ", ")
      answer.notes += notes.filter { !shared.contains($0) }.map { "\(name): \($0)" }
    }
    answer.notes.append("Only groups with events on these days have rows.")
  }
}
