/// A text a row, one after another: for texts that seldom repeat. An empty text is a missing one.
package struct RowTexts: Sendable {
  /// All texts, one after another.
  package var bytes: [UInt8]
  /// By row: where its text ends.
  package var ends: [Int]

  package init(bytes: [UInt8] = [], ends: [Int] = []) {
    self.bytes = bytes
    self.ends = ends
  }

  /// How many rows there are.
  @inlinable package var count: Int { ends.count }

  /// Where the bytes of `row` lie in `bytes`.
  @inlinable
  package func range(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  /// The text of `row`, nil where it is missing; invalid UTF-8 is repaired.
  package subscript(row: Int) -> String? {
    let range = range(of: row)
    return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
  }

  /// The texts of `rows`, ascending; those that lie together are copied together.
  package func rows(_ rows: [Int]) -> RowTexts {
    if rows.count == count { return self }
    var taken = RowTexts()
    taken.ends.reserveCapacity(rows.count)
    taken.bytes.reserveCapacity(rows.reduce(0) { $0 + range(of: $1).count })
    var first = 0
    while first < rows.count {
      var last = first
      while last + 1 < rows.count, rows[last + 1] == rows[last] + 1 { last += 1 }
      let start = range(of: rows[first]).lowerBound
      let shift = taken.bytes.count - start
      taken.bytes.append(contentsOf: bytes[start..<ends[rows[last]]])
      taken.ends.append(contentsOf: ends[rows[first]...rows[last]].lazy.map { $0 + shift })
      first = last + 1
    }
    return taken
  }

  /// Adds a row.
  package mutating func append(_ text: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}
