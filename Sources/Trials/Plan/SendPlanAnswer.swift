package import Aggregation
internal import Events
internal import Experiments

extension SendPlan {
  /// Who gets what, day by day and arm by arm, without anybody's id.
  /// - Parameter values: what is known of the arms so far.
  package func answer(_ values: ArmValues?) -> Answer {
    var answer = Answer(
      metric: "experiment plan", definition: "experiment.plan/1", asOf: roster.asOf, timeZone: roster.zone.name,
      columns: [
        AnswerColumn("day", .date), AnswerColumn("arm", .string), AnswerColumn("refused", .string),
        AnswerColumn("members", .int), AnswerColumn("propensity_low", .float), AnswerColumn("propensity_high", .float),
        AnswerColumn("quiet_members", .int), AnswerColumn("value", .float),
      ])
    for place in days.indices {
      for arm in experiment.arms.indices where experiment.arms[arm].weight > 0 {
        answer.rows.append(row(place, arm: arm, value: values?.estimates[arm]?.value))
      }
      for reason in Refusal.allCases {
        let count = members(on: days[place].day, refusedFor: reason)
        if count > 0 { answer.rows.append(refused(days[place].day, reason.description, count)) }
      }
    }
    answer.notes = populationNotes + clockNotes + regretNotes(values) + durationNotes(values)
    return answer
  }

  private func row(_ place: Int, arm: Int, value: Double?) -> [Cell] {
    let drawn = zip(days[place].choices, counts[place]).filter { $0.1.planned.reduce(0, +) > 0 }
    let known = drawn.compactMap { probability(of: arm, in: $0.0, on: days[place]) }.filter { $0 > 0 }
    let quiet = counts[place].reduce(0) { $0 + $1.quiet[arm] }
    return [
      .day(days[place].day), .text(experiment.arms[arm].name), .null,
      .int(counts[place].reduce(0) { $0 + $1.planned[arm] }), known.min().map(Cell.float) ?? .null,
      known.max().map(Cell.float) ?? .null, .int(quiet), value.map(Cell.float) ?? .null,
    ]
  }

  private func refused(_ day: CommunityDay, _ reason: String, _ count: Int) -> [Cell] {
    [.day(day), .null, .text(reason), .int(count), .null, .null, .null, .null]
  }

  private var populationNotes: [String] {
    var notes: [String] = []
    if roster.unmetCount > 0 { notes.append("\(counted(roster.unmetCount, "member")) left out by plan: members.") }
    if roster.inactiveCount > 0 { notes.append("\(counted(roster.inactiveCount, "member")) not active lately.") }
    if days.isEmpty { notes.append("No day asked for has sends: see plan: days, from and to of the experiment.") }
    return notes
  }

  private var clockNotes: [String] {
    var notes: [String] = []
    if experiment.goesByMemberClock {
      notes.append(
        roster.zoneFact.map { "Times of day are those of \($0), for members without one those of \(roster.zone.name)." }
          ?? "No facts of members name a zone: times of day are those of \(roster.zone.name).")
    }
    for name in roster.unknownZones.prefix(5) { notes.append("'\(name)' is no time zone.") }
    for day in days {
      for (place, choice) in day.choices.enumerated() where experiment.goesByMemberClock || place == 0 {
        let zone = place == 0 ? roster.zone : roster.zones[place - 1]
        for (arm, send) in zip(experiment.arms, choice.clock.sends) {
          guard let send, let irregularity = send.irregularity else { continue }
          let what =
            irregularity == .skipped
            ? "is skipped by the clocks: \(arm.name) leaves at \(send.text)"
            : "comes twice: \(arm.name) takes the first"
          notes.append("On \(day.day) its time \(what) (\(zone.name)).")
        }
      }
    }
    return notes
  }

  private func regretNotes(_ values: ArmValues?) -> [String] {
    guard let values, let best = values.best(of: experiment) else {
      return ["Nothing is known of the arms yet: no expected regret."]
    }
    let mix = meanProbabilities()
    let arms = mix.indices.filter { $0 != experiment.holdoutPlace && mix[$0] > 0 }
    guard !arms.isEmpty, arms.allSatisfy({ values.estimates[$0] != nil }) else {
      return ["Of some arms too little is known for an expected regret."]
    }
    let share = arms.reduce(0) { $0 + mix[$1] }
    let value = arms.reduce(0) { $0 + mix[$1] / share * values.estimates[$1]!.value }
    return [
      "Expected regret of a send: \(rounded(best.value - value)), its value being \(rounded(value)) and that of "
        + "'\(experiment.arms[best.arm].name)', the best so far, \(rounded(best.value))."
    ]
  }

  private func durationNotes(_ values: ArmValues?) -> [String] {
    if experiment.design == .switchback { return blockNotes(values) }
    guard let planned = experiment.plannedUnits else {
      return ["There are no planned-units: `muster experiment power \(experiment.name) --effect …` writes them."]
    }
    let done = values?.independentUnits ?? []
    if done.count >= planned { return ["All \(planned) planned units are in the log."] }
    let soFar = "\(done.count) of \(counted(planned, "planned unit")) are in the log"
    let entering = newMemberCount(besides: done)
    guard entering > 0, let length = planLength else {
      return ["\(soFar), and this plan adds none: the rest never comes in at its rate."]
    }
    let days = (Double(planned - done.count) * length / Double(entering)).rounded(.up)
    return [
      "\(soFar), this plan adds \(entering): at its rate the rest takes \(counted(Int(days), "day")) at least, and the "
        + "last window has to close."
    ]
  }

  /// Days that the plan stands for: those without sends belong to the rhythm of whole weeks.
  private var planLength: Double? {
    guard let first = days.first?.day, let last = days.last?.day else { return nil }
    return Double((last - first) / 7 * 7 + 7)
  }

  /// Members that the plan brings in: what is independent is the member, however many sends it gets.
  private func newMemberCount(besides known: Set<Int32>) -> Int {
    members.indices.count { place in
      !known.contains(members[place]) && arms.contains { $0[place] != Self.none }
    }
  }

  /// Of a switchback: how many blocks the least p needs, whatever the effect.
  private func blockNotes(_ values: ArmValues?) -> [String] {
    let armCount = experiment.arms.count { $0.weight > 0 }
    let alpha = experiment.alpha / Double(experiment.treatmentPlaces.count)
    let done = values?.blockCount ?? 0
    guard let needed = (1...64).first(where: { RandomisationTest.leastP(blocks: $0) <= alpha * (1 + 1e-12) }) else {
      return ["No number of blocks reaches alpha."]
    }
    if done >= needed { return ["\(counted(done, "block")) are in the log, enough for p to reach alpha."] }
    let slotsPerWeek = (experiment.sendPlan ?? SendPlanSettings()).weekdays.count
    let weeks = armCount * ((needed - done + slotsPerWeek - 1) / slotsPerWeek)
    return [
      "\(done) of \(counted(needed, "block")) that alpha asks for at least are in the log: the rest takes "
        + "\(counted(7 * weeks, "day")) at least."
    ]
  }

  private func rounded(_ value: Double) -> String { shortText((value * 1e4).rounded() / 1e4) }
}
