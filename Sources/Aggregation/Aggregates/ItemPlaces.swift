internal import Columns

/// Where the rows of each numbered item lie: its places in the blocks that have it.
///
/// ```
/// i0: block 0 item 9 · block 3 item 0     i1: block 2 item 7     i2: …
/// ```
struct ItemPlaces: Sendable {
  struct Place: Sendable {
    var block: UInt32
    /// The item's place among those of the block.
    var item: UInt32
  }

  /// By item: where its places end.
  private var ends: [Int]
  private var places: [Place]

  init(_ numbers: ItemNumbers) {
    var ends = [Int](repeating: 0, count: numbers.names.count)
    let none = numbers.none
    var total = 0
    for numbered in numbers.byBlock {
      for number in numbered where number != none {
        ends[Int(number)] += 1
        total += 1
      }
    }
    var start = 0
    for item in ends.indices {
      let count = ends[item]
      ends[item] = start
      start += count
    }
    places = [Place](unsafeUninitializedCapacity: total) { places, filled in
      for (block, numbered) in numbers.byBlock.enumerated() {
        for (item, number) in numbered.enumerated() where number != none {
          places[ends[Int(number)]] = Place(
            block: UInt32(truncatingIfNeeded: block), item: UInt32(truncatingIfNeeded: item))
          ends[Int(number)] += 1
        }
      }
      filled = total
    }
    self.ends = ends
  }

  /// How many items there are.
  var itemCount: Int { ends.count }

  /// The places of an item, in the order of blocks.
  @inline(__always)
  subscript(item: Int) -> ArraySlice<Place> { places[(item == 0 ? 0 : ends[item - 1])..<ends[item]] }
}
