internal import Columns

/// Rows of one block that count and have an item: the members of each item, event by event.
///
/// ```
/// names      p9 p2 p7 …                     items that have a row; frequent ones come first
/// ends       3 4 9 … │ 10 10 11 …           by event, by item: where its members end
/// members    m0 m3 m8  m0  m2 m2 m5 …       those of an item and event in the order of the block
/// ```
struct ItemBlock: Sendable {
  let names: RowTexts
  private let ends: [UInt32]
  private let members: [UInt32]

  /// - Parameters:
  ///   - rows: place of the event times the number of items, and item, in the upper half; member in the lower.
  ///   - eventCount: how many places there are.
  fileprivate init(_ rows: UnsafeBufferPointer<UInt64>, names: RowTexts, eventCount: Int) {
    self.names = names
    var ends = [UInt32](repeating: 0, count: names.count * eventCount)
    members = [UInt32](unsafeUninitializedCapacity: rows.count) { members, filled in
      ends.withUnsafeMutableBufferPointer { ends in
        for row in rows { ends[Int(truncatingIfNeeded: row >> 32)] &+= 1 }
        var start: UInt32 = 0
        for key in ends.indices {
          let count = ends[key]
          ends[key] = start
          start &+= count
        }
        // Where the next member goes; at last, where the members end.
        for row in rows {
          let key = Int(truncatingIfNeeded: row >> 32)
          members[Int(ends[key])] = UInt32(truncatingIfNeeded: row)
          ends[key] &+= 1
        }
      }
      filled = rows.count
    }
    self.ends = ends
  }

  /// How many rows of an event an item has.
  @inline(__always)
  func count(of item: Int, event: Int) -> Int { range(of: item, event: event).count }

  /// Calls `body` with the members of an item's rows of an event.
  @inline(__always)
  func withMembers(of item: Int, event: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    members.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range(of: item, event: event)])) }
  }

  @inline(__always)
  private func range(of item: Int, event: Int) -> Range<Int> {
    let key = event * names.count + item
    return Int(key == 0 ? 0 : ends[key - 1])..<Int(ends[key])
  }

  /// Bytes of memory, about.
  var byteCount: Int { (ends.count + members.count) * 4 + names.bytes.count + names.count * 8 }
}

/// What one core keeps of the blocks that it saw. Items are not one across blocks yet: a leaderboard names few of many.
struct ItemBlocks: Sendable {
  private(set) var blocks: [ItemBlock] = []
  private let eventCount: Int
  /// Code, then key, and member of the rows at hand, with room behind them.
  private var rows: [UInt64] = []

  init(eventCount: Int) { self.eventCount = eventCount }

  /// Adds the rows of a block; those without an item are left out.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    let roomCount = block.runs.reduce(8) { $0 + $1.rows.count }
    if rows.count < roomCount { rows = [UInt64](repeating: 0, count: roomCount) }
    rows.withUnsafeMutableBufferPointer { rows in
      var ends: [Int] = []
      for run in block.runs {
        let start = ends.last ?? 0
        ends.append(start + Self.select(run, of: block, column.codes, into: rows.baseAddress! + start))
      }
      let taken = UnsafeMutableBufferPointer(rebasing: rows[..<(ends.last ?? 0)])
      var (items, names) = Self.items(of: taken, column.values.texts)
      let itemCount = names.count
      items.withUnsafeMutableBufferPointer { items in
        for (place, run) in block.runs.enumerated() {
          let first = UInt64(run.place * itemCount)
          for row in (place == 0 ? 0 : ends[place - 1])..<ends[place] {
            let item = UInt64(items[Int(truncatingIfNeeded: taken[row] >> 32)])
            taken[row] = (first &+ item) << 32 | taken[row] & 0xFFFF_FFFF
          }
        }
      }
      blocks.append(ItemBlock(UnsafeBufferPointer(taken), names: names, eventCount: eventCount))
    }
  }

  /// Writes code and member of the rows of a run that count, without a branch by row; returns how many there are.
  private static func select(
    _ run: EventRun, of block: EventBlock, _ codes: [UInt32], into rows: UnsafeMutablePointer<UInt64>
  ) -> Int {
    codes.withUnsafeBufferPointer { codes in
      block.members.withUnsafeBufferPointer { members in
        members.withMemoryRebound(to: UInt32.self) { members in
          let (codes, members) = (codes[run.rows], members[run.rows])
          guard let selection = block.selection else {
            return select(.init(rebasing: codes), .init(rebasing: members), nil, into: rows)
          }
          return selection.withUnsafeBufferPointer {
            select(
              .init(rebasing: codes), .init(rebasing: members), $0.baseAddress.map { $0 + run.rows.lowerBound },
              into: rows)
          }
        }
      }
    }
  }

  private static func select(
    _ codes: UnsafeBufferPointer<UInt32>, _ members: UnsafeBufferPointer<UInt32>, _ selection: UnsafePointer<UInt8>?,
    into rows: UnsafeMutablePointer<UInt64>
  ) -> Int {
    let null = TextColumn.null
    var (start, count) = WideKernels.selectPairs(codes, members, selection: selection, into: rows)
    while start < codes.count {
      rows[count] = UInt64(codes[start]) << 32 | UInt64(members[start])
      let isSelected = selection.map { $0[start] == 1 } ?? true
      count &+= (isSelected ? 1 : 0) & (codes[start] == null ? 0 : 1)
      start += 1
    }
    return count
  }

  /// The items of the codes that have a row, and what they are called.
  private static func items(
    of rows: UnsafeMutableBufferPointer<UInt64>, _ texts: RowTexts
  ) -> (items: [UInt32], names: RowTexts) {
    var items = [UInt32](repeating: 0, count: texts.count)
    var (itemCount, byteCount) = (0, 0)
    items.withUnsafeMutableBufferPointer { items in
      for row in rows { items[Int(truncatingIfNeeded: row >> 32)] = 1 }
      texts.ends.withUnsafeBufferPointer { ends in
        var start = 0
        for code in items.indices {
          let isThere = Int(items[code])
          itemCount &+= isThere
          byteCount &+= isThere &* (ends[code] &- start)
          start = ends[code]
        }
      }
    }
    var ends = [Int](repeating: 0, count: itemCount)
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, filled in
      texts.bytes.withUnsafeBufferPointer { from in
        texts.ends.withUnsafeBufferPointer { textEnds in
          items.withUnsafeMutableBufferPointer { items in
            ends.withUnsafeMutableBufferPointer { ends in
              var item = 0
              for code in items.indices where items[code] == 1 {
                let start = code == 0 ? 0 : textEnds[code - 1]
                for place in start..<textEnds[code] {
                  bytes[filled] = from[place]
                  filled &+= 1
                }
                items[code] = UInt32(truncatingIfNeeded: item)
                ends[item] = filled
                item &+= 1
              }
            }
          }
        }
      }
    }
    return (items, RowTexts(bytes: bytes, ends: ends))
  }

  /// Bytes of all rows.
  var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }
}
