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

  fileprivate init(names: RowTexts, ends: [UInt32], members: [UInt32]) {
    (self.names, self.ends, self.members) = (names, ends, members)
  }

  /// How many rows of an event an item has.
  @inline(__always)
  func count(of item: Int, event: Int) -> Int { range(of: item, event: event).count }

  /// How many rows of the first event each item has.
  var firstEventCounts: [Int] {
    var start: UInt32 = 0
    return ends.prefix(names.count).map { end in
      defer { start = end }
      return Int(end - start)
    }
  }

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
  /// Code and member of the rows at hand, with room behind them.
  private var rows: [UInt64] = []
  /// By event, by code of the block at hand: how many rows, then where the next of them goes.
  private var counts: [UInt32] = []

  init(eventCount: Int) { self.eventCount = eventCount }

  /// Adds the rows of a block; those without an item are left out.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    let texts = column.values.texts
    let codeCount = texts.count
    let roomCount = block.runs.reduce(8) { $0 + $1.rows.count }
    if rows.count < roomCount { rows = [UInt64](repeating: 0, count: roomCount) }
    if counts.count < codeCount * eventCount { counts = [UInt32](repeating: 0, count: codeCount * eventCount) }
    rows.withUnsafeMutableBufferPointer { rows in
      counts.withUnsafeMutableBufferPointer { counts in
        let counts = UnsafeMutableBufferPointer(rebasing: counts[..<(codeCount * eventCount)])
        counts.update(repeating: 0)
        // Rows of each run, and the counts of its event.
        var taken: [(rows: UnsafeMutableBufferPointer<UInt64>, counts: UnsafeMutablePointer<UInt32>)] = []
        var count = 0
        for run in block.runs where codeCount > 0 {
          let start = rows.baseAddress! + count
          let ofRun = UnsafeMutableBufferPointer(
            start: start, count: Self.select(run, of: block, column.codes, into: start))
          let ofEvent = counts.baseAddress! + run.place * codeCount
          for row in ofRun { ofEvent[Int(truncatingIfNeeded: row >> 32)] &+= 1 }
          taken.append((ofRun, ofEvent))
          count += ofRun.count
        }
        let (names, ends) = Self.items(of: counts, eventCount: eventCount, texts)
        let members = [UInt32](unsafeUninitializedCapacity: count) { members, filled in
          for (rows, next) in taken {
            for row in rows {
              let code = Int(truncatingIfNeeded: row >> 32)
              members[Int(next[code])] = UInt32(truncatingIfNeeded: row)
              next[code] &+= 1
            }
          }
          filled = count
        }
        blocks.append(ItemBlock(names: names, ends: ends, members: members))
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

  /// What the codes that have a row are called, and by event and item where its rows end; `counts` becomes where the
  /// rows of each event and code start.
  private static func items(
    of counts: UnsafeMutableBufferPointer<UInt32>, eventCount: Int, _ texts: RowTexts
  ) -> (names: RowTexts, ends: [UInt32]) {
    let codeCount = texts.count
    let codes = (0..<codeCount).filter { code in
      (0..<eventCount).contains { counts[$0 * codeCount + code] > 0 }
    }
    let ends = [UInt32](unsafeUninitializedCapacity: eventCount * codes.count) { ends, filled in
      var end: UInt32 = 0
      for event in 0..<eventCount {
        for code in codes {
          let start = end
          end &+= counts[event * codeCount + code]
          counts[event * codeCount + code] = start
          ends[filled] = end
          filled &+= 1
        }
      }
    }
    return (texts.rows(codes), ends)
  }

  /// Bytes of all rows.
  var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }
}
