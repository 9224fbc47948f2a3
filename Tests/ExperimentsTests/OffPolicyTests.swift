import Experiments
import Testing
import TestSupport

@Suite struct OffPolicyTests {
  /// Sends of 300 members, whose hour was drawn with known chances.
  private func logged(seed: UInt64) -> [[LoggedSend]] {
    var numbers = SeededNumbers(seed: seed)
    return (0..<300).map { _ in
      (0..<4).map { _ in
        let isEvening = Double.random(in: 0..<1, using: &numbers) < 0.25
        let isOpen = Double.random(in: 0..<1, using: &numbers) < (isEvening ? 0.5 : 0.2)
        return LoggedSend(
          propensity: isEvening ? 0.25 : 0.75, policyProbability: isEvening ? 0.8 : 0.2, outcome: isOpen ? 1 : 0,
          predictedOfArm: isEvening ? 0.5 : 0.2, predictedOfPolicy: 0.44)
      }
    }
  }

  @Test func `values are the weighted sums written out, with members as clusters`() throws {
    let members = logged(seed: 2)
    let value = try PolicyValue(members.reduce(.zero) { $0 + PolicySums(member: $1) })
    let sends = members.joined().map { ($0.policyProbability / 0.25 * ($0.propensity == 0.25 ? 1 : 1.0 / 3), $0) }
    let n = Double(sends.count)
    let weighted = sends.reduce(0) { $0 + $1.0 * $1.1.outcome }
    #expect(isClose(value.inverse.value, weighted / n, within: 1e-12))
    #expect(isClose(value.selfNormalised.value, weighted / sends.reduce(0) { $0 + $1.0 }, within: 1e-12))
    let robust = sends.reduce(0) { $0 + 0.44 + $1.0 * ($1.1.outcome - $1.1.predictedOfArm) }
    #expect(isClose(value.doublyRobust.value, robust / n, within: 1e-12))
    #expect(value.inverse.units == 300)
    #expect(value.doublyRobust.standardError < value.inverse.standardError)
    #expect(abs(value.doublyRobust.value - 0.44) < 4 * value.doublyRobust.standardError)
  }

  @Test func `the policy that was logged is worth what was seen`() throws {
    let members = logged(seed: 3).map { sends in
      sends.map { LoggedSend(propensity: $0.propensity, policyProbability: $0.propensity ?? 0, outcome: $0.outcome) }
    }
    let value = try PolicyValue(members.reduce(.zero) { $0 + PolicySums(member: $1) })
    let mean = members.joined().reduce(0) { $0 + $1.outcome } / 1200
    #expect(
      isClose(value.inverse.value, mean, within: 1e-12) && isClose(value.selfNormalised.value, mean, within: 1e-12))
    #expect(isClose(value.effectiveSends, 1200, within: 1e-12))
  }

  @Test func `what the log cannot say is refused`() {
    let send = LoggedSend(propensity: 0.5, policyProbability: 0.5, outcome: 1)
    func refusal(_ sends: [LoggedSend]) -> PolicyRefusal? {
      do {
        _ = try PolicyValue(PolicySums(member: sends))
        return nil
      } catch let error {
        return error
      }
    }
    let missing = LoggedSend(propensity: nil, policyProbability: 0.5, outcome: 1)
    let zero = LoggedSend(propensity: 0, policyProbability: 0.5, outcome: 1)
    #expect(refusal([send, missing, zero]) == .missingPropensity(sends: 2))
    #expect(refusal(Array(repeating: send, count: 399))?.description == "399 effective sends, 400 needed")
    let heavy = LoggedSend(propensity: 0.0001, policyProbability: 0.01, outcome: 1)
    #expect(
      refusal(Array(repeating: send, count: 1500) + [heavy])?.description
        == "one send holds 7 % of the weight, at most 5 % may")
    #expect(refusal(Array(repeating: send, count: 500))?.description.hasPrefix("insufficient-data") == true)
  }

  @Test func `cells leave out the fold they are used for`() {
    var cells = FoldedCells(folds: 2, cells: 3)
    cells =
      cells
      + FoldedCells(sums: [
        [MeanSums([1, 0]), MeanSums([1, 1]), .zero], [MeanSums([0, 0]), .zero, .zero],
      ])
    #expect(cells.predictions() == [[0, 0, 0], [0.5, 1, 0.75]])
  }
}
