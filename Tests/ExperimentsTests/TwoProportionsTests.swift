import Experiments
import Testing

struct ComparisonRow: Sendable {
  let treatment: ProportionSums
  let control: ProportionSums
  let z: Double
  let p: Double
  let low: Double
  let high: Double

  init(_ a: Int, _ b: Int, _ c: Int, _ d: Int, z: Double, p: Double, low: Double, high: Double) {
    treatment = ProportionSums(events: a, units: b)
    control = ProportionSums(events: c, units: d)
    (self.z, self.p, self.low, self.high) = (z, p, low, high)
  }
}

/// Source: mpmath 60 digits by the formulas of the type; p also by scipy 1.17.1
/// `stats.chi2_contingency(correction=False)`. The first two rows are Cookie Cats, gate_40 minus gate_30,
/// returns on day 1 and day 7.
private let rows = [
  ComparisonRow(
    20119, 45489, 20034, 44700, z: -1.784086224797474, p: 0.074409655296918873, low: -0.012392439449445223,
    high: 0.00058209987476229623),
  ComparisonRow(
    8279, 45489, 8502, 44700, z: -3.1643589127481989, p: 0.0015542499756142858, low: -0.013281552418885565,
    high: -0.003121044211526301),
  ComparisonRow(
    60, 200, 40, 200, z: 2.3094010767585031, p: 0.020921335337794028, low: 0.015698761466487744,
    high: 0.18430123853351226),
  ComparisonRow(
    25, 100, 26, 1000, z: 10.157142109953539, p: 3.0797155561523998e-24, low: 0.1385598666200904,
    high: 0.3094401333799096),
  ComparisonRow(
    1200, 40000, 1200, 40000, z: 0.0, p: 1.0, low: -0.0023641748209703005, high: 0.0023641748209703005),
  ComparisonRow(
    999000, 1_000_000, 998000, 1_000_000, z: 18.271127071421275, p: 1.4051834289045611e-74,
    low: 0.00089273784839012922, high: 0.0011072621516098708),
]

@Suite struct TwoProportionsTests {
  @Test(arguments: rows)
  func `z, p and interval agree with many digits`(row: ComparisonRow) throws {
    let comparison = try TwoProportions(treatment: row.treatment, control: row.control).comparison()
    let z = try #require(TwoProportions(treatment: row.treatment, control: row.control).pooledZ)
    #expect(isClose(z, row.z, within: 1e-11))
    #expect(isClose(comparison.p, row.p, within: 1e-10))
    #expect(isClose(comparison.low, row.low, within: 1e-11))
    #expect(isClose(comparison.high, row.high, within: 1e-11))
  }

  @Test func `arms swapped change the sign and nothing else`() throws {
    let there = try TwoProportions(treatment: rows[0].treatment, control: rows[0].control).comparison()
    let back = try TwoProportions(treatment: rows[0].control, control: rows[0].treatment).comparison()
    #expect(there.difference == -back.difference)
    #expect(there.z == -back.z)
    #expect(there.p == back.p)
  }

  @Test func `lift is the difference over the control`() throws {
    let sums = (ProportionSums(events: 60, units: 200), ProportionSums(events: 40, units: 200))
    let comparison = try TwoProportions(treatment: sums.0, control: sums.1).comparison()
    #expect(isClose(try #require(comparison.lift), 0.5, within: 1e-15))
  }

  @Test func `sums of parts add`() {
    let parts = [ProportionSums(events: 3, units: 9), ProportionSums(events: 0, units: 4), .zero]
    #expect(parts.reduce(.zero, +) == ProportionSums(events: 3, units: 13))
    #expect(ProportionSums.zero.proportion == nil)
  }

  @Test func `too little data says what is needed`() {
    let error = #expect(throws: InsufficientData.self) {
      try TwoProportions(
        treatment: ProportionSums(events: 30, units: 99), control: ProportionSums(events: 980, units: 1000)
      ).comparison()
    }
    #expect(
      error?.description
        == "insufficient-data: treatment: 99 units, 100 needed; control: 20 non-events, 25 needed")
  }

  @Test func `no data and no variance have no answer`() {
    let least = SampleRequirement(units: 1, events: 1, nonEvents: 1)
    for sums in [ProportionSums.zero, .init(events: 0, units: 50), .init(events: 50, units: 50)] {
      #expect(throws: InsufficientData.self) {
        try TwoProportions(treatment: sums, control: sums).comparison(requirement: least)
      }
    }
  }
}
