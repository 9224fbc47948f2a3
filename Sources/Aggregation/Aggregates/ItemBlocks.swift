internal import Columns

/// Rows of one block that count and have an item, item by item.
///
/// ```
/// names      p9 p2 p7 …                     items that have a row; frequent ones come first
/// ends       3 5 9 …                        by item: where its rows end
/// rows       0·m0 0·m3 1·m3  0·m0 0·m2  …   event in the upper 3 bits, then member: those of an event lie together
/// ```
struct ItemBlock: Sendable {
  /// Bits of a row that are the member's.
  static let memberMask: UInt32 = 1 << 29 - 1
  /// More members cannot be told from events.
  static var memberCountMax: Int { Int(memberMask) + 1 }

  let names: RowTexts
  private let ends: [UInt32]
  private let rows: [UInt32]

  fileprivate init(names: RowTexts, ends: [UInt32], rows: [UInt32]) {
    (self.names, self.ends, self.rows) = (names, ends, rows)
  }

  /// How many rows of an event an item has.
  func count(of item: Int, event: Int) -> Int {
    rows.withUnsafeBufferPointer { Self.part($0, range(of: item), event: event).count }
  }

  /// How many rows of the first event each item has.
  var firstEventCounts: [Int] {
    var start = 0
    return rows.withUnsafeBufferPointer { rows in
      ends.map { end in
        defer { start = Int(end) }
        return Self.part(rows, start..<Int(end), event: 0).count
      }
    }
  }

  /// Calls `body` with the rows of an item and event, whose members are what ``memberMask`` leaves.
  @inline(__always)
  func withRows(of item: Int, event: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    rows.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[Self.part($0, range(of: item), event: event)]))
    }
  }

  @inline(__always)
  private func range(of item: Int) -> Range<Int> { (item == 0 ? 0 : Int(ends[item - 1]))..<Int(ends[item]) }

  /// The rows of an event among those of an item.
  @inline(__always)
  private static func part(_ rows: UnsafeBufferPointer<UInt32>, _ range: Range<Int>, event: Int) -> Range<Int> {
    let start = event == 0 ? range.lowerBound : firstRow(rows, range, from: event)
    // Many items have rows of the first event alone.
    let isRest = range.isEmpty || rows[range.upperBound &- 1] < UInt32(truncatingIfNeeded: event + 1) * (memberMask + 1)
    return start..<(isRest ? range.upperBound : firstRow(rows, start..<range.upperBound, from: event + 1))
  }

  /// The first row whose event is `event` or a later one.
  @inline(__always)
  private static func firstRow(_ rows: UnsafeBufferPointer<UInt32>, _ range: Range<Int>, from event: Int) -> Int {
    let bound = UInt32(truncatingIfNeeded: event) * (memberMask + 1)
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      if rows[middle] < bound { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// Bytes of memory, about.
  var byteCount: Int { (ends.count + rows.count) * 4 + names.bytes.count + names.count * 8 }
}

/// What one core keeps of the blocks that it saw. Items are not one across blocks yet: a leaderboard names few of many.
struct ItemBlocks: Sendable {
  private(set) var blocks: [ItemBlock] = []
  /// Code and member of the rows at hand, with room behind them.
  private var rows: [UInt64] = []
  /// By code of the block at hand: how many rows, then where the next of them goes.
  private var counts: [UInt32] = []

  /// Adds the rows of a block; those without an item are left out.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    let texts = column.values.texts
    let roomCount = block.runs.reduce(8) { $0 + $1.rows.count }
    if rows.count < roomCount { rows = [UInt64](repeating: 0, count: roomCount) }
    if counts.count < texts.count { counts = [UInt32](repeating: 0, count: texts.count) }
    rows.withUnsafeMutableBufferPointer { rows in
      counts.withUnsafeMutableBufferPointer { counts in
        let counts = UnsafeMutableBufferPointer(rebasing: counts[..<texts.count])
        counts.update(repeating: 0)
        var taken: [(event: UInt32, rows: UnsafeMutableBufferPointer<UInt64>)] = []
        var count = 0
        for run in block.runs.sorted(by: { $0.place < $1.place }) {
          let start = rows.baseAddress! + count
          let ofRun = UnsafeMutableBufferPointer(
            start: start, count: Self.select(run, of: block, column.codes, into: start))
          for row in ofRun { counts[Int(truncatingIfNeeded: row >> 32)] &+= 1 }
          taken.append((UInt32(run.place), ofRun))
          count += ofRun.count
        }
        let (names, ends) = Self.items(of: counts, texts)
        let byItem = [UInt32](unsafeUninitializedCapacity: count) { byItem, filled in
          for (event, rows) in taken {
            let event = event * (ItemBlock.memberMask + 1)
            for row in rows {
              let code = Int(truncatingIfNeeded: row >> 32)
              byItem[Int(counts[code])] = UInt32(truncatingIfNeeded: row) | event
              counts[code] &+= 1
            }
          }
          filled = count
        }
        blocks.append(ItemBlock(names: names, ends: ends, rows: byItem))
      }
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

  /// What the codes that have a row are called, and where the rows of each end; `counts` becomes where they start.
  private static func items(
    of counts: UnsafeMutableBufferPointer<UInt32>, _ texts: RowTexts
  ) -> (names: RowTexts, ends: [UInt32]) {
    var itemCount = 0
    for count in counts { itemCount &+= count == 0 ? 0 : 1 }
    // A code without rows is written where the next one goes.
    var ends: [UInt32] = []
    let codes = [Int](unsafeUninitializedCapacity: itemCount + 1) { codes, filled in
      ends = [UInt32](unsafeUninitializedCapacity: itemCount + 1) { ends, filledEnds in
        var end: UInt32 = 0
        for code in counts.indices {
          let count = counts[code]
          counts[code] = end
          end &+= count
          codes[filled] = code
          ends[filled] = end
          filled &+= count == 0 ? 0 : 1
        }
        filledEnds = filled
      }
    }
    return (texts.rows(codes), ends)
  }

  /// Bytes of all rows.
  var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }
}
