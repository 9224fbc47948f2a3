internal import Aggregation

/// Withholds figures of a table whose counts of people add up, so that none can be reckoned back from the others.
///
/// Where one of the counts of a row is small, the whole row is withheld; and as soon as one row is, the line over all
/// rows (its first key null) and every running figure or share of a whole (`opening`, `member_share`) go too: they are made of all rows.
struct CountSuppression {
  let minimum: Int
  let counts: [String]
  let keys: Set<String>

  private static let running = ["opening", "leave_rate", "member_share", "contribution_share", "share"]

  func apply(to answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    let names = answer.columns.map(\.name)
    let figures = names.indices.filter {
      [.int, .float].contains(answer.columns[$0].kind) && !keys.contains(names[$0])
    }
    let counted = counts.compactMap(names.firstIndex(of:))
    let small = answer.rows.indices.filter { row in counted.contains { isSmall(answer.rows[row][$0]) } }
    if small.isEmpty { return (answer, []) }
    var cells = Set(small.flatMap { row in figures.map { SuppressedCell(row: row, column: $0) } })
    for row in answer.rows.indices {
      if answer.rows[row].first == .null { cells.formUnion(figures.map { SuppressedCell(row: row, column: $0) }) }
      for column in figures where Self.running.contains(names[column]) {
        cells.insert(SuppressedCell(row: row, column: column))
      }
    }
    // What was null before is no secret.
    let withheld = cells.filter { answer.rows[$0.row][$0.column] != .null }
    var result = answer
    for cell in withheld { result.rows[cell.row][cell.column] = .null }
    return (result, withheld.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
  }

  private func isSmall(_ cell: Cell) -> Bool {
    if case .int(let value) = cell { return value > 0 && value < minimum }
    return false
  }
}
