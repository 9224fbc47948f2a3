import Experiments
import Testing

@Suite struct RatioSumsTests {
  /// Six members with (opens, sends). Source: numpy, formula of the type with ddof = 1.
  private let members = [(1.0, 2.0), (0, 3), (2, 2), (1, 1), (0, 4), (3, 5)]

  private var sums: RatioSums {
    members.map { RatioSums(numerator: $0.0, denominator: $0.1) }.reduce(.zero, +)
  }

  @Test func `the error is that of the members, not of their sends`() throws {
    let estimate = try sums.estimate(requirement: SampleRequirement(units: 2, events: 1, nonEvents: 1))
    #expect(isClose(estimate.value, 7.0 / 17, within: 1e-15))
    #expect(isClose(estimate.standardError, ratioError(), within: 1e-12))
    #expect(estimate.units == 6)
  }

  /// The delta method written out, one member after the other.
  private func ratioError() -> Double {
    let n = Double(members.count)
    let (y, d) = (members.reduce(0) { $0 + $1.0 }, members.reduce(0) { $0 + $1.1 })
    let residuals = members.map { $0.0 - y / d * $0.1 }
    return (residuals.reduce(0) { $0 + $1 * $1 } / (n - 1) / n).squareRoot() / (d / n)
  }

  @Test func `a denominator of one each is a mean`() throws {
    let values = (0..<200).map { Double($0 % 7) }
    let ratio = values.map { RatioSums(numerator: $0, denominator: 1) }.reduce(.zero, +)
    let (a, b) = (try ratio.estimate(), try MeanSums(values).estimate())
    #expect(isClose(a.value, b.value, within: 1e-14))
    #expect(isClose(a.standardError, b.standardError, within: 1e-13))
  }

  @Test func `an interval on the logit stays inside 0…1 and holds the ratio`() throws {
    let rare = (0..<40).map { RatioSums(numerator: $0 == 7 ? 1 : 0, denominator: 5) }.reduce(.zero, +)
    let interval = try rare.proportionInterval()
    #expect(interval.low > 0 && interval.low < 0.005 && interval.high > 0.005 && interval.high < 1)
  }

  @Test func `too few members, no opens and no sends have no answer`() {
    #expect(throws: InsufficientData.self) { try sums.proportionInterval() }
    #expect(throws: InsufficientData.self) { try RatioSums.zero.estimate() }
    let none = (0..<40).map { _ in RatioSums(numerator: 0, denominator: 5) }.reduce(.zero, +)
    #expect(throws: InsufficientData.self) { try none.proportionInterval() }
    #expect(throws: InsufficientData.self) { try none.estimate() }
  }
}
