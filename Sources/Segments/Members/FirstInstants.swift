internal import Columns

/// The earliest instant of each (event, member) in a batch.
///
/// ```
/// runs    pairs that ascend by event and member: the union of earlier runs, if any, then one a segment
/// noted   by event: the members of which there is a pair
/// ```
/// Runs are united when they are asked for, or have become many: see ``union(of:)``. In a log in order most pairs of a
/// day were noted before; they are told by one bit.
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

  /// - Parameter waitingCountMax: of pairs that wait to be united, whether they repeat or not. A log in order has as
  ///   many of four events and a million members.
  package init(waitingCountMax: Int = 1 << 22) { self.waitingCountMax = waitingCountMax }

  private let waitingCountMax: Int
  private var runs: [Pairs] = []
  /// Pairs of the runs behind the first.
  private var waitingCount = 0
  private var noted: [UInt32: Bitmap] = [:]
  /// No pair was noted with a later instant.
  private var latest = Int64.min

  /// Notes the pairs of a segment, whose events are places in `events`; an earlier instant wins.
  /// - Precondition: the members of one event lie together and ascend.
  package mutating func note(_ pairs: Pairs, events: [UInt32]) {
    if pairs.keys.isEmpty { return }
    let news = news(of: pairs, events: events)
    if news.keys.isEmpty { return }
    if !runs.isEmpty { waitingCount += news.keys.count }
    runs.append(news)
    if waitingCount > max(waitingCountMax, runs[0].keys.count) { unite() }
  }

  private mutating func unite() { (runs, waitingCount) = ([Self.union(of: runs)], 0) }

  /// All pairs, keys ascending.
  package var pairs: Pairs {
    mutating get {
      if runs.count > 1 { unite() }
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
    // They are kept: in arrays of their size, which is a part of the room that all pairs would need.
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: pairs.keys.count) { keys in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: pairs.keys.count) { instants in
        var count = 0
        for group in groups {
          count += note(
            pairs, group.rows, of: group.event, dropsNoted: dropsNoted, keys.baseAddress! + count,
            instants.baseAddress! + count)
        }
        result.keys = Array(keys[..<count])
        result.instants = Array(instants[..<count])
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

  /// Drops some of ``pairs``.
  /// - Parameter known: their rows; one may be in several lists.
  package mutating func drop(_ known: [[Int]]) {
    let merged = pairs
    var isKnown = [Bool](repeating: false, count: merged.keys.count)
    for rows in known { for row in rows { isKnown[row] = true } }
    var news = Pairs()
    for row in isKnown.indices where !isKnown[row] { news.append(merged.keys[row], merged.instants[row]) }
    (runs, waitingCount) = ([news], 0)
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
