import Aggregation
import Events
import Experiments
import TestSupport
import Testing
import Trials

/// One mass send a slot: the draw within blocks is all that the test rests on.
@Suite struct SwitchbackAnalysisTests {
  private static let text = """
    design: switchback
    arms: {early: {weight: 0.5, at: "08:30"}, late: {weight: 0.5, at: "20:20"}}
    control: early
    primary: opened
    goals: {opened: {event: push_open, of: push, within: 24h}}
    """

  /// A send to fifty members each Tuesday, arms in pairs.
  private func table(weeks: Int, effect: Int) -> UnitTable {
    MadeUnits.table(
      (0..<weeks).flatMap { week -> [MadeUnits.Unit] in
        let arm = (week / 2 + week) % 2
        return (0..<50).map { member in
          MadeUnits.Unit(
            cluster: member, arm: arm, day: 3 + 7 * week, value: member < 10 + week % 5 + arm * effect ? 1 : 0,
            push: week)
        }
      })
  }

  @Test("Blocks are pairs of one weekday, and the p is that of all orders")
  func analyses() throws {
    let experiment = try MadeUnits.experiment(Self.text)
    let analysis = SwitchbackAnalysis(experiment, table(weeks: 24, effect: 6))
    let blocks = SwitchbackSlots(SwitchbackAnalysis.blocks(analysis.slots[0], arms: [0, 1]))
    let differences = blocks.differences(treatment: 1, control: 0)
    #expect(differences.count == 12)
    let expected = try RandomisationTest(differences: differences)
    let row = try #require(analysis.answer.rows.first { $0[1] == .text("late") })
    #expect(row[10] == .float(expected.p) && expected.p < 0.01)
    #expect(analysis.answer.rows[0].last == .text("ship late"))
  }

  @Test("Too few blocks to reach alpha are said, not tested")
  func few() throws {
    let experiment = try MadeUnits.experiment(Self.text)
    let answer = SwitchbackAnalysis(experiment, table(weeks: 8, effect: 6)).answer
    guard case .text(let verdict) = answer.rows[0].last else {
      Issue.record("no verdict")
      return
    }
    #expect(verdict.contains("insufficient-data") && verdict.contains("4 blocks, 6 needed"))
  }

  @Test("A slot in no whole block is left out and counted")
  func spare() throws {
    let experiment = try MadeUnits.experiment(Self.text)
    let answer = SwitchbackAnalysis(experiment, table(weeks: 25, effect: 0)).answer
    #expect(answer.notes.contains("opened: 1 slots are in no whole block."))
  }
}
