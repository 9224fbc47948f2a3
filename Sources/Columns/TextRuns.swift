/// A column of text by runs of rows that say the same: for columns that the rows are sorted by.
///
/// ```
/// rows    like like like view view - -
/// runs    0: 0..<3   1: 3..<5   null: 5..<7      values  like view
/// ```
package struct TextRuns: Sendable {
  /// Rows that follow each other and say the same.
  package struct Run: Sendable, Equatable {
    /// A code of `values`, or `TextColumn.null`.
    package var code: UInt32
    package var rows: Range<Int>
  }

  /// In the order of the rows, without gaps; neighbours differ.
  package private(set) var runs: [Run] = []
  /// What the codes say; it may hold texts that no row has.
  package var values = StringTable()

  package init() {}

  /// How many rows there are.
  package var count: Int { runs.last?.rows.upperBound ?? 0 }

  /// A code a row, for `rows` alone.
  package func column(_ rows: Range<Int>) -> TextColumn {
    var codes: [UInt32] = []
    codes.reserveCapacity(rows.count)
    for run in runs where run.rows.overlaps(rows) {
      codes.append(contentsOf: repeatElement(run.code, count: run.rows.clamped(to: rows).count))
    }
    return TextColumn(codes: codes, values: values)
  }

  /// Adds `added` rows.
  package mutating func append(_ code: UInt32, count added: Int) {
    let start = count
    if runs.last?.code == code {
      return runs[runs.count - 1].rows = runs[runs.count - 1].rows.lowerBound..<start + added
    }
    runs.append(Run(code: code, rows: start..<start + added))
  }
}
