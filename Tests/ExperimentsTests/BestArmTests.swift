import Experiments
import Testing

@Suite struct BestArmTests {
  @Test func `two normal arms have a closed form`() {
    let arms = [
      Posterior(Estimate(value: 1.0, standardError: 0.3, units: 100)),
      Posterior(Estimate(value: 1.4, standardError: 0.4, units: 100)),
    ]
    let best = BestArm(arms)
    // θ₁ − θ₀ is normal(0.4, 0.5): P = Φ(0.8), and E[max(0, θ₁ − θ₀)] = 0.4 Φ(0.8) + 0.5 φ(0.8).
    let probability = NormalDistribution.lowerTail(0.8)
    let gain = 0.4 * probability + 0.5 * NormalDistribution.density(0.8)
    #expect(isClose(best.probabilityBest[1], probability, within: 1e-12))
    #expect(isClose(best.expectedLoss[0], gain, within: 1e-12))
    #expect(isClose(best.expectedLoss[1], gain - 0.4, within: 1e-11))
  }

  @Test func `two beta arms of whole numbers have a finite sum`() {
    // P(B > A) = Σ B(αA + i, βA + βB) / ((βB + i) B(1 + i, βB) B(αA, βA)); here by counting: uniform against Beta(2, 1).
    let best = BestArm([Posterior(ProportionSums(events: 0, units: 0)), Posterior(ProportionSums(events: 1, units: 1))])
    #expect(isClose(best.probabilityBest[1], 2.0 / 3, within: 1e-13))
    // E[max] of a uniform and a Beta(2, 1) is ∫ 1 − x³ dx = ¾.
    #expect(isClose(best.expectedLoss[0], 0.25, within: 1e-13))
    #expect(isClose(best.expectedLoss[1], 0.75 - 2.0 / 3, within: 1e-12))
  }

  @Test(arguments: [1, 2, 5])
  func `probabilities add to 1 and equal arms share them`(count: Int) {
    let arms = Array(repeating: Posterior(ProportionSums(events: 40, units: 400)), count: count)
    let best = BestArm(arms)
    #expect(abs(best.probabilityBest.reduce(0, +) - 1) < 1e-12)
    #expect(best.probabilityBest.allSatisfy { abs($0 - 1 / Double(count)) < 1e-12 })
  }

  @Test func `a hopeless arm keeps the digits of its small chance`() {
    let best = BestArm([
      Posterior(Estimate(value: 0, standardError: 1, units: 9)),
      Posterior(Estimate(value: 12, standardError: 1, units: 9)),
    ])
    #expect(isClose(best.probabilityBest[0], NormalDistribution.upperTail(12 / 2.0.squareRoot()), within: 1e-9))
  }
}
