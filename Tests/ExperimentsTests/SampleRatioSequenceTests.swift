import Experiments
import Testing

/// Rows of (units, p) at weights 1:1. Source: definitions.md.
private let rows: [([Int], Double)] = [
  ([5100, 4900], 1), ([50_500, 49_500], 0.214754), ([9463, 7681], 1.1413e-39), ([44_700, 45_489], 0.958712),
]

@Suite struct SampleRatioSequenceTests {
  @Test(arguments: rows)
  func `p is that of the definitions`(units: [Int], expected: Double) {
    let p = SampleRatioSequence(weights: [1, 1]).p(units: units)
    #expect(isClose(p, expected, within: 5e-5), "\(p)")
  }

  @Test func `p never rises and an arm of weight 0 stays outside`() {
    let test = SampleRatioSequence(weights: [2, 0, 2])
    let alarm = test.p(units: [9463, 12, 7681])
    #expect(alarm == SampleRatioSequence(weights: [1, 1]).p(units: [9463, 7681]))
    #expect(test.p(units: [50_000, 0, 50_000], earlier: alarm) == alarm)
    #expect(test.p(units: [0, 0, 0]) == 1)
  }

  @Test func `the factor of single units multiplies to that of all`() {
    // The predictive probability of the next unit over its weight, unit by unit.
    let test = SampleRatioSequence(weights: [3, 1])
    var (counts, product) = ([0, 0], 0.0)
    for unit in 0..<400 {
      let arm = unit % 7 < 4 ? 0 : 1
      let share = [0.75, 0.25][arm]
      let prior = [75.0, 25.0][arm]
      product += logarithm((prior + Double(counts[arm])) / (100 + Double(unit)) / share)
      counts[arm] += 1
    }
    #expect(isClose(test.logBayesFactor(units: counts), product, within: 1e-11))
  }

  @Test func `plan versions multiply`() {
    let (first, second) = (SampleRatioSequence(weights: [1, 1]), SampleRatioSequence(weights: [9, 1]))
    let evidence = first.logBayesFactor(units: [5000, 5000]) + second.logBayesFactor(units: [9100, 1100])
    #expect(SampleRatioSequence.p(logBayesFactor: evidence) > SampleRatioTest.alarmLevel)
    // One test over both versions with the configured weights of either would be in alarm.
    #expect(first.p(units: [14_100, 6100]) < SampleRatioTest.alarmLevel)
  }
}
