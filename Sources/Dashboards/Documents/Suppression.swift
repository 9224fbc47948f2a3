internal import Aggregation
internal import Events

/// A cell of a published answer that is withheld for privacy.
package struct SuppressedCell: Hashable, Sendable {
  package var row: Int
  package var column: Int
}

/// Withholds cells that rest on fewer than `minimum` members, and those from which they could be reckoned back.
///
/// A count of 0 stays: it points at nobody. Between two publications nothing is protected.
struct Suppression {
  let minimum: Int

  /// `answer` with withheld cells null, and which they are.
  func apply(to answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    guard minimum > 1 else { return (answer, []) }
    let cells = answer.metric == "retention" ? retentionCells(answer) : activityCells(answer)
    var result = answer
    for cell in cells { result.rows[cell.row][cell.column] = .null }
    return (result, cells.sorted { ($0.row, $0.column) < ($1.row, $1.column) })
  }

  private func isSmall(_ cell: Cell) -> Bool {
    if case .int(let value) = cell { return value > 0 && value < minimum }
    return false
  }

  /// A row whose active members are few loses its counts; few new members are withheld alone.
  private func activityCells(_ answer: Answer) -> Set<SuppressedCell> {
    let counts = answer.columns.indices.filter { answer.columns[$0].kind == .int }
    guard let active = answer.columns.firstIndex(where: { $0.name == "active_members" }) else { return [] }
    let new = answer.columns.firstIndex { $0.name == "new_members" }
    var cells: Set<SuppressedCell> = []
    for (row, values) in answer.rows.enumerated() {
      if isSmall(values[active]) {
        cells.formUnion(counts.map { SuppressedCell(row: row, column: $0) })
      } else if let new, isSmall(values[new]) {
        cells.insert(SuppressedCell(row: row, column: new))
      }
    }
    return cells
  }

  /// Small cohorts go whole. The pooled line is their sum with the others: where one complete cohort alone, or
  /// several that together are still small, could be reckoned from it, the next larger one goes as well.
  private func retentionCells(_ answer: Answer) -> Set<SuppressedCell> {
    let columns = ["cohort", "size", "period"].compactMap { name in answer.columns.firstIndex { $0.name == name } }
    guard columns.count == 3 else { return [] }
    var sizes: [Cell: Int] = [:]
    var completePeriods: [Cell: Set<Int>] = [:]
    let complete = answer.columns.firstIndex { $0.name == "complete" }
    for row in answer.rows where row[columns[0]] != .null {
      guard case .int(let size) = row[columns[1]], case .int(let period) = row[columns[2]] else { continue }
      sizes[row[columns[0]]] = size
      if let complete, row[complete] == .bool(true) { completePeriods[row[columns[0]], default: []].insert(period) }
    }
    var hidden = Set(sizes.filter { $0.value < minimum }.map(\.key))
    let ascending = sizes.sorted { ($0.value, $0.key.order) < ($1.value, $1.key.order) }.map(\.key)
    let periods = completePeriods.values.reduce(into: Set<Int>()) { $0.formUnion($1) }.sorted()
    for period in periods {
      let summed = ascending.filter { completePeriods[$0, default: []].contains(period) }
      var withheld = summed.filter(hidden.contains)
      while !withheld.isEmpty, withheld.count < 2 || withheld.reduce(0, { $0 + sizes[$1]! }) < minimum,
        let next = summed.first(where: { !hidden.contains($0) })
      {
        hidden.insert(next)
        withheld.append(next)
      }
    }
    var cells = hiddenCells(of: hidden, cohort: columns[0], in: answer)
    for (row, values) in answer.rows.enumerated() where values[columns[0]] == .null && isSmall(values[columns[1]]) {
      cells.formUnion(figureColumns(answer).map { SuppressedCell(row: row, column: $0) })
    }
    return cells
  }

  private func figureColumns(_ answer: Answer) -> [Int] {
    answer.columns.indices.filter { ["size", "returned", "rate", "low", "high"].contains(answer.columns[$0].name) }
  }

  private func hiddenCells(of cohorts: Set<Cell>, cohort: Int, in answer: Answer) -> Set<SuppressedCell> {
    let columns = figureColumns(answer)
    var cells: Set<SuppressedCell> = []
    for (row, values) in answer.rows.enumerated() where cohorts.contains(values[cohort]) {
      cells.formUnion(columns.filter { values[$0] != .null }.map { SuppressedCell(row: row, column: $0) })
    }
    return cells
  }
}

extension Cell {
  /// A place in a fixed order, for cohorts of one size.
  fileprivate var order: Int {
    if case .day(let day) = self { Int(day.number) } else { 0 }
  }
}
