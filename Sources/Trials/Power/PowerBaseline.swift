package import Aggregation
package import Events
package import Experiments

/// The primary goal before the experiment changes anything, and how many units come in.
package struct PowerBaseline: Sendable, Equatable {
  /// Of the control.
  package var value: Double
  /// Of one unit.
  package var spread: OutcomeSpread
  /// Of all arms together; nil where units do not come in day by day.
  package var unitsPerDay: Double?
  /// Distinct members that the units are of; nil where that is not known.
  package var members: Int?
  /// Where it comes from.
  package var note: String

  package init(value: Double, spread: OutcomeSpread, unitsPerDay: Double?, members: Int? = nil, note: String = "") {
    (self.value, self.spread, self.unitsPerDay, self.members) = (value, spread, unitsPerDay, members)
    self.note = note
  }

  /// What was given: of a proportion, or of a mean with the standard deviation of one unit.
  /// - Throws: ``AggregationError`` where the goal cannot have such a value.
  package init(
    given value: Double, deviation: Double?, unitsPerDay: Double?, members: Int?, of experiment: ExperimentDescription
  ) throws(AggregationError) {
    let isProportion = experiment.units.outcomes[0].isProportion
    guard isProportion || deviation != nil else {
      throw AggregationError(
        .usage, "'\(experiment.goals[0].name)' is no share of units: its baseline needs a spread",
        hint: "Give the standard deviation of one unit too: --deviation.")
    }
    guard !isProportion || value > 0 && value < 1 else {
      throw AggregationError(
        .usage, "'\(experiment.goals[0].name)' is a share, and \(shortText(value)) is none",
        hint: "Give --baseline a number between 0 and 1, such as 0.12.")
    }
    self.init(
      value: value, spread: deviation.map { .mean(standardDeviation: $0) } ?? .proportion(value),
      unitsPerDay: unitsPerDay, members: members, note: "The baseline is the one given.")
  }

  /// What the control's units of a table say whose windows have closed: other arms are not looked at.
  /// - Throws: ``InsufficientData`` where they are too few, or do not differ.
  package init(_ table: UnitTable, of experiment: ExperimentDescription) throws(InsufficientData) {
    let outcome = table.outcomes[0]
    let last = outcome.lastMatureDay?.number ?? .min
    let control = UInt8(experiment.controlPlace)
    let rows = (0..<table.count).filter {
      table.arms[$0] == control && table.days[$0] <= last && !outcome.values[$0].isNaN
    }
    let isClustered = experiment.design == .communityRandomised
    var sums = RatioSums.zero
    var (numerator, denominator) = (0.0, 0.0)
    for (place, row) in rows.enumerated() {
      numerator += outcome.values[row]
      denominator += outcome.denominators.isEmpty ? 1 : outcome.denominators[row]
      let isSame = place + 1 < rows.count && table.clusters[rows[place + 1]] == table.clusters[row]
      if isClustered, isSame { continue }
      sums = sums + RatioSums(numerator: numerator, denominator: denominator)
      (numerator, denominator) = (0, 0)
    }
    let isShare = experiment.units.outcomes[0].isProportion && !isClustered
    if isShare {
      let counts = ProportionSums(events: Int(sums.numerator), units: sums.units)
      let missing = SampleRequirement.standard.shortfalls(of: counts, arm: experiment.control)
      if !missing.isEmpty { throw InsufficientData(missing) }
    }
    let requirement = SampleRequirement(units: isClustered ? 4 : 100, events: 1, nonEvents: 1)
    let estimate = try sums.estimate(arm: experiment.control, requirement: requirement)
    value = estimate.value
    spread =
      isShare
      ? .proportion(value) : .mean(standardDeviation: estimate.standardError * Double(estimate.units).squareRoot())
    unitsPerDay = isClustered || experiment.units.assignment.isFact ? nil : Self.unitsPerDay(table, experiment)
    members = Set(table.clusters).count
    note =
      "The baseline is that of \(sums.units) units of the control '\(experiment.control)' with closed windows; other "
      + "arms were not looked at."
  }

  /// What units say from before the experiment, whatever was done with them.
  /// - Throws: ``InsufficientData`` as above.
  package init(history table: UnitTable, of experiment: ExperimentDescription) throws(InsufficientData) {
    var table = table
    table.arms = [UInt8](repeating: UInt8(experiment.controlPlace), count: table.count)
    try self.init(table, of: experiment)
    note =
      "The baseline is that of \(table.count) pushes delivered in the last \(Self.historyDayCount) days: none is "
      + "planned yet."
  }

  /// Days before as-of whose deliveries are history.
  package static let historyDayCount = 28

  /// Deliveries of the last weeks as units with the experiment's goals.
  /// - Parameter last: the last day before as-of.
  package static func historyQuestion(
    of experiment: ExperimentDescription, last: CommunityDay
  ) -> UnitQuestion {
    var question = experiment.units
    question.assignment = .event(question.sent)
    (question.isBeforeArms, question.keepsFirstArm, question.readsPast) = (true, false, false)
    question.scope.filter = nil
    question.scope.days = DayRange(from: last - (historyDayCount - 1), to: last)
    question.segments = []
    return question
  }

  /// Units of all arms a calendar day, over anchor days that may be a few a week.
  private static func unitsPerDay(_ table: UnitTable, _ experiment: ExperimentDescription) -> Double? {
    let days = Set(table.days).sorted()
    guard let first = days.first, let last = days.last else { return nil }
    if experiment.design == .memberRandomised { return Double(table.count) / Double(last - first + 1) }
    let perAnchorDay = Double(table.count) / Double(days.count)
    if days.count == 1 { return perAnchorDay / 7 }
    return perAnchorDay * Double(days.count - 1) / Double(last - first)
  }
}
