import Experiments
import Testing

/// Months of remission of leukaemia patients, treated and control. Source: Freireich et al., *Blood* 21 (1963), as in
/// Kalbfleisch and Prentice, table 1.1.
private let treated = LifeTable(
  ended: [6, 6, 6, 7, 10, 13, 16, 22, 23], censored: [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
private let control = LifeTable(
  ended: [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], censored: [Double]())

@Suite struct SurvivalTests {
  @Test func `the textbook's curve`() throws {
    let curve = KaplanMeier(treated)
    let expected = [
      0.857142857, 0.806722689, 0.752941176, 0.690196078, 0.627450980, 0.537815126, 0.448179272,
    ]
    #expect(curve.steps.count == expected.count)
    for (step, survival) in zip(curve.steps, expected) { #expect(abs(step.survival - survival) < 5e-10) }
    #expect(curve.median == 23)
    #expect(KaplanMeier(control).median == 8)
  }

  @Test func `a share within a time is 1 − S, and beyond what was seen there is none`() throws {
    let curve = KaplanMeier(treated)
    let share = try curve.share(within: 9)
    #expect(isClose(share.value, 1 - curve.steps[1].survival, within: 1e-15))
    let (low, high) = (try #require(share.low), try #require(share.high))
    #expect(low < share.value && share.value < high)
    #expect(try curve.share(within: 3).value == 0)
    #expect(throws: InsufficientData.self) { try curve.share(within: 36) }
    #expect(try KaplanMeier(control).share(within: 99).value == 1)
    #expect(KaplanMeier(LifeTable(ended: [], censored: [1.0])).median == nil)
  }

  @Test func `the textbook's log-rank`() throws {
    let test = try LogRank([treated, control])
    #expect(abs(test.chiSquare - 16.7929) < 5e-5 && test.p < 5e-5)
    #expect(test.observed == [9, 21])
    #expect(abs(test.expected[0] - 19.2505) < 5e-5)
    #expect(throws: InsufficientData.self) { try LogRank([treated]) }
  }

  @Test func `one cause is Kaplan–Meier, and causes add to what ended`() throws {
    let (curve, incidence) = (KaplanMeier(treated), AalenJohansen(treated))
    for (step, other) in zip(curve.steps, incidence.steps) {
      #expect(isClose(other.incidence[0], 1 - step.survival, within: 1e-14))
      #expect(isClose(other.standardError[0], try #require(step.standardError), within: 1e-12))
    }
    let rows = (1...30).map { month -> LifeTable.Row in
      let events = month % 3 == 0 ? [0, 1] : [1, 0]
      return LifeTable.Row(time: Double(month), events: events, censored: month % 5 == 0 ? 1 : 0)
    }
    for step in AalenJohansen(LifeTable(causes: 2, rows)).steps {
      let sum = step.incidence[0] + step.incidence[1] + step.survival
      #expect(abs(sum - 1) < 1e-14)
    }
  }

  @Test func `tables add`() {
    let rows = treated.rows
    #expect(LifeTable(rows[..<4]) + LifeTable(rows[4...]) == treated)
    #expect((treated + treated).subjects == 42)
  }
}
