internal import Columns
internal import Dispatch
internal import Synchronization

/// Pairs of item and member as they come, with what counts distinct members of each item.
///
/// ```
/// pairs    (i2 m0) (i0 m0) (i2 m3) │ (i0 m0) (i1 m9) …      by worker, as segments give them
/// lists    i0: m0 m0   i1: m9   i2: m0 m3 …                 counted into place
/// ```
/// An item's members are then set in one bitmap that is used again for the next item: it fits a core's cache.
struct ItemMembers: Sendable {
  /// By item: how many rows it has.
  private(set) var counts: [Int]
  /// By item: where its members end.
  private var ends: [Int]
  private var members: [UInt32]

  /// - Parameters:
  ///   - parts: what each core saw.
  ///   - event: the place of the event whose pairs are taken.
  ///   - itemNumbers: by part: the number of each of its items.
  init(_ parts: [ItemPairs], event: Int, itemNumbers: [[UInt32]], itemCount: Int) {
    var starts = [Int](repeating: 0, count: itemCount + 1)
    for (part, numbers) in zip(parts, itemNumbers) {
      for (item, count) in part.counts[event].enumerated() { starts[Int(numbers[item]) + 1] += count }
    }
    counts = Array(starts.dropFirst())
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    let total = starts[itemCount]
    members = [UInt32](unsafeUninitializedCapacity: total) { members, filled in
      starts.withUnsafeMutableBufferPointer { starts in
        for (part, numbers) in zip(parts, itemNumbers) {
          numbers.withUnsafeBufferPointer { numbers in
            for pair in part.pairs[event] {
              let item = Int(numbers[Int(pair >> 32)])
              members[starts[item]] = UInt32(truncatingIfNeeded: pair)
              starts[item] += 1
            }
          }
        }
      }
      filled = total
    }
    ends = starts
  }

  /// Calls `body` with each row of an item's members.
  @inline(__always)
  func forEachMember(of item: Int, _ body: (UInt32) -> Void) {
    members.withUnsafeBufferPointer { members in
      for place in (item == 0 ? 0 : ends[item - 1])..<ends[item] { body(members[place]) }
    }
  }
}

/// Pairs of item and member that one core saw, by event; items by a numbering of its own.
struct ItemPairs: Sendable {
  private(set) var items = StringTable()
  /// By event: item in the upper half, member in the lower.
  private(set) var pairs: [[UInt64]]
  /// By event and item.
  private(set) var counts: [[Int]]

  init(eventCount: Int) {
    pairs = [[UInt64]](repeating: [], count: eventCount)
    counts = [[Int]](repeating: [], count: eventCount)
  }

  /// Adds the rows of a block; those without an item are left out. A text is looked up once.
  mutating func add(_ block: EventBlock, column: TextColumn?) {
    guard let column else { return }
    let unknown = UInt32.max
    var known = [UInt32](repeating: unknown, count: column.values.count)
    known.withUnsafeMutableBufferPointer { known in
      column.codes.withUnsafeBufferPointer { codes in
        block.members.withUnsafeBufferPointer { members in
          for run in block.runs {
            var (pairs, counts) = ([UInt64](), [Int]())
            swap(&pairs, &self.pairs[run.place])
            swap(&counts, &self.counts[run.place])
            block.forEachRow(of: run) { row in
              let code = codes[row]
              if code == TextColumn.null { return }
              if known[Int(code)] == unknown {
                known[Int(code)] = column.values.withBytes(of: code) { items.code(for: $0) }
              }
              let item = Int(known[Int(code)])
              while item >= counts.count { counts.append(0) }
              counts[item] &+= 1
              pairs.append(UInt64(item) << 32 | UInt64(UInt32(bitPattern: members[row])))
            }
            swap(&pairs, &self.pairs[run.place])
            swap(&counts, &self.counts[run.place])
          }
        }
      }
    }
  }

  /// Bytes of all pairs.
  var byteCount: Int { pairs.reduce(0) { $0 + $1.count * 8 } }
}
