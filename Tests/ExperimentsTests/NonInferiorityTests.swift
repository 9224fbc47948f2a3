import Experiments
import Testing

@Suite struct NonInferiorityTests {
  private let arms = TwoEstimates(
    treatment: Estimate(value: 0.021, standardError: 0.001, units: 8000),
    control: Estimate(value: 0.020, standardError: 0.001, units: 8000))

  @Test func `a bound below the margin is inside, a bound above it harms`() throws {
    let wide = try NonInferiority(arms, harm: .increase, margin: 0.005, looks: .fixed)
    #expect(wide.isInside && !wide.isHarmful && wide.p < 0.05)
    let narrow = try NonInferiority(arms, harm: .increase, margin: 0.002, looks: .fixed)
    #expect(!narrow.isInside && !narrow.isHarmful && narrow.p > 0.05)
    let worse = TwoEstimates(
      treatment: Estimate(value: 0.04, standardError: 0.001, units: 8000), control: arms.control)
    #expect(try NonInferiority(worse, harm: .increase, margin: 0.005, looks: .fixed).isHarmful)
  }

  @Test func `of a figure that must not fall the difference counts the other way`() throws {
    let up = try NonInferiority(arms, harm: .increase, margin: 0.005, looks: .fixed)
    let swapped = TwoEstimates(treatment: arms.control, control: arms.treatment)
    let down = try NonInferiority(swapped, harm: .decrease, margin: 0.005, looks: .fixed)
    #expect(up.harm == down.harm && up.upper == down.upper && up.p == down.p)
  }

  @Test(arguments: [Looks.fixed, .sequential(ConfidenceSequence(plannedUnits: 16_000))])
  func `p is alpha where the bound meets the margin`(looks: Looks) throws {
    let first = try NonInferiority(arms, harm: .increase, margin: 0.001, looks: looks, alpha: 0.05)
    let meeting = try NonInferiority(arms, harm: .increase, margin: first.upper, looks: looks, alpha: 0.05)
    #expect(isClose(meeting.p, 0.05, within: 1e-10))
  }

  @Test func `arms without spread have no answer`() {
    let still = Estimate(value: 0, standardError: 0, units: 8000)
    #expect(throws: InsufficientData.self) {
      try NonInferiority(TwoEstimates(treatment: still, control: still), harm: .increase, margin: 0.1, looks: .fixed)
    }
  }
}
