internal import Aggregation

/// Withholds small cohorts of a retention triangle, and makes the pooled line from those that are shown.
///
/// Pooled sizes of neighbouring periods differ by one cohort, so a pooled line over all cohorts would give every
/// withheld size away.
struct RetentionSuppression {
  let minimum: Int
  /// Whether the pooled line is the sum of the cohorts; else it is withheld where a cohort is.
  let canPool: Bool

  /// Columns of retention, by the contract.
  private enum Column {
    static let cohort = 0
    static let size = 1
    static let period = 2
    static let returned = 3
    static let complete = 4
    static let figures = [size, returned, 5, 6, 7]
  }

  /// `answer` with withheld cells null, and which they are.
  func apply(to answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    var result = answer
    var cells: [SuppressedCell] = []
    var sums: [Cell: (size: Int, returned: Int)] = [:]
    for (row, values) in answer.rows.enumerated() where values[Column.cohort] != .null {
      guard case .int(let size) = values[Column.size] else { continue }
      if size < minimum {
        withhold(row, in: &result, &cells)
      } else if values[Column.complete] == .bool(true), case .int(let returned) = values[Column.returned] {
        sums[values[Column.period], default: (0, 0)].size += size
        sums[values[Column.period], default: (0, 0)].returned += returned
      }
    }
    if cells.isEmpty { return (answer, []) }
    for (row, values) in answer.rows.enumerated() where values[Column.cohort] == .null {
      if canPool, let sum = sums[values[Column.period]] {
        let interval = WilsonInterval(successes: sum.returned, trials: sum.size)
        result.rows[row][Column.size] = .int(sum.size)
        result.rows[row][Column.returned] = .int(sum.returned)
        result.rows[row][5] = .ratio(sum.returned, of: sum.size)
        result.rows[row][6] = interval.map { .float($0.low) } ?? .null
        result.rows[row][7] = interval.map { .float($0.high) } ?? .null
      } else {
        withhold(row, in: &result, &cells)
      }
    }
    let pooled = canPool ? "left out of the pooled line" : "the pooled line with them"
    result.notes.append("Cohorts of fewer than \(minimum) members are withheld, and \(pooled).")
    return (result, cells.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
  }

  private func withhold(_ row: Int, in answer: inout Answer, _ cells: inout [SuppressedCell]) {
    for column in Column.figures where answer.rows[row][column] != .null {
      answer.rows[row][column] = .null
      cells.append(SuppressedCell(row: row, column: column))
    }
  }
}
