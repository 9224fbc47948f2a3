internal import Columns

/// The earliest instant of each (event, member) in a batch.
///
/// ```
/// runs    pairs that ascend by event and member: of many segments, of fewer, …, of the last one
/// noted   by event: the members of which there is a pair
/// ```
/// Two runs become one when they are of like length, so that a pair is moved few times: about 10 ns in all. In a log in
/// order most pairs of a day were noted before; they are told by one bit.
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
  private var noted: [UInt32: Bitmap] = [:]
  /// No pair was noted with a later instant.
  private var latest = Int64.min

  /// Notes the pairs of a segment, whose events are places in `events`; an earlier instant wins.
  /// - Precondition: the members of one event lie together and ascend.
  package mutating func note(_ pairs: Pairs, events: [UInt32]) {
    if pairs.keys.isEmpty { return }
    let news = news(of: pairs, events: events)
    if news.keys.isEmpty { return }
    runs.append(news)
    while runs.count > 1, runs[runs.count - 2].keys.count <= 2 * runs[runs.count - 1].keys.count { mergeLast() }
  }

  /// All pairs, keys ascending.
  package var pairs: Pairs {
    mutating get {
      while runs.count > 1 { mergeLast() }
      return runs.first ?? Pairs()
    }
  }

  /// The pairs, in the order of the store's own codes of events, without those that cannot be the earliest: where all
  /// instants come after those noted before, of the same event and member.
  private mutating func news(of pairs: Pairs, events: [UInt32]) -> Pairs {
    var groups: [(event: UInt32, rows: Range<Int>)] = []
    var (start, least, greatest) = (0, Int64.max, Int64.min)
    for row in 1...pairs.keys.count {
      least = min(least, pairs.instants[row - 1])
      greatest = max(greatest, pairs.instants[row - 1])
      if row < pairs.keys.count, pairs.keys[row] >> 32 == pairs.keys[start] >> 32 { continue }
      groups.append((events[Int(pairs.keys[start] >> 32)], start..<row))
      start = row
    }
    groups.sort { $0.event < $1.event }
    let dropsNoted = least >= latest
    latest = max(latest, greatest)
    var result = Pairs()
    result.keys = [UInt64](unsafeUninitializedCapacity: pairs.keys.count) { keys, filledKeys in
      result.instants = [Int64](unsafeUninitializedCapacity: pairs.keys.count) { instants, filledInstants in
        var count = 0
        for group in groups {
          count += note(
            pairs, group.rows, of: group.event, dropsNoted: dropsNoted, keys.baseAddress! + count,
            instants.baseAddress! + count)
        }
        (filledKeys, filledInstants) = (count, count)
      }
    }
    return result
  }

  /// Marks the members of one event, writes out its pairs but for those that are dropped, and returns how many it wrote.
  private mutating func note(
    _ pairs: Pairs, _ rows: Range<Int>, of event: UInt32, dropsNoted: Bool, _ keys: UnsafeMutablePointer<UInt64>,
    _ instants: UnsafeMutablePointer<Int64>
  ) -> Int {
    let greatest = UInt32(truncatingIfNeeded: pairs.keys[rows.upperBound - 1])
    // Marks take no more memory than the pairs do: a few members of a rare event are not marked.
    let marks = Int(greatest) < rows.count * 128
    let upper = UInt64(event) << 32
    guard marks else {
      let known = dropsNoted ? noted[event] : nil
      var count = 0
      for row in rows {
        let member = UInt32(truncatingIfNeeded: pairs.keys[row])
        if known?.contains(member) == true { continue }
        (keys[count], instants[count]) = (upper | UInt64(member), pairs.instants[row])
        count &+= 1
      }
      return count
    }
    let keep: UInt64 = dropsNoted ? 0 : 1
    var count = 0
    noted[event, default: Bitmap()].update(upTo: greatest) { words in
      for row in rows {
        let member = pairs.keys[row] & 0xFFFF_FFFF
        let word = words.baseAddress! + Int(member >> 6)
        let isNoted = word.pointee &>> (member & 63) & 1
        word.pointee |= 1 &<< (member & 63)
        (keys[count], instants[count]) = (upper | member, pairs.instants[row])
        // Not a branch: which of them are news cannot be guessed.
        count &+= Int(keep | (isNoted ^ 1))
      }
    }
    return count
  }

  /// Of many pairs each core merges one half: those up to a key, and those behind it.
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
    let (half, count) = (a.keys.count / 2, a.keys.count + b.keys.count)
    if count < 1 << 17 || half == 0 { return merge(a, 0..<a.keys.count, b, 0..<b.keys.count, into: keys, instants) }
    let middle = b.row(ofKeyFrom: a.keys[half], after: 0)
    nonisolated(unsafe) let (keys, instants) = (keys, instants)
    let (lower, upper) = together {
      merge(a, 0..<half, b, 0..<middle, into: keys, instants)
    } _: {
      merge(
        a, half..<a.keys.count, b, middle..<b.keys.count, into: keys + half + middle, instants + half + middle)
    }
    if lower < half + middle {
      (keys + lower).update(from: keys + half + middle, count: upper)
      (instants + lower).update(from: instants + half + middle, count: upper)
    }
    return lower + upper
  }

  private static func merge(
    _ a: Pairs, _ aRows: Range<Int>, _ b: Pairs, _ bRows: Range<Int>, into keys: UnsafeMutablePointer<UInt64>,
    _ instants: UnsafeMutablePointer<Int64>
  ) -> Int {
    a.withPointers { leftKeys, leftInstants in
      b.withPointers { rightKeys, rightInstants in
        var (i, j, count) = (aRows.lowerBound, bRows.lowerBound, 0)
        while i < aRows.upperBound && j < bRows.upperBound {
          let (left, right) = (leftKeys[i], rightKeys[j])
          let (early, late) = (leftInstants[i], rightInstants[j])
          keys[count] = min(left, right)
          instants[count] = left == right ? min(early, late) : left < right ? early : late
          i &+= left <= right ? 1 : 0
          j &+= right <= left ? 1 : 0
          count &+= 1
        }
        for (restKeys, restInstants, rest) in [
          (leftKeys, leftInstants, i..<aRows.upperBound), (rightKeys, rightInstants, j..<bRows.upperBound),
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
