internal import Columns

/// Pairs of item and member that one core saw, by event; items by a numbering of its own.
///
/// ```
/// rows of a run     p9·m0  p2·m3  p9·m3  …          codes of the block, rows that do not count left out
/// new codes         p9 p2                           looked up together, each once a block
/// pairs             i0·m0  i1·m3  i0·m3  …          one array a run, which is never moved again
/// ```
struct ItemPairs: Sendable {
  private(set) var items = StringTable()
  /// By event, a run at a time: item in the upper half, member in the lower.
  private(set) var pairs: [[[UInt64]]]
  /// By event and item: how many pairs there are. An item beyond the end has none.
  private(set) var counts: [[Int]]
  /// Code and member of the rows at hand.
  private var rows: [UInt64] = []
  private var hashes: [UInt64] = []

  init(eventCount: Int) {
    pairs = [[[UInt64]]](repeating: [], count: eventCount)
    counts = [[Int]](repeating: [], count: eventCount)
  }

  private static let unknown = UInt32.max

  /// Adds the rows of a block; those without an item are left out.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    var known = [UInt32](repeating: Self.unknown, count: column.values.count)
    for run in block.runs {
      let count = select(run, of: block, column.codes)
      learn(column.values, into: &known, rowCount: count)
      var counts: [Int] = []
      swap(&counts, &self.counts[run.place])
      while counts.count < items.count { counts.append(0) }
      let added = [UInt64](unsafeUninitializedCapacity: count) { added, filled in
        rows.withUnsafeBufferPointer { rows in
          known.withUnsafeBufferPointer { known in
            counts.withUnsafeMutableBufferPointer { counts in
              for place in 0..<count {
                let item = known[Int(truncatingIfNeeded: rows[place] >> 32)]
                added[place] = UInt64(item) << 32 | rows[place] & 0xFFFF_FFFF
                counts[Int(item)] &+= 1
              }
            }
          }
        }
        filled = count
      }
      swap(&counts, &self.counts[run.place])
      pairs[run.place].append(added)
    }
  }

  /// Puts the rows of a run that count at the front of `rows`, without a branch by row; returns how many there are.
  private mutating func select(_ run: EventRun, of block: EventBlock, _ codes: [UInt32]) -> Int {
    if rows.count < run.rows.count { rows = [UInt64](repeating: 0, count: run.rows.count) }
    let null = TextColumn.null
    var count = 0
    rows.withUnsafeMutableBufferPointer { rows in
      codes.withUnsafeBufferPointer { codes in
        block.members.withUnsafeBufferPointer { members in
          guard let selection = block.selection else {
            for row in run.rows {
              rows[count] = UInt64(codes[row]) << 32 | UInt64(UInt32(bitPattern: members[row]))
              count &+= codes[row] == null ? 0 : 1
            }
            return
          }
          selection.withUnsafeBufferPointer { selection in
            for row in run.rows {
              rows[count] = UInt64(codes[row]) << 32 | UInt64(UInt32(bitPattern: members[row]))
              count &+= (selection[row] == 1 ? 1 : 0) & (codes[row] == null ? 0 : 1)
            }
          }
        }
      }
    }
    return count
  }

  /// Finds the items of those codes of the rows at hand that are not known yet.
  private mutating func learn(_ values: StringTable, into known: inout [UInt32], rowCount: Int) {
    var new: [Int32] = []
    rows.withUnsafeBufferPointer { rows in
      known.withUnsafeMutableBufferPointer { known in
        for place in 0..<rowCount {
          let code = Int(truncatingIfNeeded: rows[place] >> 32)
          if known[code] == Self.unknown {
            known[code] = 0
            new.append(Int32(truncatingIfNeeded: code))
          }
        }
      }
    }
    if new.isEmpty { return }
    let found = Self.codes(of: new, in: values.texts, by: &items, &hashes)
    for (code, item) in zip(new, found) { known[Int(code)] = UInt32(bitPattern: item) }
  }

  /// For each item its number in `table`, which takes in those that it lacks.
  func numbers(in table: inout StringTable) -> [UInt32] {
    var hashes: [UInt64] = []
    let all = Array(0..<Int32(truncatingIfNeeded: items.count))
    return Self.codes(of: all, in: items.texts, by: &table, &hashes).map { UInt32(bitPattern: $0) }
  }

  /// The codes in `table` of the texts in `rows`, which are looked up together.
  private static func codes(
    of rows: [Int32], in texts: RowTexts, by table: inout StringTable, _ hashes: inout [UInt64]
  ) -> [Int32] {
    if rows.isEmpty { return [] }
    if hashes.count < texts.count { hashes = [UInt64](repeating: 0, count: texts.count) }
    texts.bytes.withUnsafeBytes { bytes in
      texts.ends.withUnsafeBufferPointer { ends in
        hashes.withUnsafeMutableBufferPointer { hashes in
          for row in rows {
            let row = Int(row)
            let start = row == 0 ? 0 : ends[row &- 1]
            hashes[row] = byteHash(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[row]]))
          }
        }
      }
    }
    return [Int32](unsafeUninitializedCapacity: rows.count) { found, filled in
      rows.withUnsafeBufferPointer { rows in
        table.codes(for: texts, hashes: hashes, rows: rows, into: found.baseAddress!)
      }
      filled = rows.count
    }
  }

  /// Bytes of all pairs.
  var byteCount: Int { pairs.joined().reduce(0) { $0 + $1.count * 8 } }
}
