internal import Columns

/// The earliest instant of each (event, member) in a batch.
///
/// ```
/// pending   what segments brought, one after another
/// merged    keys (event, member) ascending, and the earliest instant of each
/// ```
/// Pending pairs are sorted and merged when they are as many as the merged ones, so that a pair costs the same
/// however many there are: about 30 ns.
package struct FirstInstants: Sendable {
  /// Pairs, one key each: the event in the upper half, the member in the lower.
  package struct Pairs: Sendable, Equatable {
    package var keys: [UInt64] = []
    package var instants: [Int64] = []

    package init() {}

    /// Adds a pair.
    package mutating func append(_ key: UInt64, _ instant: Int64) {
      keys.append(key)
      instants.append(instant)
    }
  }

  package init() {}

  private var pending = Pairs()
  private var merged = Pairs()
  /// Fewer are not worth being merged.
  private static let pendingCountMin = 1 << 20

  /// Notes the pairs of a segment, whose events are places in `events`; an earlier instant wins.
  package mutating func note(_ pairs: Pairs, events: [UInt32]) {
    if events.indices.allSatisfy({ events[$0] == UInt32($0) }) {
      pending.keys += pairs.keys
    } else {
      pending.keys += pairs.keys.map { UInt64(events[Int($0 >> 32)]) << 32 | $0 & 0xFFFF_FFFF }
    }
    pending.instants += pairs.instants
    if pending.keys.count > max(Self.pendingCountMin, merged.keys.count) { merge() }
  }

  /// All pairs, keys ascending.
  package var pairs: Pairs {
    mutating get {
      merge()
      return merged
    }
  }

  private mutating func merge() {
    var order = RowOrder(rowCount: pending.keys.count)
    order.sort(by: pending.keys, bitCount: 64 - (pending.keys.max() ?? 0).leadingZeroBitCount)
    var result = Pairs()
    result.keys.reserveCapacity(merged.keys.count + pending.keys.count)
    result.instants.reserveCapacity(merged.keys.count + pending.keys.count)
    var old = 0
    for row in order.rows {
      let (key, instant) = (pending.keys[Int(row)], pending.instants[Int(row)])
      while old < merged.keys.count, merged.keys[old] <= key {
        result.append(merged.keys[old], merged.instants[old])
        old += 1
      }
      if result.keys.last == key {
        let last = result.instants.count - 1
        result.instants[last] = min(result.instants[last], instant)
      } else {
        result.append(key, instant)
      }
    }
    result.keys += merged.keys[old...]
    result.instants += merged.instants[old...]
    merged = result
    pending = Pairs()
  }

  /// Drops each pair of which a row of `known` is as early.
  mutating func drop(knownIn known: FirstsBlock) {
    merge()
    let knownKeys = known.keys
    var kept = Pairs()
    var row = 0
    for (index, key) in merged.keys.enumerated() {
      while row < knownKeys.count, knownKeys[row] < key { row += 1 }
      let isKnown = row < knownKeys.count && knownKeys[row] == key && known.instants[row] <= merged.instants[index]
      if !isKnown { kept.append(key, merged.instants[index]) }
    }
    merged = kept
  }

  /// All pairs as a block; nil where there are none.
  mutating func block() -> [UInt8]? {
    merge()
    if merged.keys.isEmpty { return nil }
    let count = merged.keys.count
    return BlockFile.encode(.firsts, entryCount: count, payloadByteCount: count * 16) { room in
      for (row, key) in merged.keys.enumerated() {
        room.storeBytes(of: UInt32(truncatingIfNeeded: key).littleEndian, toByteOffset: row * 4, as: UInt32.self)
        let event = UInt32(truncatingIfNeeded: key >> 32).littleEndian
        room.storeBytes(of: event, toByteOffset: (count + row) * 4, as: UInt32.self)
      }
      merged.instants.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: room[(count * 8)...]).copyBytes(from: $0)
      }
    }
  }
}
