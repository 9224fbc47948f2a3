/// What to do, in plain words; a pure function of the results.
///
/// The first rule that fits:
///
/// 1. an alarm of the sample ratio hides everything else;
/// 2. arms proved to harm a guardrail by more than its margin are out; where all are, the experiment is stopped;
/// 3. no arm left with a comparison: insufficient data;
/// 4. after two complete weeks, an arm whose adjusted lower bound is above 0 with every guardrail inside its margin is
///    shipped, of several the one with the largest difference;
/// 5. after them, with every arm's upper bound below 0, the control is kept;
/// 6. below the planned units, or short of two weeks, or with a better arm whose guardrails are still open: keep running;
/// 7. no difference larger than the bound that lies farthest from 0.
///
/// At a fixed look 4 and 5 also wait for the planned units.
package enum Verdict: Sendable, Equatable {
  /// Days of two complete weeks.
  package static let completeDaysMin = 14

  case sampleRatioMismatch(p: Double)
  /// Guardrails by name of the first arm that is out.
  case stopped(arm: String, guardrails: [String])
  case insufficientData(InsufficientData)
  /// The difference is that of the arm and the look that looked best: optimistic unless shrunk.
  case ship(arm: String, difference: Double)
  case keepControl
  /// Days at the present rate; nil where no rate leads there.
  case keepRunning(days: Int?)
  case noDifference(largerThan: Double)

  /// The first rule that fits.
  package init(_ results: ExperimentResults) {
    guard results.sampleRatioP >= SampleRatioTest.alarmLevel else {
      self = .sampleRatioMismatch(p: results.sampleRatioP)
      return
    }
    let safe = results.arms.filter { $0.harmed.isEmpty }
    guard !safe.isEmpty else {
      self = .stopped(arm: results.arms[0].name, guardrails: results.arms[0].harmed)
      return
    }
    let compared = safe.filter { $0.primary != nil }
    guard !compared.isEmpty else {
      let all = safe.flatMap { arm in arm.shortfall?.shortfalls ?? [] }
      self = .insufficientData(InsufficientData(all))
      return
    }
    let isPlanned = results.units >= results.plannedUnits
    let mayDecide = results.completeDays >= Self.completeDaysMin && (results.isSequential || isPlanned)
    let better = compared.filter { $0.low > 0 }
    if mayDecide, let best = better.filter(\.isGuarded).max(by: { $0.difference < $1.difference }) {
      self = .ship(arm: best.name, difference: best.difference)
    } else if mayDecide, compared.count == results.arms.count, compared.allSatisfy({ $0.high < 0 }) {
      self = .keepControl
    } else if !mayDecide || !isPlanned {
      self = .keepRunning(days: results.daysToPlan)
    } else if !better.isEmpty {
      self = .keepRunning(days: better.compactMap { results.daysToGuard($0) }.min())
    } else {
      self = .noDifference(largerThan: compared.map { max(abs($0.low), abs($0.high)) }.max() ?? 0)
    }
  }
}

extension ExperimentResults.Arm {
  /// Names of guardrails that are proved to be harmed.
  fileprivate var harmed: [String] { guardrails.filter { $0.result?.isHarmful == true }.map(\.name) }

  /// Every guardrail is inside its margin.
  fileprivate var isGuarded: Bool { guardrails.allSatisfy { $0.result?.isInside == true } }

  fileprivate var difference: Double { primary?.difference ?? .nan }
  fileprivate var low: Double { primary?.low ?? .nan }
  fileprivate var high: Double { primary?.high ?? .nan }
}

extension ExperimentResults {
  /// Until the plan is full and two weeks are complete.
  fileprivate var daysToPlan: Int? {
    guard plannedUnits < .max else { return nil }
    let missing = Double(max(0, plannedUnits - units))
    let weeks = max(0, Verdict.completeDaysMin - completeDays)
    if missing == 0 { return max(1, weeks) }
    guard unitsPerDay > 0 else { return nil }
    return max(Int(min(1e9, (missing / unitsPerDay).rounded(.up))), weeks, 1)
  }

  /// Until the arm's guardrails are inside their margins if the harm stays what it seems: widths fall with √n.
  fileprivate func daysToGuard(_ arm: Arm) -> Int? {
    var days = 1
    for guardrail in arm.guardrails where guardrail.result?.isInside != true {
      guard unitsPerDay > 0, let result = guardrail.result, result.harm < result.margin else { return nil }
      let ratio = (result.upper - result.harm) / (result.margin - result.harm)
      days = max(days, Int(min(1e9, (Double(units) * (ratio * ratio - 1) / unitsPerDay).rounded(.up))))
    }
    return days
  }
}

extension Verdict: CustomStringConvertible {
  /// `keep running: 6 more days at this rate`. Differences are printed as fractions; who knows the unit words them.
  package var description: String {
    switch self {
    case .sampleRatioMismatch(let p): "no verdict: the arms do not hold the units they should, p = \(p)"
    case .stopped(let arm, let guardrails): "stopped: \(arm) harms \(guardrails.joined(separator: ", "))"
    case .insufficientData(let data): data.description
    case .ship(let arm, _): "ship \(arm)"
    case .keepControl: "keep the control: every other arm is worse"
    case .keepRunning(let days?): "keep running: \(days) more \(days == 1 ? "day" : "days") at this rate"
    case .keepRunning(nil): "keep running: at this rate no end is in sight"
    case .noDifference(let most): "no difference larger than \(most)"
    }
  }
}
