package import Aggregation
internal import Events
internal import Experiments

extension ExperimentAnalysis {
  /// The columns of the contract.
  static var columns: [AnswerColumn] {
    [AnswerColumn("metric", .string), AnswerColumn("arm", .string), AnswerColumn("units", .int)]
      + ["value", "low", "high", "difference", "diff_low", "diff_high", "lift", "p", "p_adjusted"].map {
        AnswerColumn($0, .float)
      } + [AnswerColumn("verdict", .string)]
  }

  /// The verdict first, then the sample ratio and deliveries, then goals and guardrails by arm.
  package var answer: Answer {
    var answer = Answer(
      metric: "experiment", definition: ExperimentDescription.definition, asOf: frame.table.asOf,
      timeZone: frame.table.timeZone,
      columns: Self.columns)
    guard frame.table.count > 0 else {
      answer.rows = [verdictRow]
      answer.notes = frame.table.notes
      return answer
    }
    answer.rows = [verdictRow] + sampleRatioRows + deliveryRows
    for outcome in outcomes.indices { answer.rows += rows(of: outcome) }
    answer.notes = notes + frame.table.notes
    answer.statistics = frame.table.statistics
    return answer
  }

  private var verdictRow: [Cell] {
    var row = [Cell](repeating: .null, count: Self.columns.count)
    row[0] = .text("verdict")
    row[2] = .int(frame.clustersByDay(0).last ?? 0)
    row[row.count - 1] = .text(verdictText)
    return row
  }

  private var sampleRatioRows: [[Cell]] {
    let total = sampleRatio.units.reduce(0, +)
    return experiment.arms.indices.map { arm in
      let share = total == 0 ? nil : Double(sampleRatio.units[arm]) / Double(total)
      let verdict = sampleRatio.p.map { _ in sampleRatio.isAlarm ? "alarm" : "as promised" } ?? "not tested"
      return [
        .text("sample-ratio"), .text(experiment.arms[arm].name), .int(sampleRatio.units[arm]), .init(share), .null,
        .null, .init(sampleRatio.p.flatMap { _ in share.map { $0 - sampleRatio.shares[arm] } }), .null, .null, .null,
        .init(sampleRatio.p), .null,
        .text(verdict),
      ]
    }
  }

  private var deliveryRows: [[Cell]] {
    guard !experiment.units.assignment.isFact else { return [] }
    var (sent, all) = (experiment.arms.map { _ in 0 }, experiment.arms.map { _ in 0 })
    for row in 0..<frame.table.count {
      all[Int(frame.table.arms[row])] += 1
      if frame.table.isDelivered[row] { sent[Int(frame.table.arms[row])] += 1 }
    }
    return experiment.arms.indices.filter { $0 != experiment.holdoutPlace }.map { arm in
      [.text("delivered"), .text(experiment.arms[arm].name), .int(all[arm]), .ratio(sent[arm], of: all[arm])]
        + [Cell](repeating: .null, count: Self.columns.count - 4)
    }
  }

  private func rows(of outcome: Int) -> [[Cell]] {
    let result = outcomes[outcome]
    return experiment.arms.indices.map { arm in
      let estimate = result.estimates.arms[arm]
      let band = estimate.map { bounds($0, arm) }
      let comparison = result.comparisons[arm]
      return [
        .text(experiment.units.outcomes[outcome].name), .text(experiment.arms[arm].name),
        .int(result.estimates.clusters[arm]), .init(estimate?.value), .init(band?.low), .init(band?.high),
        .init(comparison?.difference), .init(comparison?.low), .init(comparison?.high), .init(comparison?.lift),
        .init(comparison?.p), .init(result.adjustedP[arm]), words(outcome, arm).map { .text($0) } ?? .null,
      ]
    }
  }

  /// The ends of one arm's own interval.
  private func bounds(_ estimate: Estimate, _ arm: Int) -> (low: Double, high: Double) {
    switch experiment.looks(arm: arm) {
    case .fixed: estimate.interval(level: 1 - experiment.alpha)
    case .sequential(let sequence): estimate.band(sequence, level: 1 - experiment.alpha)
    }
  }
}

extension Cell {
  /// Null where there is no number.
  init(_ value: Double?) { self = value.map { $0.isFinite ? .float($0) : .null } ?? .null }
}
