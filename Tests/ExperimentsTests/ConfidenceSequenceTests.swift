import Experiments
import Testing

/// Rows of (N, half-width / se) at N* = 5000. Source: definitions.md.
private let halfWidths: [(Int, Double)] = [
  (100, 6.69439), (500, 3.85505), (1000, 3.36389), (5000, 3.03521), (10_000, 3.06148), (50_000, 3.24172),
  (1_000_000, 3.65654),
]

@Suite struct ConfidenceSequenceTests {
  @Test func `rho and the reference units are those of the definitions`() {
    #expect(abs(ConfidenceSequence().rho - 0.03984006677) < 5e-12)
    #expect(ConfidenceSequence(plannedUnits: 40_000) == ConfidenceSequence(referenceUnits: 10_000))
    #expect(ConfidenceSequence(plannedUnits: 399) == ConfidenceSequence(referenceUnits: 100))
    #expect(ConfidenceSequence(plannedUnits: 402).referenceUnits == 100.5)
  }

  @Test(arguments: halfWidths)
  func `half-widths are those of the definitions`(units: Int, expected: Double) {
    #expect(abs(ConfidenceSequence().halfWidth(units: units, alpha: 0.05) - expected) < 5e-6)
  }

  @Test(arguments: [100, 5000, 123_456], [0.05, 0.01, 0.0125])
  func `p is alpha where the interval ends at 0`(units: Int, alpha: Double) {
    let sequence = ConfidenceSequence(referenceUnits: 3000)
    #expect(isClose(sequence.p(z: sequence.halfWidth(units: units, alpha: alpha), units: units), alpha, within: 1e-12))
    let bound = sequence.boundDistance(units: units, alpha: alpha)
    #expect(isClose(sequence.oneSidedP(z: bound, units: units), alpha, within: 1e-12))
    #expect(bound < sequence.halfWidth(units: units, alpha: alpha))
  }

  @Test func `the interval is narrowest beside a fixed look near the reference`() {
    let sequence = ConfidenceSequence(referenceUnits: 4000)
    let widths = stride(from: 1000, to: 20_000, by: 100).map { ($0, sequence.halfWidth(units: $0, alpha: 0.05)) }
    let narrowest = widths.min { $0.1 < $1.1 }?.0 ?? 0
    #expect((3000...5500).contains(narrowest), "\(narrowest)")
  }

  @Test func `p never rises from look to look`() throws {
    let sequence = ConfidenceSequence(plannedUnits: 8000)
    let strong = TwoEstimates(
      treatment: Estimate(value: 0.30, standardError: 0.01, units: 1000),
      control: Estimate(value: 0.22, standardError: 0.01, units: 1000))
    let weak = TwoEstimates(
      treatment: Estimate(value: 0.24, standardError: 0.008, units: 1500),
      control: Estimate(value: 0.23, standardError: 0.008, units: 1500))
    let first = try strong.comparison(looks: .sequential(sequence))
    let second = try weak.comparison(looks: .sequential(sequence), earlierP: first.p)
    #expect(first.p < 0.001)
    #expect(second.p == first.p)
    #expect(try weak.comparison(looks: .sequential(sequence)).p == 1)
    #expect(second.low < 0 && second.high > 0)
  }

  @Test func `a correction changes the alpha of the logarithm and nothing else`() throws {
    let sequence = ConfidenceSequence()
    let width = sequence.halfWidth(units: 5000, alpha: 0.0125)
    let information = 5000 * sequence.rho * sequence.rho
    let plain = sequence.halfWidth(units: 5000, alpha: 0.05)
    // 2 (Nρ² + 1) / Nρ² · ln(0.05 / 0.0125) more under the root.
    #expect(
      isClose(width * width, plain * plain + 2 * (information + 1) / information * 1.3862943611198906, within: 1e-12))
  }
}
