internal import Columns

/// Rows of one block that count and have an item, by event; items by the codes of the block.
struct ItemBlock: Sendable {
  /// By code.
  let names: RowTexts
  /// By event: code in the upper half, member in the lower.
  fileprivate(set) var rows: [[UInt64]]
}

/// What one core keeps of the blocks that it saw. Nothing is named yet: a leaderboard names few of many items.
///
/// ```
/// codes of a block    9  2  –  9  …                  – is a row without an item
/// selection           1  1  1  0  …
/// rows                9·m0  2·m3  …                  by event, in the order of the block
/// ```
struct ItemBlocks: Sendable {
  private(set) var blocks: [ItemBlock] = []
  private let eventCount: Int
  /// Code and member of the rows at hand.
  private var scratch: [UInt64] = []

  init(eventCount: Int) { self.eventCount = eventCount }

  /// Adds the rows of a block; those without an item are left out.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    var added = ItemBlock(names: column.values.texts, rows: Array(repeating: [], count: eventCount))
    for run in block.runs {
      let count = select(run, of: block, column.codes)
      added.rows[run.place] += scratch[..<count]
    }
    blocks.append(added)
  }

  /// Puts the rows of a run that count at the front of `scratch`, without a branch by row; returns how many there are.
  private mutating func select(_ run: EventRun, of block: EventBlock, _ codes: [UInt32]) -> Int {
    if scratch.count < run.rows.count { scratch = [UInt64](repeating: 0, count: run.rows.count) }
    let null = TextColumn.null
    var count = 0
    scratch.withUnsafeMutableBufferPointer { rows in
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

  /// Bytes of all rows.
  var byteCount: Int { blocks.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.count * 8 } } }
}
