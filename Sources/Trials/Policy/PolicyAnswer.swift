package import Aggregation
internal import Experiments

extension PolicyAnalysis {
  /// What has to be known of members before their units.
  package static func traitsQuestion(_ experiment: ExperimentDescription) -> TraitsQuestion {
    var question = TraitsQuestion()
    question.goesByMemberClock = experiment.goesByMemberClock
    question.sent = experiment.units.sent
    let taps = experiment.units.outcomes.filter(\.isOfPush).flatMap(\.measure.events)
    var leftOut = Set(question.leftOut + taps)
    if case .event(let planned) = experiment.units.assignment { leftOut.insert(planned) }
    question.leftOut = leftOut.subtracting([question.sent]).sorted()
    return question
  }

  /// The table that people read: a row a policy and estimator, one a policy that has no value.
  package func answer(_ table: UnitTable) -> Answer {
    let figures = ["value", "low", "high", "difference", "difference_low", "difference_high"]
    var columns = [AnswerColumn("policy", .string), AnswerColumn("estimator", .string)]
    columns += figures.map { AnswerColumn($0, .float) }
    columns += [
      AnswerColumn("sends", .int), AnswerColumn("effective_sends", .float), AnswerColumn("largest_weight", .float),
      AnswerColumn("refusal", .string),
    ]
    var answer = Answer(
      metric: "experiment policy", definition: "experiment.policy/1", asOf: table.asOf, timeZone: table.timeZone,
      columns: columns, notes: notes + table.notes, statistics: table.statistics)
    answer.rows = rows.map(Self.cells)
    return answer
  }

  private static func cells(_ row: Row) -> [Cell] {
    let interval = row.value?.interval()
    let numbers: [Double?] = [
      row.value?.value, interval?.low, interval?.high, row.difference?.difference, row.difference?.low,
      row.difference?.high,
    ]
    var cells: [Cell] = [.text(row.policy.rawValue), row.estimator.map { .text($0.rawValue) } ?? .null]
    cells += numbers.map { $0.map(Cell.float) ?? .null }
    cells.append(.int(row.sendCount))
    cells += [row.effectiveSends, row.largestWeight].map { $0.map(Cell.float) ?? .null }
    cells.append(row.refusal.map(Cell.text) ?? .null)
    return cells
  }
}
