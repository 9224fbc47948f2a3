import Aggregation
import Events
import Experiments
import Testing
import Trials

/// The size of an experiment, from figures given and from units in the log.
@Suite struct PowerPlanTests {
  private static let fixed = threeHours.replacing("holdout: none", with: "holdout: none\nlooks: fixed")

  @Test("Units of all arms are those of two arms over their share of the weights, at α over the treatments")
  func units() throws {
    let experiment = try experiment(Self.fixed)
    let baseline = try PowerBaseline(given: 0.12, deviation: nil, unitsPerDay: 2000, members: 30_000, of: experiment)
    let plan = try PowerPlan(experiment, baseline: baseline, PowerQuestion(effect: .absolute(0.01)))
    // Two-sided normal approximation with α = 0.025, power 0.8, p₀ = 0.12, p₁ = 0.13: Fleiss, Levin, Paik 4.14 gives
    // (2.24140 √(2 · 0.125 · 0.875) + 0.84162 √(0.12 · 0.88 + 0.13 · 0.87))² / 0.01² = 20 791.0 an arm.
    let pair = try #require(PowerAnalysis(.proportion(0.12), isSequential: false, alpha: 0.025).units(effect: 0.01))
    #expect(abs(pair - 41_582) <= 2)
    #expect(plan.alpha == 0.025)
    let sends = Int((Double(pair) / 0.6).rounded(.up))
    // Each member gets two sends or more.
    #expect(plan.rows[0].units == sends && plan.plannedUnits == 30_000 && plan.referenceUnits == nil)
    let rows = plan.rows.filter { $0.arm == "08:30" }
    #expect(rows.map(\.size) == [.effect, .days(7), .days(14), .days(28)])
    // 35 days of 2000 units, then 44 h 20 min from the last anchor until taps of 20:20 count no more.
    #expect(rows[0].days == Int((Double(sends) / 2000).rounded(.up)) + 2)
    #expect(rows[1].units == 14_000 && rows[1].days == 9)
  }

  @Test("The effect that a plan's units find is the effect that asked for them")
  func inverse() throws {
    let experiment = try experiment(Self.fixed)
    let baseline = try PowerBaseline(given: 3.5, deviation: 2, unitsPerDay: nil, members: nil, of: mean(Self.fixed))
    var question = PowerQuestion(effect: .lift(0.02))
    let plan = try PowerPlan(experiment, baseline: baseline, question)
    question.units = plan.rows[0].units
    let given = try PowerPlan(experiment, baseline: baseline, question).rows.first { $0.size == .given }
    #expect(abs(try #require(given?.effect) - 0.07) < 1e-4)
    #expect(plan.rows.allSatisfy { $0.days == nil })
  }

  private func mean(_ text: String) throws -> ExperimentDescription {
    try experiment(text.replacing("{event: push_open, of: push, within: 24h}", with: "{days: activity, within: 7d}"))
  }

  @Test(
    "N* is a quarter of the independent units of the two arms: of members, where each gets several sends",
    arguments: [("send-randomised", 2000), ("send-randomised", 1_000_000), ("member-randomised", nil)])
  func reference(design: String, members: Int?) throws {
    let experiment = try experiment(threeHours.replacing("send-randomised", with: design))
    let baseline = try PowerBaseline(given: 0.12, deviation: nil, unitsPerDay: 2000, members: members, of: experiment)
    let plan = try PowerPlan(experiment, baseline: baseline, PowerQuestion(effect: .absolute(0.02)))
    let units = try #require(plan.rows[0].units)
    // Of 2000 members each gets more sends than miss two of four arms.
    #expect(plan.plannedUnits == (members == 2000 ? 2000 : units))
    #expect(plan.referenceUnits == (members == 2000 ? 500 : (Double(units) * 0.6 / 4).rounded()))
    let unknown = PowerBaseline(value: 0.12, spread: .proportion(0.12), unitsPerDay: nil)
    let without = try PowerPlan(experiment, baseline: unknown, PowerQuestion(effect: .absolute(0.02)))
    #expect((without.plannedUnits == nil) == (design == "send-randomised"))
  }

  @Test("The baseline is of the control's closed units alone; Tuesdays and Fridays are two days of a week")
  func logged() throws {
    let experiment = try experiment(threeHours)
    let days: [Int32] = [1, 4, 8, 11, 15, 18, 22]
    var rows: [UnitRow] = []
    for (week, day) in days.enumerated() {
      for member in 0..<Int32(120) {
        let arm = UInt8((Int(member) + week) % 4)
        // Units of the last day are open, and would raise the value.
        rows.append(UnitRow(member: member, day: day, arm: arm, value: day == 22 || arm != 1 || member < 30 ? 1 : 0))
      }
    }
    let baseline = try PowerBaseline(UnitTable(rows, lastMatureDay: 18), of: experiment)
    let control = rows.filter { $0.arm == 1 && $0.day <= 18 }
    let value = control.map(\.value).reduce(0, +) / Double(control.count)
    #expect(baseline.value == value && value < 0.3)
    #expect(baseline.spread == .proportion(value))
    #expect(baseline.members == 120)
    #expect(abs(baseline.unitsPerDay! - 120 * 2 / 7) < 0.3)
  }

  @Test("Too few units of the control are no baseline, and it says how many are needed")
  func insufficient() throws {
    let rows = (0..<200).map { UnitRow(member: $0, arm: UInt8($0 % 4), value: $0 % 8 == 1 ? 1 : 0) }
    let error = try #require(throws: InsufficientData.self) {
      try PowerBaseline(UnitTable(rows), of: try experiment(threeHours))
    }
    #expect(error.description == "insufficient-data: 12:30: 50 units, 100 needed")
  }

  @Test(
    "What cannot be planned is refused",
    arguments: [(0.0, "by chance alone"), (0.9, "no share"), (-0.12, "no share"), (.infinity, "by chance alone")])
  func refuses(effect: Double, message: String) throws {
    let experiment = try experiment(threeHours)
    let baseline = try PowerBaseline(given: 0.12, deviation: nil, unitsPerDay: nil, members: nil, of: experiment)
    let error = try #require(throws: AggregationError.self) {
      try PowerPlan(experiment, baseline: baseline, PowerQuestion(effect: .absolute(effect)))
    }
    #expect(error.message.contains(message))
  }

  @Test("A switchback of two arms needs six blocks for 0.05, of three arms with two comparisons seven")
  func switchback() throws {
    let text = """
      design: switchback
      arms:
        "12:30": {weight: 0.5, at: "12:30"}
        "20:20": {weight: 0.5, at: "20:20"}
      control: "12:30"
      primary: back
      goals:
        back: {event: activity, within: 1d}
      plan: {days: [tuesday, friday]}

      """
    let two = try SwitchbackPower(try experiment(text))
    // Six blocks: 2 / 2⁶ = 0.03125. Two weekdays give two blocks in two weeks.
    #expect(two.rows[0].blocks == 6 && two.rows[0].leastP == 0.03125)
    #expect(two.rows.map(\.weeks) == [6, 8, 12, 26] && two.rows[1].leastP == 2.0 / 256)
    let three = try SwitchbackPower(
      try experiment(text.replacing("0.5", with: "0.25").replacing("control", with: "  late: {weight: 0.5}\ncontrol")))
    #expect(three.alpha == 0.025 && three.rows.first?.blocks == 8 && three.rows.first?.weeks == 12)
    let error = #expect(throws: InsufficientData.self) {
      try SwitchbackPower(try experiment(text + "from: 2026-08-03\nto: 2026-08-30\n"))
    }
    #expect(error?.description == "insufficient-data: 4 blocks, 6 needed")
  }
}
