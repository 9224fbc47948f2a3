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

  /// The texts of `rows`.
  package func rows(_ rows: [Int]) -> RowTexts {
    if rows.count == count, rows.elementsEqual(0..<count) { return self }
    var taken = RowTexts(ends: [Int](repeating: 0, count: rows.count))
    let byteCount = rows.reduce(0) { $0 + range(of: $1).count }
    // Eight bytes at a time: what is written too much is written over by the next text.
    taken.bytes = [UInt8](unsafeUninitializedCapacity: byteCount + 7) { room, filled in
      let room = UnsafeMutableRawBufferPointer(room)
      bytes.withUnsafeBytes { bytes in
        ends.withUnsafeBufferPointer { ends in
          for (place, row) in rows.enumerated() {
            var from = row == 0 ? 0 : ends[row &- 1]
            let end = ends[row]
            var to = filled
            filled &+= end &- from
            while from < end {
              if from &+ 8 <= bytes.count {
                room.storeBytes(
                  of: bytes.loadUnaligned(fromByteOffset: from, as: UInt64.self), toByteOffset: to, as: UInt64.self)
              } else {
                UnsafeMutableRawBufferPointer(rebasing: room[to...]).copyBytes(from: bytes[from..<end])
              }
              from &+= 8
              to &+= 8
            }
            taken.ends[place] = filled
          }
        }
      }
    }
    return taken
  }

  /// Adds a row.
  package mutating func append(_ text: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}
