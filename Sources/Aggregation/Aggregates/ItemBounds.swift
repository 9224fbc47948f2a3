internal import Columns

/// How many views an item can have at most, told from the frequent items of each block, without naming the others.
///
/// ```
/// block 1    p9 40   p2 31   p7 12  │  others at most 11 each
/// block 2    p2 25   p9 20   p4 15  │  others at most 14 each
/// bounds     p9 60   p2 56   p4 26   p7 26       any other item 25
/// ```
///
/// Where the least of the leaders has more viewers than any other item can have views, the others need no counting.
struct ItemBounds: Sendable {
  private let names: StringTable
  /// By code in `names`: most views.
  private let greatest: [Int]
  /// Most views of an item that is not named.
  let others: Int

  /// Counts the rows of the first event; in each block the items that come first are named, about `frequentCount`.
  init(_ blocks: [ItemBlock], frequentCount: Int) {
    let frequent = onAllCores(blocks.count) { FrequentItems(blocks[$0], limit: frequentCount) }
    var names = StringTable()
    var added: [Int] = []
    var others = 0
    for (block, frequent) in zip(blocks, frequent) {
      others += frequent.otherCount
      for (code, count) in zip(block.names.rows(frequent.codes).codes(in: &names), frequent.counts) {
        if Int(code) == added.count { added.append(0) }
        added[Int(code)] += count - frequent.otherCount
      }
    }
    self.names = names
    self.others = others
    greatest = added.map { $0 + others }
  }

  /// The names of items that can have `count` views or more.
  func names(reaching count: Int) -> StringTable {
    var reaching = StringTable()
    for code in 0..<UInt32(names.count) where greatest[Int(code)] >= count {
      _ = names.withBytes(of: code) { reaching.code(for: $0) }
    }
    return reaching
  }

  /// The bound that `count` items reach, or a few more where bounds are equal; 0 where there are fewer.
  func bound(reachedBy count: Int) -> Int {
    greatest.count < count ? 0 : greatest.sorted(by: >)[count - 1]
  }
}

/// The most frequent items of a block.
private struct FrequentItems: Sendable {
  var codes: [Int] = []
  var counts: [Int] = []
  /// The greatest count among the other items.
  var otherCount = 0

  init(_ block: ItemBlock, limit: Int) {
    let all = block.firstEventCounts
    // By count, greater ones as one: how many items have it.
    let most = 4096
    var itemCounts = [Int](repeating: 0, count: most + 1)
    for count in all { itemCounts[min(count, most)] += 1 }
    var (least, taken) = (most, itemCounts[most])
    while least > 1, taken + itemCounts[least - 1] <= limit {
      least -= 1
      taken += itemCounts[least]
    }
    otherCount = (1..<least).last { itemCounts[$0] > 0 } ?? 0
    for (code, count) in all.enumerated() where count >= least {
      codes.append(code)
      counts.append(count)
    }
  }
}
