import Experiments
import Testing

/// A comparison whose interval is what the row says.
private func comparison(_ low: Double, _ high: Double) -> Comparison {
  let looks = ConfidenceSequence()
  let error = (high - low) / 2 / looks.halfWidth(units: 20_000, alpha: 0.05) / 2.0.squareRoot()
  let arms = TwoEstimates(
    treatment: Estimate(value: 0.1 + (low + high) / 2, standardError: error, units: 10_000),
    control: Estimate(value: 0.1, standardError: error, units: 10_000))
  guard let comparison = try? arms.comparison(looks: .sequential(looks)) else {
    preconditionFailure("the arms of a row have spread")
  }
  return comparison
}

/// A guardrail of margin 0.01 whose harm lies between two bounds.
private func guardrail(_ harm: Double, _ error: Double) -> ExperimentResults.Guardrail {
  let arms = TwoEstimates(
    treatment: Estimate(value: harm, standardError: error, units: 10_000),
    control: Estimate(value: 0, standardError: 1e-9, units: 10_000))
  return .init(name: "leaves", result: try? NonInferiority(arms, harm: .increase, margin: 0.01, looks: .fixed))
}

private let inside = guardrail(0, 0.001)
private let open = guardrail(0.005, 0.01)
private let broken = guardrail(0.05, 0.001)
private let missing = InsufficientData([.init(arm: "20:20", .units, found: 12, needed: 100)])

struct VerdictRow: Sendable {
  let arms: [ExperimentResults.Arm]
  let expected: String
  var p = 0.5
  var isSequential = true
  var units = 20_000
  var days = 20

  init(
    _ expected: String, _ interval: (Double, Double)?, _ guardrails: [ExperimentResults.Guardrail] = [inside],
    p: Double = 0.5, isSequential: Bool = true, units: Int = 20_000, days: Int = 20,
    second: (Double, Double)? = nil
  ) {
    self.expected = expected
    (self.p, self.isSequential, self.units, self.days) = (p, isSequential, units, days)
    let first = ExperimentResults.Arm(
      name: "20:20", primary: interval.map { .success(comparison($0.0, $0.1)) } ?? .failure(missing),
      guardrails: guardrails)
    let other = second.map {
      ExperimentResults.Arm(name: "08:00", primary: .success(comparison($0.0, $0.1)), guardrails: [inside])
    }
    arms = [first] + (other.map { [$0] } ?? [])
  }
}

/// Planned are 40,000 units, 1,000 come a day.
private let rows: [VerdictRow] = [
  VerdictRow("ship 20:20", (0.01, 0.03)),
  VerdictRow("no verdict: the arms do not hold the units they should, p = 0.0009", (0.01, 0.03), p: 0.0009),
  VerdictRow("stopped: 20:20 harms leaves", (0.01, 0.03), [inside, broken]),
  VerdictRow("insufficient-data: 20:20: 12 units, 100 needed", nil),
  VerdictRow("keep running: 20 more days at this rate", (0.01, 0.03), days: 13),
  VerdictRow("keep running: 20 more days at this rate", (-0.01, 0.03)),
  VerdictRow("keep running: 20 more days at this rate", (0.01, 0.03), [open]),
  VerdictRow("keep running: 20 more days at this rate", (0.01, 0.03), isSequential: false),
  VerdictRow("ship 20:20", (0.01, 0.03), isSequential: false, units: 40_000),
  VerdictRow("keep the control: every other arm is worse", (-0.03, -0.01)),
  VerdictRow("keep running: 20 more days at this rate", (-0.03, -0.01), second: (-0.01, 0.01)),
  VerdictRow("no difference larger than 0.02", (-0.01, 0.02), units: 40_000),
  VerdictRow("no difference larger than 0.03", (-0.03, 0.02), units: 40_000, second: (-0.01, 0.01)),
  VerdictRow("ship 08:00", (0.01, 0.03), second: (0.02, 0.04)),
  VerdictRow("ship 08:00", (0.03, 0.05), [broken], second: (0.02, 0.04)),
  VerdictRow("ship 08:00", (0.03, 0.05), [open], second: (0.02, 0.04)),
  VerdictRow("keep running: 1 more day at this rate", (-0.01, 0.03), units: 40_000, days: 13),
  VerdictRow("keep running: 393 more days at this rate", (0.01, 0.03), [open], units: 40_000),
  VerdictRow("keep running: at this rate no end is in sight", (0.01, 0.03), [guardrail(0.012, 0.01)], units: 40_000),
]

@Suite struct VerdictTests {
  @Test(arguments: rows)
  func `the first rule that fits decides`(row: VerdictRow) {
    let verdict = Verdict(
      ExperimentResults(
        arms: row.arms, sampleRatioP: row.p, isSequential: row.isSequential, units: row.units, plannedUnits: 40_000,
        unitsPerDay: 1000, completeDays: row.days))
    if case .noDifference(let most) = verdict {
      #expect(row.expected.hasPrefix("no difference"))
      #expect(abs(most - (Double(row.expected.split(separator: " ").last ?? "") ?? 0)) < 1e-12)
    } else {
      #expect(verdict.description == row.expected)
    }
  }
}
