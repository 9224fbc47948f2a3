internal import Glibc

/// The figures of one slot for every place: a member key where members are units, else a unit.
///
/// Memory that no event touched costs nothing.
final class UnitTally: @unchecked Sendable {
  let slot: UnitSlot
  /// Values that are no numbers, of a sum.
  var unusableCount = 0
  private let memory: UnsafeMutableRawPointer
  private let placeCount: Int

  init(_ slot: UnitSlot, placeCount: Int) {
    (self.slot, self.placeCount) = (slot, placeCount)
    memory = calloc(max(1, placeCount), max(1, slot.byteCount))!
  }

  deinit { free(memory) }

  /// ``UnitSlot/wordCount`` a place: counts, or bits of days.
  var words: UnsafeMutablePointer<UInt32> { memory.assumingMemoryBound(to: UInt32.self) }
  /// Sums in fixed point.
  var sums: UnsafeMutablePointer<Int128> { memory.assumingMemoryBound(to: Int128.self) }
  /// Microseconds after the anchor's midnight and one more; 0 is none.
  var instants: UnsafeMutablePointer<Int64> { memory.assumingMemoryBound(to: Int64.self) }

  /// Takes in what another core saw.
  func add(_ other: UnitTally, _ places: Range<Int>) {
    let count = slot.wordCount
    switch slot.kind {
    case .count:
      let (mine, theirs) = (words, other.words)
      for place in places { mine[place] &+= theirs[place] }
    case .days:
      let (mine, theirs) = (words, other.words)
      for word in places.lowerBound * count..<places.upperBound * count { mine[word] |= theirs[word] }
    case .sum:
      let (mine, theirs) = (sums, other.sums)
      for place in places { mine[place] &+= theirs[place] }
    case .first:
      let (mine, theirs) = (instants, other.instants)
      for place in places where theirs[place] != 0 {
        mine[place] = mine[place] == 0 ? theirs[place] : min(mine[place], theirs[place])
      }
    }
  }

  /// Notes an instant.
  @inline(__always)
  func note(_ instant: Int64, at place: Int) {
    let known = instants[place]
    if known == 0 || instant + 1 < known { instants[place] = instant + 1 }
  }

  /// The figure of a place: a number, or NaN where there was no instant; hours, of instants.
  func value(_ place: Int) -> Double {
    switch slot.kind {
    case .count: return Double(words[place])
    case .days:
      var count = 0
      for word in place * slot.wordCount..<(place + 1) * slot.wordCount { count += words[word].nonzeroBitCount }
      return Double(count)
    case .sum: return FixedPoint.double(sums[place])
    case .first: return instants[place] == 0 ? .nan : Double(instants[place] - 1) / 3.6e9
    }
  }
}

/// Numbers as multiples of 2⁻⁵⁰: their sums are exact, whatever the order.
enum FixedPoint {
  private static let scale = 0x1p50
  /// A number beyond it is none: whole numbers are not exact there either.
  static let limit = 0x1p53

  /// Nil where there is no such multiple near.
  static func value(_ number: Double) -> Int128? {
    guard abs(number) <= limit else { return nil }
    return Int128((number * scale).rounded(.toNearestOrEven))
  }

  static func double(_ value: Int128) -> Double { Double(value) / scale }
}
