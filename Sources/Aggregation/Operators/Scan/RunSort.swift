/// Sorts the rows of one member, by insertion where there are few: they mostly come in order, day by day.
///
/// Inlined, so that it is compiled for the rows and the order of its caller.
@inline(__always)
func sortRun<Row>(_ rows: UnsafeMutableBufferPointer<Row>, by precedes: (Row, Row) -> Bool) {
  var rows = rows
  if rows.count > insertedRowCountMax { return rows.sort(by: precedes) }
  for index in 1..<max(1, rows.count) {
    let row = rows[index]
    var place = index
    while place > 0, precedes(row, rows[place - 1]) {
      rows[place] = rows[place - 1]
      place -= 1
    }
    rows[place] = row
  }
}

/// Above it the library's sort is faster.
private let insertedRowCountMax = 48
