internal import Columns

/// The members of each numbered item, with what counts distinct ones.
///
/// ```
/// rows     (9 m0) (2 m0) (9 m3) │ (0 m0) (7 m9) …           by block; the code's number is the item's
/// lists    i0: m0 m0   i1: m9   i2: m0 m3 …                 counted into place, each core some blocks
/// ```
/// An item's members are then set in one bitmap that is used again for the next item: it fits a core's cache.
struct ItemMembers: Sendable {
  /// By item: how many rows it has.
  private(set) var counts: [Int] = []
  /// By item: where its members end.
  private var ends: [Int] = []
  /// Of all items, then of what is not numbered.
  private var members: [UInt32]

  /// - Parameter event: the place of the event whose rows are taken.
  init(_ blocks: [ItemBlock], event: Int, _ numbers: ItemNumbers) {
    let width = EngineLimits.coreCount
    let parts = (0..<width).map { blocks.count * $0 / width..<blocks.count * ($0 + 1) / width }
    let counts = onAllCores(width) { part in
      var counts = [Int](repeating: 0, count: numbers.none + 1)
      Self.forEachRow(of: blocks, parts[part], event: event, numbers, updating: &counts) { count, _ in count &+= 1 }
      return counts
    }
    // By part and item: where the next member goes.
    var starts = counts
    var total = 0
    for item in 0...numbers.none {
      self.counts.append(counts.reduce(0) { $0 + $1[item] })
      for part in parts.indices {
        starts[part][item] = total
        total += counts[part][item]
      }
      ends.append(total)
    }
    self.counts.removeLast()
    members = [UInt32](unsafeUninitializedCapacity: total) { members, filled in
      nonisolated(unsafe) let members = members
      let first = starts
      _ = onAllCores(width) { part in
        var starts = first[part]
        Self.forEachRow(of: blocks, parts[part], event: event, numbers, updating: &starts) { start, member in
          members[start] = member
          start &+= 1
        }
      }
      filled = total
    }
  }

  /// Calls `body` with what `state` holds of the item, and the member, of each row.
  @inline(__always)
  private static func forEachRow(
    of blocks: [ItemBlock], _ part: Range<Int>, event: Int, _ numbers: ItemNumbers, updating state: inout [Int],
    _ body: (inout Int, UInt32) -> Void
  ) {
    state.withUnsafeMutableBufferPointer { state in
      for block in part {
        numbers.byBlock[block].withUnsafeBufferPointer { numbers in
          blocks[block].rows[event].withUnsafeBufferPointer { rows in
            for row in rows {
              body(&state[Int(numbers[Int(truncatingIfNeeded: row >> 32)])], UInt32(truncatingIfNeeded: row))
            }
          }
        }
      }
    }
  }

  /// Where an item's members lie among all.
  @inline(__always)
  func range(of item: Int) -> Range<Int> { (item == 0 ? 0 : ends[item - 1])..<ends[item] }

  /// Calls `body` with the members of all items.
  @inline(__always)
  func withMembers<Result>(_ body: (UnsafeBufferPointer<UInt32>) -> Result) -> Result {
    members.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with each row of an item's members.
  @inline(__always)
  func forEachMember(of item: Int, _ body: (UInt32) -> Void) {
    withMembers { members in
      for place in range(of: item) { body(members[place]) }
    }
  }
}
