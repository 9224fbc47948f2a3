internal import Columns
internal import Dispatch

/// The members of each item, with what counts distinct ones.
///
/// ```
/// pairs    (i2 m0) (i0 m0) (i2 m3) │ (i0 m0) (i1 m9) …      by core, as segments gave them
/// lists    i0: m0 m0   i1: m9   i2: m0 m3 …                 counted into place, each core's pairs by a thread
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
  ///   - items: those that are asked for; nil is all.
  init(_ parts: [ItemPairs], event: Int, itemNumbers: [[UInt32]], itemCount: Int, only items: [Int]? = nil) {
    var isAsked = [Bool](repeating: items == nil, count: itemCount)
    for item in items ?? [] { isAsked[item] = true }
    counts = [Int](repeating: 0, count: itemCount)
    // By part and item: first how many pairs there are, then where they begin.
    var starts = [[Int]](repeating: counts, count: parts.count)
    for part in parts.indices {
      for (item, count) in zip(itemNumbers[part], parts[part].counts[event]) where isAsked[Int(item)] {
        starts[part][Int(item)] = count
        counts[Int(item)] += count
      }
    }
    ends = counts
    var total = 0
    for item in 0..<itemCount {
      for part in parts.indices { (starts[part][item], total) = (total, total + starts[part][item]) }
      ends[item] = total
    }
    members = [UInt32](unsafeUninitializedCapacity: total) { members, filled in
      nonisolated(unsafe) let members = members
      let (first, isAsked) = (starts, isAsked)
      DispatchQueue.concurrentPerform(iterations: parts.count) { part in
        var starts = first[part]
        Self.place(parts[part].pairs[event], itemNumbers[part], isAsked, at: &starts, into: members)
      }
      filled = total
    }
  }

  private static func place(
    _ pairs: [[UInt64]], _ numbers: [UInt32], _ isAsked: [Bool], at starts: inout [Int],
    into members: UnsafeMutableBufferPointer<UInt32>
  ) {
    starts.withUnsafeMutableBufferPointer { starts in
      numbers.withUnsafeBufferPointer { numbers in
        isAsked.withUnsafeBufferPointer { isAsked in
          for pairs in pairs {
            for pair in pairs {
              let item = Int(numbers[Int(truncatingIfNeeded: pair >> 32)])
              if !isAsked[item] { continue }
              members[starts[item]] = UInt32(truncatingIfNeeded: pair)
              starts[item] &+= 1
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
