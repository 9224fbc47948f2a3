/// Whether several groups of subjects end at the same rate.
///
/// ```
/// U = Σ (dⱼᵢ − dᵢ nⱼᵢ / nᵢ),   χ² = Uᵀ V⁻¹ U over all groups but one, V hypergeometric
/// ```
///
/// Source: Mantel, *Cancer Chemotherapy Reports* 50 (1966); Peto, Peto, *JRSS A* 135 (1972).
package struct LogRank: Sendable, Equatable {
  package let chiSquare: Double
  package let degreesOfFreedom: Int
  package let p: Double
  /// Ends by group.
  package let observed: [Int]
  /// Ends that each group would have at the rate of all.
  package let expected: [Double]

  /// - Throws: ``InsufficientData`` under two groups, or where no group's ends can differ from expectation.
  package init(_ groups: [LifeTable]) throws(InsufficientData) {
    guard groups.count >= 2 else { throw InsufficientData(.arms, found: groups.count, needed: 2) }
    let size = groups.count
    var times: [Double: (risk: [Double], ends: [Double])] = [:]
    for time in Set(groups.flatMap { $0.rows.filter { $0.eventCount > 0 }.map(\.time) }) {
      times[time] = (Array(repeating: 0, count: size), Array(repeating: 0, count: size))
    }
    for (index, group) in groups.enumerated() {
      let rows = group.atRisk
      var next = 0
      for time in times.keys.sorted() {
        while next < rows.count, rows[next].row.time < time { next += 1 }
        guard next < rows.count else { break }
        times[time]?.risk[index] = Double(rows[next].risk)
        if rows[next].row.time == time { times[time]?.ends[index] = Double(rows[next].row.eventCount) }
      }
    }
    var observed = Array(repeating: 0.0, count: size)
    var expected = observed
    var variance = Array(repeating: observed, count: size)
    for (_, (risk, ends)) in times.sorted(by: { $0.key < $1.key }) {
      let (n, d) = (risk.reduce(0, +), ends.reduce(0, +))
      let spread = n > 1 ? d * (n - d) / (n - 1) : 0
      for j in 0..<size {
        observed[j] += ends[j]
        expected[j] += d * risk[j] / n
        for k in 0..<size { variance[j][k] += spread * risk[j] / n * ((j == k ? 1 : 0) - risk[k] / n) }
      }
    }
    self.observed = observed.map { Int($0) }
    self.expected = expected
    degreesOfFreedom = size - 1
    let excess = zip(observed, expected).dropLast().map { $0 - $1 }
    guard let solved = solution(of: variance.dropLast().map { Array($0.dropLast()) }, excess) else {
      throw InsufficientData(.events, found: Int(observed.reduce(0, +)), needed: max(1, size - 1))
    }
    chiSquare = zip(excess, solved).reduce(0) { $0 + $1.0 * $1.1 }
    p = ChiSquareDistribution(degreesOfFreedom: degreesOfFreedom).upperTail(chiSquare)
  }
}

/// The x with A x = b for a symmetric A of few rows; nil where A is singular. Gaussian elimination with pivots.
private func solution(of matrix: [[Double]], _ right: [Double]) -> [Double]? {
  var rows = zip(matrix, right).map { $0 + [$1] }
  let count = rows.count
  let scale = matrix.flatMap { $0 }.reduce(0) { max($0, abs($1)) }
  for column in 0..<count {
    let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
    guard abs(rows[pivot][column]) > 1e-12 * scale else { return nil }
    rows.swapAt(column, pivot)
    for row in 0..<count where row != column {
      let factor = rows[row][column] / rows[column][column]
      for place in column...count { rows[row][place] -= factor * rows[column][place] }
    }
  }
  return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
