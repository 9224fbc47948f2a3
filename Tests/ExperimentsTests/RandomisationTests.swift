import Experiments
import Testing
import TestSupport

@Suite struct RandomisationTests {
  /// Every sign pattern, written out.
  private func slowP(_ differences: [Double], effect: Double) -> Double {
    let values = differences.map { $0 - effect }
    let observed = abs(values.reduce(0, +))
    let patterns = 1 << values.count
    let asFar = (0..<patterns).count { pattern in
      let sum = values.indices.reduce(0.0) { $0 + (pattern >> $1 & 1 == 1 ? -values[$1] : values[$1]) }
      return abs(sum) >= observed - 1e-9
    }
    return Double(asFar) / Double(patterns)
  }

  @Test(arguments: 0..<20)
  func `p and the interval are those of every pattern`(seed: Int) throws {
    var numbers = SeededNumbers(seed: UInt64(seed))
    // Rounded, so that patterns tie.
    let differences = (0..<(6 + seed % 6)).map { _ in (Double.random(in: -1...2, using: &numbers) * 10).rounded() / 10 }
    let test = try RandomisationTest(differences: differences)
    #expect(test.isEnumerated)
    #expect(isClose(test.p, slowP(differences, effect: 0), within: 1e-12))
    for (end, outward) in [(test.low, -1e-6), (test.high, 1e-6)] {
      #expect(slowP(differences, effect: end - outward) > 0.05, "inside of \(end)")
      #expect(slowP(differences, effect: end + outward) <= 0.05, "outside of \(end)")
    }
  }

  @Test func `drawn patterns are the same for the same seed and near the enumeration`() throws {
    var numbers = SeededNumbers(seed: 5)
    let differences = (0..<20).map { _ in Double.random(in: -1...1.6, using: &numbers) }
    let (a, b) = (
      try RandomisationTest(differences: differences, seed: 3), try RandomisationTest(differences: differences, seed: 3)
    )
    #expect(a == b && !a.isEnumerated)
    #expect(try RandomisationTest(differences: differences, seed: 4) != a)
    #expect(abs(a.p - slowP(differences, effect: 0)) < 0.01)
    #expect(a.low < a.difference && a.difference < a.high)
  }

  @Test func `an alpha that no pattern reaches has no answer`() {
    #expect(RandomisationTest.leastP(blocks: 5) == 0.0625)
    #expect(RandomisationTest.leastP(blocks: 16) == 2.0 / 65_536)
    #expect(RandomisationTest.leastP(blocks: 17) == 0.0001)
    let error = #expect(throws: InsufficientData.self) { try RandomisationTest(differences: [1, 2, 3, 4, 5]) }
    #expect(error?.description == "insufficient-data: 5 blocks, 6 needed")
    #expect(throws: Never.self) { try RandomisationTest(differences: [1, 2, 3, 4, 5, 6]) }
  }

  @Test func `blocks give differences, and those without an arm are left out`() {
    let slots = SwitchbackSlots([
      .init(block: 0, arm: 1, value: 5), .init(block: 0, arm: 0, value: 3), .init(block: 1, arm: 0, value: 4),
      .init(block: 2, arm: 0, value: 1), .init(block: 2, arm: 1, value: 2),
    ])
    #expect(slots.differences(treatment: 1, control: 0) == [2, 1])
  }

  @Test func `an effect that reaches into the next slot is seen`() throws {
    var numbers = SeededNumbers(seed: 11)
    func slots(reach: Double) -> SwitchbackSlots {
      var before = 0
      return SwitchbackSlots(
        (0..<60).flatMap { block -> [SwitchbackSlots.Slot] in
          let first = Int(numbers.next() % 2)
          return [first, 1 - first].map { arm in
            defer { before = arm }
            let noise = Double.random(in: -0.5...0.5, using: &numbers)
            return .init(block: block, arm: arm, value: Double(arm) + reach * Double(before) + noise)
          }
        })
    }
    #expect(try slots(reach: 1).carryOver(treatment: 1, control: 0).p < 0.001)
    #expect(try slots(reach: 0).carryOver(treatment: 1, control: 0).p > 0.01)
  }
}
