import Experiments
import Testing

private func cell(_ value: Double, _ error: Double) -> Estimate {
  Estimate(value: value, standardError: error, units: 100)
}

@Suite struct CellsTests {
  @Test func `cells that scatter as their errors do all become the mean`() throws {
    let shrunken = try ShrunkenCells([cell(1, 1), cell(2, 1), cell(1.5, 1)])
    #expect(shrunken.betweenVariance == 0)
    #expect(shrunken.cells.allSatisfy { isClose($0.value, 1.5, within: 1e-12) })
    #expect(shrunken.cells.map(\.unadjusted) == [1, 2, 1.5])
  }

  @Test func `with equal errors the spread is the sample's less the error's`() throws {
    let values = [0.0, 2, 4, 10]
    let shrunken = try ShrunkenCells(values.map { cell($0, 1) })
    // Variance of the values 56/3, less 1.
    #expect(isClose(shrunken.betweenVariance, 56.0 / 3 - 1, within: 1e-12))
    let kept = (56.0 / 3 - 1) / (56.0 / 3)
    for (found, value) in zip(shrunken.cells, values) {
      #expect(isClose(found.value, 4 + kept * (value - 4), within: 1e-12))
    }
  }

  @Test func `a cell with a large error gives up more`() throws {
    let shrunken = try ShrunkenCells([cell(0, 0.1), cell(1, 0.1), cell(5, 3), cell(2, 0.1)])
    let given = shrunken.cells.map { abs($0.value - $0.unadjusted) }
    #expect(given[2] > 10 * (given[0] + given[1] + given[3]))
    #expect(shrunken.cells[2].standardError < 3)
  }

  @Test func `cells without events take the error of all`() throws {
    let shrunken = try ShrunkenCells(
      [(0, 40), (4, 40), (30, 400), (2, 10)].map { ProportionSums(events: $0, units: $1) })
    #expect(shrunken.cells[0].value > 0 && shrunken.cells[3].value < 0.2)
  }

  @Test func `equal cells show no interaction, and one cell none at all`() throws {
    let even = try Heterogeneity([cell(3, 1), cell(3, 2)])
    #expect(even.q == 0 && even.p == 1)
    #expect(try Heterogeneity([cell(0, 1), cell(5, 1)]).p < 0.001)
    #expect(throws: InsufficientData.self) { try Heterogeneity([cell(3, 1), cell(2, 0)]) }
    #expect(throws: InsufficientData.self) { try ShrunkenCells([cell(3, 1), cell(2, 1)]) }
  }
}
