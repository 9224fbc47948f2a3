internal import Aggregation

/// A cell of a published answer that is withheld for privacy.
package struct SuppressedCell: Hashable, Sendable {
  package var row: Int
  package var column: Int
}

/// Which cells of an answer rest on how many members.
enum SuppressionRule: Sendable {
  /// Every figure of a row rests on the members in its column `base` and on those of `others` where it has them, but those
  /// of the columns `alone`, which are members themselves and part of the base; `keys` are no figures.
  case rows(base: String, others: Set<String> = [], keys: Set<String>, alone: Set<String> = [])
  /// Figures of a row that are parts of a whole, which neighbouring rows tell: where one is small, the row loses all, and
  /// what is derived of them.
  case parts(Set<String>, derived: Set<String>)
  /// Members by a number, and their running sum from above: where one count of a group is small, its sums go.
  case distribution(count: String, running: String)
  /// A retention triangle; its pooled line is made anew of the cohorts that are shown where that can be done from them.
  case cohorts(canPool: Bool)
  /// Rows of one `by` are parts of a whole: where the `base` of one is small, all of them lose their figures, and so does
  /// the row of `total`, whose base is the sum of others.
  case groups(base: String, by: String, total: String)
  /// Every row is withheld in which one of these counts of people is small, and what adds the rows up.
  case counts([String], keys: Set<String>)
}

/// Withholds cells that rest on fewer than `minimum` members.
///
/// Within one tile nothing withheld can be reckoned back: a pooled line is made anew from the cohorts that are shown.
/// A count of 0 stays, since it points at nobody. Tiles are protected one by one, and so are publications.
struct Suppression {
  let minimum: Int
  let rule: SuppressionRule

  /// `answer` with withheld cells null, and which they are.
  func apply(to answer: Answer) -> (answer: Answer, suppressed: [SuppressedCell]) {
    guard minimum > 1 else { return (answer, []) }
    switch rule {
    case .cohorts(let canPool): return RetentionSuppression(minimum: minimum, canPool: canPool).apply(to: answer)
    case .counts(let counts, let keys):
      return CountSuppression(minimum: minimum, counts: counts, keys: keys).apply(to: answer)
    case .parts(let parts, let derived):
      return withholding(from: answer) { values, place in
        let parts = place(parts)
        return parts.contains { isSmall(values[$0]) } ? parts + place(derived) : []
      }
    case .distribution(let count, let running):
      let place = answer.columns.firstIndex { $0.name == count } ?? 0
      let texts = answer.columns.indices.filter { answer.columns[$0].kind == .string }
      func group(_ values: [Cell]) -> [Cell] { texts.map { values[$0] } }
      let small = Set(answer.rows.filter { isSmall($0[place]) }.map(group))
      return withholding(from: answer) { values, places in
        (isSmall(values[place]) ? [place] : []) + (small.contains(group(values)) ? places([running]) : [])
      }
    case .groups(let base, let by, let total):
      let columns = answer.columns.map(\.name)
      guard let base = columns.firstIndex(of: base), let by = columns.firstIndex(of: by) else { return (answer, []) }
      let small = Set(answer.rows.filter { isSmall($0[base]) }.map { $0[by] })
      let withheld = small.isEmpty ? small : small.union([.text(total)])
      let figures = Set(answer.columns.filter { [.int, .float].contains($0.kind) }.map(\.name))
      return withholding(from: answer) { values, places in withheld.contains(values[by]) ? places(figures) : [] }
    case .rows(let base, let others, let keys, let alone):
      return rows(of: answer, bases: others.union([base]), keys: keys, alone: alone)
    }
  }

  /// Withholds the columns that `choose` gives of each row's values; its second argument finds columns by name.
  private func withholding(from answer: Answer, _ choose: ([Cell], (Set<String>) -> [Int]) -> [Int]) -> (
    answer: Answer, suppressed: [SuppressedCell]
  ) {
    func places(_ names: Set<String>) -> [Int] {
      answer.columns.indices.filter { names.contains(answer.columns[$0].name) }
    }
    var result = answer
    var cells: [SuppressedCell] = []
    for (row, values) in answer.rows.enumerated() {
      for column in choose(values, places).sorted() where values[column] != .null {
        result.rows[row][column] = .null
        cells.append(SuppressedCell(row: row, column: column))
      }
    }
    return (result, cells)
  }

  /// A row whose base is small loses its figures; a small count that stands alone is withheld alone.
  private func rows(of answer: Answer, bases: Set<String>, keys: Set<String>, alone: Set<String>) -> (
    answer: Answer, suppressed: [SuppressedCell]
  ) {
    let figures = answer.columns.indices.filter {
      [.int, .float].contains(answer.columns[$0].kind) && !keys.contains(answer.columns[$0].name)
    }
    let bases = answer.columns.indices.filter { bases.contains(answer.columns[$0].name) }
    let alone = figures.filter { alone.contains(answer.columns[$0].name) }
    var cells: [SuppressedCell] = []
    for (row, values) in answer.rows.enumerated() {
      let withheld = bases.contains { isSmall(values[$0]) } ? figures : alone.filter { isSmall(values[$0]) }
      cells += withheld.map { SuppressedCell(row: row, column: $0) }
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
