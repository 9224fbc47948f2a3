internal import Events

/// The rows of a retention triangle and its pooled line, from counts by cohort and cell.
struct RetentionTable {
  /// One row of the triangle.
  struct Cohort {
    /// The first day of its interval.
    var start: CommunityDay
    var size = 0
    /// By cell.
    var returned: [Int]
  }

  /// How far a cell is.
  enum CellState { case complete, inProgress, future }

  let question: RetentionQuestion
  let resolved: ResolvedQuestion

  /// The columns of the answer.
  static let columns = [
    AnswerColumn("cohort", .date), AnswerColumn("size", .int), AnswerColumn("period", .int),
    AnswerColumn("returned", .int), AnswerColumn("complete", .bool), AnswerColumn("rate", .float),
    AnswerColumn("low", .float), AnswerColumn("high", .float),
  ]

  /// Whether the periods of a cell have ended, or begun, for the cohort that starts on `cohort`.
  func state(_ cohort: CommunityDay, _ cell: ClosedRange<Int>) -> CellState {
    guard let unit = question.rollingSeconds else {
      let start = resolved.calendar.start(cohort, advancedBy: cell.lowerBound, question.cohort)
      let end = resolved.calendar.start(cohort, advancedBy: cell.upperBound + 1, question.cohort)
      return resolved.hasEnded(before: end) ? .complete : resolved.hasBegun(start) ? .inProgress : .future
    }
    let next = resolved.calendar.start(cohort, advancedBy: 1, question.cohort)
    let ends = resolved.zone.start(of: next).adding(seconds: Int64(cell.upperBound + 1) * unit)
    let begins = resolved.zone.start(of: cohort).adding(seconds: Int64(cell.lowerBound) * unit)
    return ends <= resolved.asOf ? .complete : begins < resolved.asOf ? .inProgress : .future
  }

  /// The pooled line, then the cohorts that are not empty.
  /// - Parameter clusters: by cell, sums by member over complete cells; where members stand in several cohorts.
  func rows(_ cohorts: [Cohort], clusters: [ClusterSums]? = nil) -> [[Cell]] {
    let present = cohorts.filter { $0.size > 0 }
    if present.isEmpty { return [] }
    let cells = question.cells
    let pooled = cells.indices.map { cell in
      let complete = present.filter { state($0.start, cells[cell]) == .complete }
      return pooledRow(cell, complete, clusters?[cell])
    }
    return pooled + present.flatMap { cohort in cells.indices.map { row(of: cohort, $0) } }
  }

  private func row(of cohort: Cohort, _ cell: Int) -> [Cell] {
    let periods = question.cells[cell]
    let head: [Cell] = [.day(cohort.start), .int(cohort.size), .int(periods.lowerBound)]
    let state = state(cohort.start, periods)
    if state == .future { return head + [.null, .bool(false), .null, .null, .null] }
    let returned = cohort.returned[cell]
    return head + [.int(returned), .bool(state == .complete), .ratio(returned, of: cohort.size)]
      + Self.wilson(returned, cohort.size)
  }

  /// Sums over complete cells; null where no cell of the period is complete.
  private func pooledRow(_ cell: Int, _ complete: [Cohort], _ clusters: ClusterSums?) -> [Cell] {
    let period = Cell.int(question.cells[cell].lowerBound)
    if complete.isEmpty { return [.null, .null, period, .null, .bool(false), .null, .null, .null] }
    let size = complete.reduce(0) { $0 + $1.size }
    let returned = complete.reduce(0) { $0 + $1.returned[cell] }
    let head: [Cell] = [.null, .int(size), period, .int(returned), .bool(true)]
    switch question.pool {
    case .pooled:
      guard let clusters else { return head + [.ratio(returned, of: size)] + Self.wilson(returned, size) }
      let interval = clusters.interval
      return head + [.ratio(returned, of: size)]
        + [interval.map { .float($0.low) } ?? .null, interval.map { .float($0.high) } ?? .null]
    case .simple:
      let sum = complete.reduce(0.0) { $0 + Double($1.returned[cell]) / Double($1.size) }
      return head + [.float(sum / Double(complete.count)), .null, .null]
    case .mixpanel:
      let weighted = complete.reduce(0.0) { $0 + Double($1.returned[cell]) * Double($1.size) }
      let squares = complete.reduce(0.0) { $0 + Double($1.size) * Double($1.size) }
      return head + [.float(weighted / squares), .null, .null]
    }
  }

  private static func wilson(_ returned: Int, _ size: Int) -> [Cell] {
    let interval = WilsonInterval(successes: returned, trials: size)
    return [interval.map { .float($0.low) } ?? .null, interval.map { .float($0.high) } ?? .null]
  }

  /// Says what the lines and cells are.
  func addNotes(to answer: inout Answer) {
    if answer.rows.isEmpty { answer.notes.append("Nobody started on these days, so there is no cohort.") }
    if let note = resolved.partialNote(question.cohort) { answer.notes.append(note) }
    switch question.mode {
    case .on: break
    case .onOrAfter: answer.notes.append("Open-ended: later returns still raise these cells.")
    case .bracket:
      let list = question.brackets.map { "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
      answer.notes.append("Brackets \(list): period is the first of each.")
    case .full:
      answer.notes.append("Active in every period from 1 on; period 0 asks for nothing, so all members meet it.")
    case .streak: answer.notes.append("Active in every period from 0 on.")
    }
    switch question.pool {
    case .pooled: answer.notes.append("Pooled line: sum of returned / sum of sizes over complete cells.")
    case .simple: answer.notes.append("Pooled line: mean of the ratios of complete cells; it has no interval.")
    case .mixpanel:
      answer.notes.append(
        "Pooled line: Σ returned · size / Σ size² over complete cells, Mixpanel's weighting; it has no interval.")
    }
    if question.isRecurring, question.pool == .pooled {
      answer.notes.append(
        "A member can stand in several cohorts: the interval of the pooled line is clustered by member, "
          + "null under \(ClusterSums.memberCountMin) members and at rates of 0 and 1.")
    }
  }
}

extension RetentionQuestion {
  /// The length of a period of the rolling clocks; nil for the calendar.
  var rollingSeconds: Int64? {
    switch (clock, cohort) {
    case (.calendar, _): nil
    case (_, .day): 86_400
    case (_, .week): 7 * 86_400
    case (_, .month): 30 * 86_400
    }
  }
}
