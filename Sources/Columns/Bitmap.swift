/// A set of small integers, one bit each.
///
/// Two bitmaps are equal where they have the same members, whatever room they have.
package struct Bitmap: Sendable, Equatable {
  /// Member `m` is bit `m % 64` of word `m / 64`; words past the last may be absent.
  @usableFromInline package private(set) var words: [UInt64]

  /// An empty set with room for `0..<capacity`; it grows where a larger member comes.
  package init(capacity: Int = 0) {
    words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
  }

  /// How many members the set has; costs one pass over its words.
  package var count: Int {
    var total = 0
    for word in words { total += word.nonzeroBitCount }
    return total
  }

  /// Whether `member` is in the set.
  @inlinable
  package func contains(_ member: UInt32) -> Bool {
    let word = Int(member >> 6)
    return word < words.count && words[word] & (1 << UInt64(member & 63)) != 0
  }

  /// Adds `member` and says whether it was new.
  @inlinable @discardableResult
  package mutating func insert(_ member: UInt32) -> Bool {
    let word = Int(member >> 6)
    if word >= words.count { grow(toHold: word) }
    let bit = UInt64(1) << UInt64(member & 63)
    let old = words[word]
    words[word] = old | bit
    return old & bit == 0
  }

  @usableFromInline
  mutating func grow(toHold word: Int) {
    let size = max(word + 1, words.count * 2)
    words.append(contentsOf: repeatElement(0, count: size - words.count))
  }

  /// Adds the members of `other`.
  package mutating func formUnion(_ other: Bitmap) {
    if other.words.count > words.count { grow(toHold: other.words.count - 1) }
    for index in other.words.indices { words[index] |= other.words[index] }
  }

  package static func == (a: Bitmap, b: Bitmap) -> Bool {
    let shared = min(a.words.count, b.words.count)
    return a.words[..<shared] == b.words[..<shared] && a.words[shared...].allSatisfy { $0 == 0 }
      && b.words[shared...].allSatisfy { $0 == 0 }
  }

  /// Calls `body` with each member, ascending.
  @inlinable
  package func forEach(_ body: (UInt32) throws -> Void) rethrows {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        try body(UInt32(truncatingIfNeeded: (index &<< 6) &+ word.trailingZeroBitCount))
        word &= word &- 1
      }
    }
  }
}
