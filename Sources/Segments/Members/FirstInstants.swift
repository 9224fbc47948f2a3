internal import Columns

/// The earliest instant of each (event, member) in a batch.
///
/// ```
/// runs    pairs that ascend by event and member: of many segments, of fewer, …, of the last one
/// ```
/// Two runs become one when they are of like length, so that a pair is moved few times: about 10 ns in all.
package struct FirstInstants: Sendable {
  /// Pairs, one key each: the event in the upper half, the member in the lower.
  package struct Pairs: Sendable, Equatable {
    package var keys: [UInt64] = []
    package var instants: [Int64] = []

    package init() {}

    func withPointers<R>(_ body: (UnsafeBufferPointer<UInt64>, UnsafeBufferPointer<Int64>) -> R) -> R {
      keys.withUnsafeBufferPointer { keys in instants.withUnsafeBufferPointer { body(keys, $0) } }
    }

    /// Adds a pair.
    package mutating func append(_ key: UInt64, _ instant: Int64) {
      keys.append(key)
      instants.append(instant)
    }
  }

  package init() {}

  private var runs: [Pairs] = []

  /// Notes the pairs of a segment, whose events are places in `events`; an earlier instant wins.
  /// - Precondition: the members of one event lie together and ascend.
  package mutating func note(_ pairs: Pairs, events: [UInt32]) {
    if pairs.keys.isEmpty { return }
    runs.append(Self.ascending(pairs, events: events))
    while runs.count > 1, runs[runs.count - 2].keys.count <= 2 * runs[runs.count - 1].keys.count { mergeLast() }
  }

  /// All pairs, keys ascending.
  package var pairs: Pairs {
    mutating get {
      while runs.count > 1 { mergeLast() }
      return runs.first ?? Pairs()
    }
  }

  /// The same with the store's own codes of events, by which the groups of members are put in order.
  private static func ascending(_ pairs: Pairs, events: [UInt32]) -> Pairs {
    var groups: [(event: UInt32, rows: Range<Int>)] = []
    var start = 0
    for row in 1...pairs.keys.count where row == pairs.keys.count || pairs.keys[row] >> 32 != pairs.keys[start] >> 32 {
      groups.append((events[Int(pairs.keys[start] >> 32)], start..<row))
      start = row
    }
    groups.sort { $0.event < $1.event }
    var result = Pairs()
    result.keys.reserveCapacity(pairs.keys.count)
    result.instants.reserveCapacity(pairs.keys.count)
    for group in groups {
      let event = UInt64(group.event) << 32
      for row in group.rows { result.append(event | pairs.keys[row] & 0xFFFF_FFFF, pairs.instants[row]) }
    }
    return result
  }

  private mutating func mergeLast() {
    let (b, a) = (runs.removeLast(), runs.removeLast())
    let capacity = a.keys.count + b.keys.count
    var result = Pairs()
    var count = 0
    result.keys = [UInt64](unsafeUninitializedCapacity: capacity) { keys, filledKeys in
      result.instants = [Int64](unsafeUninitializedCapacity: capacity) { instants, filledInstants in
        count = Self.merge(a, b, into: keys.baseAddress!, instants.baseAddress!)
        filledInstants = count
      }
      filledKeys = count
    }
    runs.append(result)
  }

  private static func merge(
    _ a: Pairs, _ b: Pairs, into keys: UnsafeMutablePointer<UInt64>, _ instants: UnsafeMutablePointer<Int64>
  ) -> Int {
    a.withPointers { leftKeys, leftInstants in
      b.withPointers { rightKeys, rightInstants in
        var (i, j, count) = (0, 0, 0)
        while i < leftKeys.count && j < rightKeys.count {
          let (left, right) = (leftKeys[i], rightKeys[j])
          let (early, late) = (leftInstants[i], rightInstants[j])
          keys[count] = min(left, right)
          instants[count] = left == right ? min(early, late) : left < right ? early : late
          i &+= left <= right ? 1 : 0
          j &+= right <= left ? 1 : 0
          count &+= 1
        }
        for (restKeys, restInstants, rest) in [
          (leftKeys, leftInstants, i..<leftKeys.count), (rightKeys, rightInstants, j..<rightKeys.count),
        ] where !rest.isEmpty {
          (keys + count).update(from: restKeys.baseAddress! + rest.lowerBound, count: rest.count)
          (instants + count).update(from: restInstants.baseAddress! + rest.lowerBound, count: rest.count)
          count += rest.count
        }
        return count
      }
    }
  }

  /// Drops each pair of which a row of `known`, whose pairs ascend, is as early. Costs about 2 ns a row.
  mutating func drop(knownIn known: FirstsBlock) {
    let merged = pairs
    var kept = Pairs()
    known.members.withUnsafeBufferPointer { members in
      known.events.withUnsafeBufferPointer { events in
        func key(_ row: Int) -> UInt64 { UInt64(events[row]) << 32 | UInt64(members[row]) }
        var row = 0
        for (index, wanted) in merged.keys.enumerated() {
          while row < members.count, key(row) < wanted { row += 1 }
          let isKnown = row < members.count && key(row) == wanted && known.instants[row] <= merged.instants[index]
          if !isKnown { kept.append(wanted, merged.instants[index]) }
        }
      }
    }
    runs = [kept]
  }

  /// All pairs as a block; nil where there are none.
  mutating func block() -> [UInt8]? {
    let merged = pairs
    if merged.keys.isEmpty { return nil }
    return PackedFirsts.encode(merged)
  }
}
