import Experiments
import Testing
import TestSupport

@Suite struct CrossedRatioSumsTests {
  @Test func `the error is that of each unit's residual in both arms`() throws {
    var numbers = SeededNumbers(seed: 9)
    let units = (0..<400).map { _ in
      let chance = Double.random(in: 0.1...0.7, using: &numbers)
      func arm() -> (numerator: Double, denominator: Double) {
        let sends = Int.random(in: 0...6, using: &numbers)
        return (Double((0..<sends).count { _ in Double.random(in: 0..<1, using: &numbers) < chance }), Double(sends))
      }
      return (arm(), arm())
    }
    let sums = units.map { CrossedRatioSums(treatment: $0.0, control: $0.1) }.reduce(.zero, +)
    let arms = try sums.estimates()
    let n = Double(units.count)
    func mean(_ value: (((numerator: Double, denominator: Double), (numerator: Double, denominator: Double))) -> Double)
      -> Double
    {
      units.reduce(0) { $0 + value($1) } / n
    }
    let (d1, d0) = (mean { $0.0.denominator }, mean { $0.1.denominator })
    let (r1, r0) = (mean { $0.0.numerator } / d1, mean { $0.1.numerator } / d0)
    let residuals = units.map { one, zero in
      (one.numerator - r1 * one.denominator) / d1 - (zero.numerator - r0 * zero.denominator) / d0
    }
    let error = (residuals.reduce(0) { $0 + $1 * $1 } / n / (n - 1)).squareRoot()
    #expect(isClose(arms.standardError, error, within: 1e-11))
    #expect(arms.units == 400 && arms.covariance > 0 && arms.degreesOfFreedom == 399)
    let separate = TwoEstimates(treatment: arms.treatment, control: arms.control)
    #expect(separate.standardError > arms.standardError)
  }
}
