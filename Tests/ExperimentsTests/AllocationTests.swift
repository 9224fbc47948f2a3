import Experiments
import Testing

@Suite struct AllocationTests {
  /// The rate falls from 30 % to 10 % as the treatment's share goes from a tenth to nine tenths; nothing works.
  private let weeks = [
    (treatment: ProportionSums(events: 300, units: 1000), control: ProportionSums(events: 2700, units: 9000)),
    (treatment: ProportionSums(events: 900, units: 9000), control: ProportionSums(events: 100, units: 1000)),
  ]

  @Test func `pooling sees an effect where there is none, plan versions do not`() throws {
    let pooled = TwoProportions(
      treatment: weeks[0].treatment + weeks[1].treatment, control: weeks[0].control + weeks[1].control)
    #expect(try pooled.comparison().p < 1e-100)
    let versions = try weeks.map {
      TwoEstimates(treatment: try $0.treatment.estimate(), control: try $0.control.estimate())
    }
    let combined = try PlanVersions.combined(versions).comparison(looks: .fixed)
    #expect(abs(combined.difference) < 1e-15 && combined.p > 0.999)
    #expect(combined.units == 20_000)
  }

  @Test func `the error is that of the parts, weighted`() throws {
    let versions = [(0.1, 300), (0.3, 100)].map { error, units in
      TwoEstimates(
        treatment: Estimate(value: 1, standardError: error, units: units),
        control: Estimate(value: 0, standardError: 0, units: units))
    }
    let combined = try PlanVersions.combined(versions)
    #expect(isClose(combined.standardError, (0.075 * 0.075 * 2).squareRoot(), within: 1e-12))
    #expect(throws: InsufficientData.self) { try PlanVersions.combined([]) }
  }

  @Test func `weighting by propensity undoes the shares`() throws {
    // Each unit has one send; the treatment's chance was 0.1, then 0.9.
    func arm(_ sums: ProportionSums, _ propensity: Double) -> [RatioSums] {
      (0..<sums.units).map { RatioSums(weighted: [(outcome: $0 < sums.events ? 1 : 0, propensity: propensity)]) }
    }
    let one = (arm(weeks[0].treatment, 0.1) + arm(weeks[1].treatment, 0.9)).reduce(.zero, +)
    let zero = (arm(weeks[0].control, 0.9) + arm(weeks[1].control, 0.1)).reduce(.zero, +)
    for sums in [one, zero] {
      let mean = try sums.estimate().value
      #expect(isClose(mean, 0.2, within: 1e-12))
    }
  }
}
