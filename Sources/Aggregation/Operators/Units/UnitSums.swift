internal import Events

/// Answers with the sums that an experiment's statistics rest on: a row an outcome and arm, over units whose windows
/// have closed.
struct UnitSums: QuestionPlan {
  let question: UnitQuestion
  let resolved: ResolvedQuestion

  static let columns = [
    AnswerColumn("outcome", .string), AnswerColumn("arm", .string), AnswerColumn("units", .int),
    AnswerColumn("clusters", .int), AnswerColumn("observed", .int), AnswerColumn("sum", .float),
    AnswerColumn("sum_squares", .float), AnswerColumn("denominator", .float),
    AnswerColumn("denominator_squares", .float), AnswerColumn("products", .float), AnswerColumn("delivered", .int),
    AnswerColumn("past_units", .int), AnswerColumn("past_sum", .float), AnswerColumn("past_sum_squares", .float),
    AnswerColumn("past_products", .float),
  ]

  func read(_ resolved: ResolvedQuestion) -> PlannedRead {
    guard let asked = resolved.days, let data = resolved.dataDays, !question.eventNames.isEmpty else {
      return PlannedRead(days: nil)
    }
    let after = question.outcomes.map(\.windowDays).max() ?? 0
    let days = asked.lowerBound - question.daysReadBefore...asked.upperBound + after
    let readsActivity =
      question.segments.contains(UnitQuestion.priorActivity)
      || question.measures.contains { $0.events.isEmpty }
    return PlannedRead(
      days: days.overlaps(data) ? days.clamped(to: data) : nil, events: readsActivity ? nil : question.eventNames)
  }

  func run(into answer: inout Answer) throws {
    let table = try UnitRun(question: question, resolved: resolved).table()
    answer.columns = Self.columns
    for (place, outcome) in question.outcomes.enumerated() {
      let byArm = units(of: table, place)
      for (arm, name) in question.arms.enumerated() {
        answer.rows.append([.text(outcome.name), .text(name)] + cells(table, place, byArm[arm]))
      }
    }
    answer.statistics.add(table.statistics)
    answer.notes += table.notes + table.exclusions.notes
  }

  /// Mature units by arm.
  private func units(of table: UnitTable, _ outcome: Int) -> [[Int]] {
    var units = [[Int]](repeating: [], count: question.arms.count)
    guard let last = table.outcomes[outcome].lastMatureDay?.number else { return units }
    for unit in 0..<table.count where table.days[unit] <= last { units[Int(table.arms[unit])].append(unit) }
    return units
  }

  private func cells(_ table: UnitTable, _ place: Int, _ units: [Int]) -> [Cell] {
    let outcome = table.outcomes[place]
    let isRatio = question.outcomes[place].denominator != nil
    let observed = units.filter { unit in
      !outcome.values[unit].isNaN && !(isRatio && outcome.denominators[unit].isNaN)
    }
    let hasPast = question.readsPast(of: question.outcomes[place])
    let withPast = !hasPast ? [] : observed.filter { !outcome.past[$0].isNaN }
    func sum(_ units: [Int], _ value: (Int) -> Double) -> Cell {
      units.isEmpty ? .null : .float(orderlessSum(units.map(value)))
    }
    let (values, past) = (outcome.values, outcome.past)
    func denominator(_ value: (Double, Int) -> Double) -> Cell {
      isRatio ? sum(observed) { value(outcome.denominators[$0], $0) } : .null
    }
    return [
      .int(units.count), .int(distinctCount(units.map { table.clusters[$0] })),
      .int(observed.count), sum(observed) { values[$0] },
      sum(observed) { values[$0] * values[$0] }, denominator { value, _ in value },
      denominator { value, _ in value * value }, denominator { $0 * values[$1] },
      .int(units.count { table.isDelivered[$0] }),
      hasPast ? .int(withPast.count) : .null, sum(withPast) { past[$0] },
      sum(withPast) { past[$0] * past[$0] }, sum(withPast) { values[$0] * past[$0] },
    ]
  }
}

/// How many values differ from the one before: of a table's clusters, which are in order, how many there are.
private func distinctCount(_ values: [Int32]) -> Int {
  values.isEmpty ? 0 : 1 + zip(values, values.dropFirst()).count { $0 != $1 }
}

/// The sum of numbers, the same in whatever order they come.
private func orderlessSum(_ numbers: [Double]) -> Double {
  // Whole numbers add exactly.
  let limit = 0x1p53 / Double(numbers.count)
  let isWhole = numbers.allSatisfy { abs($0) < limit && $0 == Double(Int($0)) }
  return (isWhole ? numbers : numbers.sorted()).reduce(0, +)
}

extension UnitTable.Exclusions {
  /// What is left out, in words.
  package var notes: [String] {
    var notes: [String] = []
    func note(_ count: Int, _ text: String) { if count > 0 { notes.append("Left out: \(count) \(text).") } }
    note(inTwoArms, "units in two arms")
    for (name, count) in unknownArms.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      note(count, name.isEmpty ? "units without an arm" : "units of '\(name)', which is no arm of the experiment")
    }
    note(withoutPush, "planned rows without a push")
    note(withoutCommunity, "planned rows without a community")
    if plannedAgain > 0 { notes.append("Counted once: \(plannedAgain) rows plan a send again with the same arm.") }
    if unplannedSends > 0 { notes.append("Sent without a plan: \(unplannedSends) sends of these days.") }
    note(tapsBeforeSend, "taps before their send")
    for (name, count) in unusableValues.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      note(count, "values of '\(name)' that are no numbers, or not 0 or 1 in a proportion")
    }
    return notes
  }
}
