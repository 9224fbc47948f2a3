internal import Columns
internal import Events
internal import Segments

/// Answers how many opens each rule credits to pushes, how often credits overlap, and what the holdout says was added.
///
/// ```
/// rows of a member   sends, taps, sessions        → credits by rule, side by side: which sessions are counted twice
///                    planned pushes, activity     → planned units, active or not: sums against the holdout
/// ```
struct TriangleRun: QuestionPlan {
  let question: PushQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns = columns
    guard let days = resolved.days, let data = resolved.dataDays else { return }
    let push = PushRun(question: question, resolved: resolved)
    let numbers = PushNumbers(groups: SharedGroups(question.by), plans: SharedGroups(PlanKinds.columns(question)))
    let runs = try push.memberRuns(days, data, numbers, into: &answer)
    let kinds = PlanKinds(numbers.plans.values, question)
    let groups = Set(numbers.groups.values + kinds.treated).sorted(by: GroupValues.precedes)
    let place = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    var walks: [PushWalk] = []
    for rule in PushQuestion.Attribution.allCases {
      var walk = PushWalk(
        PushRun(question: question.alone(rule), resolved: resolved), rank: numbers.groups.values.map { place[$0]! },
        pushes: numbers.pushes.texts, firstDay: data.lowerBound)
      walk.settle(runs)
      walks.append(walk)
    }
    let plan = PlanWalk(question, resolved, days, kinds, runs)
    let states = runs.fold(TriangleWalk(walks, plan, groupCount: groups.count)) { walk, _, rows in walk.add(rows) }
    var total = states[0]
    for state in states.dropFirst() { total.merge(state) }
    let effects = HoldoutEffects(states.map(\.plan), kinds, places: place)
    // Groups of sends and plans outside the days asked for have none here.
    let sent = total.walks[0].tally.sent
    let shown = groups.indices.filter { $0 < sent.count && sent[$0] > 0 || effects.groups[$0].planned > 0 }
    answer.rows = shown.flatMap { group in
      PushQuestion.Attribution.allCases.indices.map { groups[group].cells + row(of: $0, group, total) }
        + [groups[group].cells + row(of: effects, group)]
    }
    note(total, effects, into: &answer)
  }

  private var columns: [AnswerColumn] {
    (question.by + ["rule"]).map { AnswerColumn($0, .string) } + ["units", "matured"].map { AnswerColumn($0, .int) }
      + ["opened", "rate", "low", "high"].map { AnswerColumn($0, .float) }
      + ["other_rules", "other_pushes"].map { AnswerColumn($0, .int) }
  }

  private func row(of rule: Int, _ group: Int, _ total: TriangleWalk) -> [Cell] {
    let attribution = PushQuestion.Attribution.allCases[rule]
    let tally = total.walks[rule].tally
    let isSent = group < tally.sent.count
    let sums = isSent ? tally.sums[group][0] : ClusterSums()
    let head = [Cell.text(attribution.rawValue), .int(isSent ? tally.sent[group] : 0), .int(sums.n)]
    if attribution == .baselineAdjusted {
      // Counted in twelfths, which a mean of one to four weeks is.
      let opened = Double(sums.x) / 12
      return head + [.float(opened), sums.n == 0 ? .null : .float(opened / Double(sums.n)), .null, .null, .null, .null]
    }
    let interval = sums.interval
    let shared = total.shared[rule][group]
    return head + [
      .float(Double(sums.x)), .ratio(sums.x, of: sums.n), interval.map { .float($0.low) } ?? .null,
      interval.map { .float($0.high) } ?? .null, .int(shared.otherRules), .int(shared.otherPushes),
    ]
  }

  private func row(of effects: HoldoutEffects, _ group: Int) -> [Cell] {
    let effect = effects.groups[group]
    let interval = effect.interval
    return [
      .text("incremental"), .int(effect.planned), .int(effect.compared),
      effect.rate.map { .float($0 * Double(effect.compared)) } ?? .null, effect.rate.map(Cell.float) ?? .null,
      interval.map { .float($0.low) } ?? .null, interval.map { .float($0.high) } ?? .null, .null, .null,
    ]
  }

  private func note(_ total: TriangleWalk, _ effects: HoldoutEffects, into answer: inout Answer) {
    let nameless = total.walks[0].tally.nameless
    if nameless > 0 { answer.notes.append("Not counted: \(nameless) rows of \(question.send) without a push.") }
    answer.notes.append(
      "direct, window and braze give \(total.creditCount) credits for \(total.sessionCount) distinct sessions; their sum "
        + "is not what the pushes added. Influenced opens follow the traffic of the hour and decide no experiment.")
    let plan = total.plan
    if plan.twoArmed > 0 {
      answer.notes.append("Left out: \(plan.twoArmed) planned units with more than one arm.")
    }
    if effects.plannedCount == 0 {
      answer.notes.append("No incremental opens: no \(question.planned) in these days says who was planned for a push.")
    } else if effects.heldCount == 0 {
      answer.notes.append("No incremental opens: no planned unit is held out under the arm '\(question.holdout)'.")
    } else if effects.unmatchedCount > 0 {
      answer.notes.append(
        "Left out of incremental: \(effects.unmatchedCount) planned units whose push and day have no holdout.")
    }
  }
}

/// The numberings of a scan of pushes.
struct PushNumbers: Sendable {
  let groups: SharedGroups
  /// Of planned pushes: what ``PlanKinds`` reads.
  let plans: SharedGroups
  let pushes = SharedTexts()

  init(groups: SharedGroups, plans: SharedGroups) { (self.groups, self.plans) = (groups, plans) }
}
