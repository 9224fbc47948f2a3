import Experiments
import Testing
import TestSupport

private let least = SampleRequirement(units: 2, events: 1, nonEvents: 1)

/// One unit of a made-up experiment: outcome and past, as numbers of two events.
struct PastUnit: Sendable {
  let outcome: (Double, Double)
  let past: (Double, Double)?

  static func random(_ count: Int, seed: UInt64, observed: Double) -> [PastUnit] {
    var numbers = SeededNumbers(seed: seed)
    return (0..<count).map { _ in
      let taste = Double.random(in: 0...4, using: &numbers)
      func draw() -> Double { (taste + Double.random(in: 0...2, using: &numbers)).rounded() }
      let past = Double.random(in: 0...1, using: &numbers) < observed ? (draw(), draw() + 3) : nil
      return PastUnit(outcome: (draw(), draw() + 3), past: past)
    }
  }
}

@Suite struct CUPEDTests {
  @Test(arguments: [1.0, 0.8, 0.5])
  func `sums give what the units give`(observed: Double) throws {
    let arms = [PastUnit.random(300, seed: 3, observed: observed), PastUnit.random(500, seed: 4, observed: observed)]
    let sums = arms.map { $0.map { CovariateSums(outcome: $0.outcome.0, covariate: $0.past?.0) }.reduce(.zero, +) }
    let cuped = CUPED(arms: sums)
    let all = arms.joined()
    let pasts = all.compactMap { $0.past?.0 }
    let mean = pasts.reduce(0, +) / Double(pasts.count)
    let imputed = all.map { (x: $0.past?.0 ?? mean, y: $0.outcome.0) }
    let theta = cuped.observedShare < 0.5 ? 0 : slope(imputed)
    #expect(abs(cuped.theta - theta) < 1e-12)
    for (arm, units) in zip(sums, arms) {
      let adjusted = units.map { $0.outcome.0 - theta * (($0.past?.0 ?? mean) - mean) }
      let (found, expected) = (
        try cuped.estimate(arm, requirement: least), try MeanSums(adjusted).estimate(requirement: least)
      )
      #expect(isClose(found.value, expected.value, within: 1e-12))
      #expect(isClose(found.standardError, expected.standardError, within: 1e-10))
      #expect(found.unadjusted == arm.outcome.mean)
    }
  }

  @Test func `the interval is narrower by what the past explains`() throws {
    let sums = PastUnit.random(2000, seed: 5, observed: 1)
      .map { CovariateSums(outcome: $0.outcome.0, covariate: $0.past?.0) }.reduce(.zero, +)
    let ratio = try CUPED(arms: [sums]).estimate(sums).standardError / sums.outcome.estimate().standardError
    #expect(ratio < 0.75)
  }

  @Test func `under half of the pasts, or equal pasts, adjust nothing`() throws {
    let few = PastUnit.random(400, seed: 6, observed: 0.3)
      .map { CovariateSums(outcome: $0.outcome.0, covariate: $0.past?.0) }.reduce(.zero, +)
    let equal = (0..<400).map { CovariateSums(outcome: Double($0 % 5), covariate: 0.1) }.reduce(.zero, +)
    for sums in [few, equal] {
      let cuped = CUPED(arms: [sums])
      #expect(cuped.theta == 0)
      #expect(cuped.adjusted(sums) == sums.outcome)
    }
    #expect(CUPED(arms: [few]).observedShare < 0.5)
    #expect(CUPED(arms: [CovariateSums]()).observedShare == 0)
  }

  @Test(arguments: [1.0, 0.7])
  func `a ratio adjusts both of its parts`(observed: Double) throws {
    let arms = [PastUnit.random(300, seed: 8, observed: observed), PastUnit.random(400, seed: 9, observed: observed)]
    func sums(_ units: [PastUnit]) -> RatioCovariateSums {
      units.map {
        RatioCovariateSums(
          numerator: $0.outcome.0, denominator: $0.outcome.1, past: $0.past.map { (numerator: $0.0, denominator: $0.1) }
        )
      }.reduce(.zero, +)
    }
    let cuped = RatioCUPED(arms: arms.map(sums))
    let all = arms.joined()
    let pasts = all.compactMap(\.past)
    let means = (
      pasts.reduce(0) { $0 + $1.0 } / Double(pasts.count), pasts.reduce(0) { $0 + $1.1 } / Double(pasts.count)
    )
    let thetas = (
      slope(all.map { (x: $0.past?.0 ?? means.0, y: $0.outcome.0) }),
      slope(all.map { (x: $0.past?.1 ?? means.1, y: $0.outcome.1) })
    )
    #expect(abs(cuped.numerator.theta - thetas.0) < 1e-12 && abs(cuped.denominator.theta - thetas.1) < 1e-12)
    for units in arms {
      let adjusted = units.map { unit in
        RatioSums(
          numerator: unit.outcome.0 - thetas.0 * ((unit.past?.0 ?? means.0) - means.0),
          denominator: unit.outcome.1 - thetas.1 * ((unit.past?.1 ?? means.1) - means.1))
      }.reduce(.zero, +)
      let (found, expected) = (
        try cuped.estimate(sums(units), requirement: least), try adjusted.estimate(requirement: least)
      )
      #expect(isClose(found.value, expected.value, within: 1e-12))
      #expect(isClose(found.standardError, expected.standardError, within: 1e-10))
    }
  }

  /// Cov(x, y) / Var(x).
  private func slope(_ points: [(x: Double, y: Double)]) -> Double {
    let n = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
    return points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
  }
}
