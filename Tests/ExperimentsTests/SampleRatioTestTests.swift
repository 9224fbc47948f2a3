import Experiments
import Testing

struct RatioRow: Sendable {
  let units: [Int]
  let weights: [Double]
  let chiSquare: Double
  let p: Double
}

/// Source: scipy 1.17.1 `stats.chisquare(units, expected)` over the arms of weight > 0; the first four are
/// those of definitions.md.
private let rows = [
  RatioRow(units: [5100, 4900], weights: [1, 1], chiSquare: 4, p: 0.04550026389635857),
  RatioRow(units: [50500, 49500], weights: [0.5, 0.5], chiSquare: 10, p: 0.001565402258002549),
  RatioRow(units: [9463, 7681], weights: [1, 1], chiSquare: 185.22655156322912, p: 3.502192273048579e-42),
  RatioRow(units: [44700, 45489], weights: [1, 1], chiSquare: 6.9024049496058275, p: 0.008607987810836262),
  RatioRow(units: [2550, 2480, 2390, 2580], weights: [1, 1, 1, 1], chiSquare: 8.56, p: 0.035750728792199885),
  RatioRow(units: [812, 405, 397, 386], weights: [4, 2, 2, 2], chiSquare: 0.755, p: 0.8601973178317255),
  RatioRow(units: [100, 0, 120], weights: [1, 0, 1], chiSquare: 1.8181818181818181, p: 0.1775298524121496),
]

@Suite struct SampleRatioTestTests {
  @Test(arguments: rows)
  func `chi-square and p agree with scipy`(row: RatioRow) throws {
    let test = try SampleRatioTest(units: row.units, weights: row.weights)
    #expect(isClose(test.chiSquare, row.chiSquare, within: 1e-12))
    #expect(isClose(test.p, row.p, within: 1e-11))
    #expect(test.isAlarm == (row.p < 0.001))
    #expect(test.degreesOfFreedom == row.weights.count { $0 > 0 } - 1)
  }

  @Test func `units in an arm of weight 0 are counted and stay outside`() throws {
    let with = try SampleRatioTest(units: [100, 7, 120], weights: [1, 0, 1])
    #expect(with.strayUnits == 7)
    #expect(with.expected == [110, 0, 110])
    #expect(isClose(with.p, 0.1775298524121496, within: 1e-12))
  }

  @Test(
    arguments: [
      ([10, 10], [1, 0], "insufficient-data: 1 arm of weight > 0, 2 needed"),
      ([], [], "insufficient-data: 0 arms of weight > 0, 2 needed"),
      ([0, 0], [1, 1], "insufficient-data: 0 expected units, 5 needed"),
      ([30, 1], [9, 1], "insufficient-data: 3 expected units, 5 needed"),
    ] as [([Int], [Double], String)])
  func `too few arms or units have no answer`(units: [Int], weights: [Double], expected: String) {
    let error = #expect(throws: InsufficientData.self) { try SampleRatioTest(units: units, weights: weights) }
    #expect(error?.description == expected)
  }
}
