import Aggregation

/// The slow, obvious triangle of pushes of a community in UTC: credits and planned units one by one, straight from the
/// definitions. Item is the push, segment the arm.
struct ReferenceTriangle {
  let question: PushQuestion
  let events: [PlainEvent]
  let asOf: Int64
  let span: Range<Int64>
  let dataStart: Int64

  private static let day: Int64 = 86_400_000_000

  /// Of one group.
  struct Effect {
    var planned = 0
    var compared = 0
    /// Nil without a holdout.
    var rate: Double?
    var low: Double?
    var high: Double?
  }

  private struct Unit {
    var member: String
    var push: String
    var arm: String?
    var day: Int64
    var isActive: Bool
  }

  /// The slow counts of one rule.
  func alone(_ rule: PushQuestion.Attribution) -> ReferencePush {
    var question = question
    (question.triangle, question.attribution) = (false, rule)
    if rule == .braze || rule == .baselineAdjusted { question.window = nil }
    let unplanned = events.filter { $0.name != question.planned }
    return ReferencePush(question: question, events: unplanned, asOf: asOf, span: span, dataStart: dataStart)
  }

  /// By rule, push and arm: credits whose session another rule credits too, and those whose session the same rule
  /// credits to another push.
  func shared() -> [String: [Int]] {
    var credits: [(rule: String, key: String, member: String, session: Int64)] = []
    for rule in [PushQuestion.Attribution.direct, .window, .braze] {
      let push = alone(rule)
      for unit in push.units where push.isMature(unit, push.window(of:)) {
        guard let session = push.session(creditedTo: unit) else { continue }
        credits.append((rule.rawValue, "\(unit.push) \(unit.arm ?? "-")", unit.member, session))
      }
    }
    var counts: [String: [Int]] = [:]
    for credit in credits {
      let same = credits.filter { $0.member == credit.member && $0.session == credit.session }
      var row = counts["\(credit.rule) \(credit.key)"] ?? [0, 0]
      row[0] += same.contains { $0.rule != credit.rule } ? 1 : 0
      row[1] += same.count { $0.rule == credit.rule } > 1 ? 1 : 0
      counts["\(credit.rule) \(credit.key)"] = row
    }
    return counts
  }

  private func wholeDays(from day: Int64) -> Range<Int64> {
    let count = (question.windowSeconds * 1_000_000 + Self.day - 1) / Self.day
    return day * Self.day..<(day + count) * Self.day
  }

  /// Planned units of one arm that have matured or not.
  private func units(mature: Bool?) -> [Unit] {
    let plans = events.filter { $0.name == question.planned && $0.item != nil && span.contains($0.ts) }
    return Dictionary(grouping: plans) { "\($0.member) \($0.item!)" }.values.compactMap { same in
      guard Set(same.map(\.segment)).count == 1 else { return nil }
      let last = plans.filter { $0.item == same[0].item }.map(\.ts).max()!
      if let mature, (wholeDays(from: last / Self.day).upperBound <= asOf) != mature { return nil }
      let day = same.map(\.ts).min()! / Self.day
      let isActive = events.contains {
        $0.member == same[0].member && ![question.send, question.planned].contains($0.name)
          && wholeDays(from: day).contains($0.ts)
      }
      return Unit(member: same[0].member, push: same[0].item!, arm: same[0].segment, day: day, isActive: isActive)
    }
  }

  /// How many units were planned with several arms.
  var twoArmed: Int {
    let plans = events.filter { $0.name == question.planned && $0.item != nil && span.contains($0.ts) }
    return Dictionary(grouping: plans) { "\($0.member) \($0.item!)" }.values.count { Set($0.map(\.segment)).count > 1 }
  }

  /// By group, which is by arm alone or by push and arm.
  func effects() -> [String: Effect] {
    let isByArm = question.by == ["arm"]
    func key(_ unit: Unit) -> String { (isByArm ? "" : "\(unit.push) ") + (unit.arm ?? "-") }
    let mature = units(mature: true)
    return Dictionary(grouping: units(mature: nil).filter { $0.arm != question.holdout }, by: key).mapValues {
      planned in
      var effect = Effect(planned: planned.count)
      var (difference, residuals) = (0.0, [String: Double]())
      for (_, own) in Dictionary(
        grouping: mature.filter { key($0) == key(planned[0]) && $0.arm != question.holdout },
        by: {
          "\($0.push) \($0.day)"
        })
      {
        let held = mature.filter { $0.arm == question.holdout && $0.push == own[0].push && $0.day == own[0].day }
        if held.isEmpty { continue }
        let share = Double(own.count { $0.isActive }) / Double(own.count)
        let heldShare = Double(held.count { $0.isActive }) / Double(held.count)
        effect.compared += own.count
        difference += Double(own.count) * (share - heldShare)
        for unit in own { residuals[unit.member, default: 0] += (unit.isActive ? 1 : 0) - share }
        for unit in held {
          let weight = Double(own.count) / Double(held.count)
          residuals[unit.member, default: 0] -= weight * ((unit.isActive ? 1 : 0) - heldShare)
        }
      }
      if effect.compared == 0 { return effect }
      let (rate, g) = (difference / Double(effect.compared), Double(residuals.count))
      effect.rate = rate
      let squares = residuals.values.reduce(0) { $0 + $1 * $1 }
      if residuals.count < 30 || squares < 1e-9 { return effect }
      let half =
        StudentQuantile.value(degreesOfFreedom: residuals.count - 1) * (g / (g - 1) * squares).squareRoot()
        / Double(effect.compared)
      (effect.low, effect.high) = (rate - half, rate + half)
      return effect
    }
  }
}
