package import Aggregation
package import Events
internal import Experiments

/// How many units an experiment needs, and what fewer of them would find.
///
/// ```
/// α of a comparison   α / treatments                     what Holm leaves to the first of them
/// units of two arms   by PowerAnalysis, at their weights
/// units of all arms   those of two / their share of the weights
/// N*                  max(100, independent units of two arms / 4)
/// ```
///
/// Where sends draw their arm, what members have in common falls out of a difference: sends count as independent, which
/// rather overstates the error. N* is of members there, who each enter once.
package struct PowerPlan: Sendable, Equatable {
  /// What a row's number of units comes from.
  package enum Size: Sendable, Equatable, CustomStringConvertible {
    /// The effect that was asked for.
    case effect
    /// The units that were given.
    case given
    /// What comes in within so many days.
    case days(Int)

    package var description: String {
      switch self {
      case .effect: "for the effect"
      case .given: "given units"
      case .days(let count): "\(count) days of units"
      }
    }
  }

  /// One comparison at one size.
  package struct Row: Sendable, Equatable {
    package var arm: String
    package var size: Size
    package var effect: Double?
    /// Of all arms.
    package var units: Int?
    /// What of them is independent: members, where sends draw their arm.
    package var independentUnits: Int?
    package var referenceUnits: Double?
    /// Until the last window has closed.
    package var days: Int?
    package var power: Double
  }

  package let rows: [Row]
  package let alpha: Double
  package let baseline: PowerBaseline
  /// Independent units of all arms that find the effect in every comparison; nil without an effect, where nothing finds
  /// it, and where the members are not known.
  package let plannedUnits: Int?
  /// N* of that plan; nil of a fixed look.
  package let referenceUnits: Double?
  package let notes: [String]
  private let metric: String

  /// - Throws: ``AggregationError`` for an effect that there cannot be.
  package init(
    _ experiment: ExperimentDescription, baseline: PowerBaseline, _ question: PowerQuestion
  ) throws(AggregationError) {
    self.baseline = baseline
    metric = experiment.goals[0].name
    alpha = experiment.alpha / Double(experiment.treatmentPlaces.count)
    if let quantile = experiment.goals[0].quantile {
      throw AggregationError(
        .usage,
        "the primary goal '\(metric)' is the \(shortText(quantile)) quantile, and its spread is not known before",
        hint: "Plan with a goal that is a share, a mean or a ratio.")
    }
    let effect = try Self.effect(question, baseline, metric: metric)
    let scene = Scene(experiment, baseline, question.power, alpha)
    var rows: [Row] = []
    for place in experiment.treatmentPlaces {
      if let effect { rows.append(scene.plan(place, effect: effect)) }
      if let units = question.units { rows.append(scene.row(place, units: units)) }
      for days in question.days { if let row = scene.row(place, days: days) { rows.append(row) } }
    }
    let largest = rows.filter { $0.size == .effect }.max { ($0.units ?? .max) < ($1.units ?? .max) }
    plannedUnits = largest?.independentUnits
    referenceUnits = plannedUnits == nil ? nil : largest?.referenceUnits
    self.rows = rows
    notes = Self.notes(experiment, baseline, hasEffect: effect != nil, units: largest?.units)
  }

  private static func effect(
    _ question: PowerQuestion, _ baseline: PowerBaseline, metric: String
  ) throws(AggregationError) -> Double? {
    guard let effect = question.effect?.absolute(of: baseline.value) else { return nil }
    guard effect != 0, effect.isFinite else {
      throw AggregationError(
        .usage, "an effect of 0 is found by chance alone", hint: "Give --effect 0.01 or --lift 5%: what would matter.")
    }
    if case .proportion(let p) = baseline.spread, p + effect <= 0 || p + effect >= 1 {
      throw AggregationError(
        .usage,
        "'\(metric)' is \(shortText(p)): with an effect of \(shortText(effect)) it would be no share between 0 and 1",
        hint: "--effect is a difference of shares, 0.01 is one percentage point; --lift 5% is a part of the baseline.")
    }
    return effect
  }

  private static func notes(
    _ experiment: ExperimentDescription, _ baseline: PowerBaseline, hasEffect: Bool, units: Int?
  ) -> [String] {
    var notes = [baseline.note]
    if !hasEffect { notes.append("Without --effect or --lift there is no plan to write.") }
    if hasEffect, units == nil { notes.append("Not even 10^12 units find this effect.") }
    if experiment.looks == .sequential {
      notes.append(
        "Looks every night: the power is that of the last look alone, a lower bound. Each row is a plan of its own N*.")
    }
    if experiment.design == .sendRandomised {
      notes.append("Units are planned sends; planned-units and N* are of the members that they go to.")
      if baseline.members == nil {
        notes.append("How many members that are is not known, so there is nothing to write: give --members.")
      }
    }
    if baseline.unitsPerDay == nil, experiment.design != .communityRandomised {
      notes.append("How many units come in is not known: give --units-per-day for days.")
    }
    notes.append("A verdict needs two whole weeks, however few units do.")
    return notes.filter { !$0.isEmpty }
  }

  /// The table that people read.
  package func answer(asOf: Timestamp, timeZone: String) -> Answer {
    var answer = Answer(
      metric: "experiment power", definition: "experiment.power/1", asOf: asOf, timeZone: timeZone,
      columns: Self.columns, notes: notes)
    answer.rows = rows.map { row in
      [
        .text(metric), .text(row.arm), .text(row.size.description), .float(baseline.value),
        row.effect.map(Cell.float) ?? .null,
        row.effect.flatMap { baseline.value == 0 ? nil : .float($0 / baseline.value) } ?? .null, .float(alpha),
        .float(row.power), row.units.map(Cell.int) ?? .null,
        row.independentUnits.map(Cell.int) ?? .null, row.referenceUnits.map { .int(Int($0)) } ?? .null,
        row.days.map(Cell.int) ?? .null,
      ]
    }
    return answer
  }

  private static let columns = [
    AnswerColumn("metric", .string), AnswerColumn("arm", .string), AnswerColumn("size", .string),
    AnswerColumn("baseline", .float), AnswerColumn("effect", .float), AnswerColumn("lift", .float),
    AnswerColumn("alpha", .float), AnswerColumn("power", .float), AnswerColumn("units", .int),
    AnswerColumn("planned_units", .int),
    AnswerColumn("reference_units", .int), AnswerColumn("days", .int),
  ]
}

/// What all comparisons of one experiment share.
private struct Scene {
  private let experiment: ExperimentDescription
  private let baseline: PowerBaseline
  private let power: Double
  private let alpha: Double
  /// Days from the last anchor until its window has closed.
  private let closingDays: Int

  init(_ experiment: ExperimentDescription, _ baseline: PowerBaseline, _ power: Double, _ alpha: Double) {
    (self.experiment, self.baseline, self.power, self.alpha) = (experiment, baseline, power, alpha)
    let outcome = experiment.units.outcomes[0]
    let seconds = outcome.windowSeconds + (outcome.isOfPush ? experiment.units.latestSendSeconds : 0)
    closingDays = Int((seconds + 86399) / 86400)
  }

  /// The shares of the weights that a treatment and the control have.
  private func weights(_ place: Int) -> (treatment: Double, control: Double) {
    (experiment.arms[place].weight, experiment.arms[experiment.controlPlace].weight)
  }

  private func analysis(_ place: Int) -> PowerAnalysis {
    let (treatment, control) = weights(place)
    return PowerAnalysis(
      baseline.spread, treatmentShare: treatment / (treatment + control), isSequential: experiment.looks == .sequential,
      alpha: alpha)
  }

  func plan(_ place: Int, effect: Double) -> PowerPlan.Row {
    let (treatment, control) = weights(place)
    let units = analysis(place).units(effect: effect, power: power).map {
      Int((Double($0) / (treatment + control)).rounded(.up))
    }
    return row(place, effect: effect, units: units, .effect)
  }

  func row(_ place: Int, units: Int) -> PowerPlan.Row {
    row(place, effect: detectable(place, units), units: units, .given)
  }

  func row(_ place: Int, days: Int) -> PowerPlan.Row? {
    guard let units = baseline.unitsPerDay.map({ Int($0 * Double(days)) }) else { return nil }
    return row(place, effect: detectable(place, units), units: units, .days(days))
  }

  private func detectable(_ place: Int, _ units: Int) -> Double? {
    let (treatment, control) = weights(place)
    let pair = Int(Double(units) * (treatment + control))
    return pair < 2 ? nil : analysis(place).detectableEffect(units: pair, power: power)
  }

  private func row(_ place: Int, effect: Double?, units: Int?, _ size: PowerPlan.Size) -> PowerPlan.Row {
    var entry = units.flatMap { units in
      baseline.unitsPerDay.flatMap { $0 > 0 ? Int((Double(units) / $0).rounded(.up)) : nil }
    }
    if case .days(let count) = size { entry = count }
    return PowerPlan.Row(
      arm: experiment.arms[place].name, size: size, effect: effect, units: units,
      independentUnits: units.flatMap { independentUnits($0, share: 1) }.map { Int($0.rounded()) },
      referenceUnits: units.flatMap { referenceUnits(place, $0) }, days: entry.map { $0 + closingDays }, power: power)
  }

  /// N*: a quarter of what is independent in the two arms.
  private func referenceUnits(_ place: Int, _ units: Int) -> Double? {
    guard experiment.looks == .sequential else { return nil }
    let (treatment, control) = weights(place)
    return independentUnits(units, share: treatment + control).map { max(100, ($0 / 4).rounded()) }
  }

  /// Units of arms that have a share of the weights; where sends draw their arm, the members that have a unit in any of
  /// them.
  private func independentUnits(_ units: Int, share: Double) -> Double? {
    let count = Double(units) * share
    guard experiment.design == .sendRandomised else { return count }
    guard let members = baseline.members, members > 0 else { return nil }
    let each = Double(units) / Double(members)
    if each <= 1 { return count }
    // Each of `each` draws misses the arms with 1 − share.
    var missed = 1.0
    for _ in 0..<min(1000, Int(each)) { missed *= 1 - share }
    return min(count, Double(members) * (1 - missed))
  }
}
