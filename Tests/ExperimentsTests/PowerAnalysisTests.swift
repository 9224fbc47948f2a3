import Experiments
import Testing

@Suite struct PowerAnalysisTests {
  @Test(arguments: [true, false], [OutcomeSpread.proportion(0.1), .mean(standardDeviation: 2)])
  func `units are the fewest that have the power`(isSequential: Bool, spread: OutcomeSpread) throws {
    let analysis = PowerAnalysis(spread, isSequential: isSequential)
    let units = try #require(analysis.units(effect: 0.03))
    #expect(analysis.power(effect: 0.03, units: units) >= 0.8)
    #expect(analysis.power(effect: 0.03, units: units - 1) < 0.8)
  }

  @Test func `the effect that a sample can see has the power`() throws {
    let analysis = PowerAnalysis(.proportion(0.1), treatmentShare: 0.3)
    let effect = try #require(analysis.detectableEffect(units: 20_000))
    #expect(isClose(analysis.power(effect: effect, units: 20_000), 0.8, within: 1e-10))
    #expect(PowerAnalysis(.proportion(0.99)).detectableEffect(units: 20) == nil)
  }

  @Test func `the textbook's fixed sample`() throws {
    // Two means one half of a standard deviation apart, 80 %, two-sided 5 %: 2 (1.959964 + 0.841621)² / 0.25 an arm.
    let analysis = PowerAnalysis(.mean(standardDeviation: 1), isSequential: false)
    #expect(analysis.units(effect: 0.5) == 126)
  }

  @Test func `looking every night costs units, and days are rounded up`() throws {
    let (fixed, nightly) = (
      PowerAnalysis(.proportion(0.1), isSequential: false), PowerAnalysis(.proportion(0.1), isSequential: true)
    )
    let (few, many) = (try #require(fixed.units(effect: 0.01)), try #require(nightly.units(effect: 0.01)))
    // (3.127 + 0.842)² / (1.960 + 0.842)² = 2.006, with 3.127 the half-width at N = 4 N*.
    #expect(isClose(Double(many) / Double(few), 2.006, within: 0.01))
    #expect(fixed.days(effect: 0.01, unitsPerDay: Double(few) - 1, windowDays: 3) == 5)
    #expect(PowerAnalysis(.mean(standardDeviation: 1e9)).units(effect: 1e-9) == nil)
  }
}
