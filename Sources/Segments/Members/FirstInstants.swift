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

  /// Drops some of ``pairs``.
  /// - Parameter known: their rows; one may be in several lists.
  package mutating func drop(_ known: [[Int]]) {
    let merged = pairs
    var isKnown = [Bool](repeating: false, count: merged.keys.count)
    for rows in known { for row in rows { isKnown[row] = true } }
    var news = Pairs()
    for row in isKnown.indices where !isKnown[row] { news.append(merged.keys[row], merged.instants[row]) }
    runs = [news]
  }
}

extension FirstInstants.Pairs {
  /// The first row from `start` on whose key is `key` or more.
  @inline(__always)
  func row(ofKeyFrom key: UInt64, after start: Int) -> Int {
    if start < keys.count, keys[start] >= key { return start }
    var (low, step) = (start, 1)
    while low + step < keys.count, keys[low + step] < key {
      low += step
      step *= 2
    }
    var high = min(low + step, keys.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle } else { high = middle }
    }
    return high
  }

  /// The rows of which `block` holds a pair as early, ascending; nil where it is no block of first instants, as far as
  /// was looked.
  package func rows(knownIn block: BlockFile.Block) -> [Int]? {
    if block.kind == .packedFirsts { return PackedFirsts.find(self, in: block) }
    guard let columns = FirstsBlock.plain(block) else { return nil }
    var known: [Int] = []
    var row = 0
    for place in columns.members.indices {
      let key = UInt64(columns.events[place]) << 32 | UInt64(columns.members[place])
      row = self.row(ofKeyFrom: key, after: row)
      if row >= keys.count { break }
      if keys[row] == key, columns.instants[place] <= instants[row] {
        known.append(row)
        row += 1
      }
    }
    return known
  }
}
