internal import Aggregation

/// A cell of a published answer that is withheld for privacy.
package struct SuppressedCell: Hashable, Sendable {
  package var row: Int
  package var column: Int
}

/// Withholds cells that rest on fewer than `minimum` members.
///
/// Within one tile nothing withheld can be reckoned back: a pooled line is made anew from the cohorts that are shown.
/// A count of 0 stays, since it points at nobody. Tiles are protected one by one, and so are publications.
struct Suppression {
  let minimum: Int

  /// `answer` with withheld cells null, and which they are.
  func apply(to answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    guard minimum > 1 else { return (answer, []) }
    return answer.metric == "retention" ? RetentionSuppression(minimum: minimum).apply(to: answer) : activity(answer)
  }

  /// A row whose active members are few loses its counts; few new members are withheld alone.
  private func activity(_ answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    let counts = answer.columns.indices.filter { answer.columns[$0].kind == .int }
    guard let active = answer.columns.firstIndex(where: { $0.name == "active_members" }) else { return (answer, []) }
    let new = answer.columns.firstIndex { $0.name == "new_members" }
    var cells: [SuppressedCell] = []
    for (row, values) in answer.rows.enumerated() {
      if isSmall(values[active]) {
        cells += counts.map { SuppressedCell(row: row, column: $0) }
      } else if let new, isSmall(values[new]) {
        cells.append(SuppressedCell(row: row, column: new))
      }
    }
    var result = answer
    for cell in cells { result.rows[cell.row][cell.column] = .null }
    return (result, cells)
  }

  private func isSmall(_ cell: Cell) -> Bool {
    if case .int(let value) = cell { return value > 0 && value < minimum }
    return false
  }
}
