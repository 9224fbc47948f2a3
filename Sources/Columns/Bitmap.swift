/// A set of small integers, one bit each.
///
/// Two bitmaps are equal where they have the same members, whatever room they have.
package struct Bitmap: Sendable, Equatable {
  /// Member `m` is bit `m % 64` of word `m / 64`; words past the last may be absent.
  @usableFromInline package internal(set) var words: [UInt64]

  /// An empty set with room for `0..<capacity`; it grows where a larger member comes.
  package init(capacity: Int = 0) {
    words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
  }

  /// The set of `0..<count`.
  package init(all count: Int) {
    words = [UInt64](repeating: .max, count: (count + 63) / 64)
    if count & 63 != 0 { words[count >> 6] = (1 << UInt64(count & 63)) - 1 }
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

  /// Adds all of `members`, some of which may be there.
  package mutating func insert(_ members: UnsafeBufferPointer<UInt32>) {
    guard let greatest = members.max() else { return }
    update(upTo: greatest) { words in
      for member in members { words[Int(member >> 6)] |= 1 &<< UInt64(member & 63) }
    }
  }

  /// Calls `body` with the words, which have room for `greatest`, to be changed in place.
  package mutating func update<R>(
    upTo greatest: UInt32, _ body: (UnsafeMutableBufferPointer<UInt64>) throws -> R
  ) rethrows -> R {
    if Int(greatest >> 6) >= words.count { grow(toHold: Int(greatest >> 6)) }
    return try words.withUnsafeMutableBufferPointer { try body($0) }
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

  /// All members, ascending.
  package var members: [UInt32] {
    let count = count
    return [UInt32](unsafeUninitializedCapacity: count) { room, filled in
      forEach { member in
        room.initializeElement(at: filled, to: member)
        filled += 1
      }
    }
  }

  /// Of `all`, those whose places this set holds: the n-th member of `all` is place n.
  package func keys(among all: Bitmap) -> Bitmap {
    var result = Bitmap(capacity: all.words.count * 64)
    var place = 0
    for index in all.words.indices {
      let word = all.words[index]
      if word == 0 { continue }
      let count = word.nonzeroBitCount
      var chosen = bits(at: place, count: count)
      place += count
      if chosen == 0 { continue }
      if chosen.nonzeroBitCount == count {
        result.words[index] = word
        continue
      }
      var (rest, kept): (UInt64, UInt64) = (word, 0)
      while chosen != 0 {
        let lowest = rest & (0 &- rest)
        if chosen & 1 != 0 { kept |= lowest }
        rest ^= lowest
        chosen >>= 1
      }
      result.words[index] = kept
    }
    return result
  }

  /// `count` bits from `start` on, at most 64; bits past the last word are 0.
  private func bits(at start: Int, count: Int) -> UInt64 {
    let (word, shift) = (start >> 6, UInt64(start & 63))
    guard word < words.count else { return 0 }
    var bits = words[word] >> shift
    if shift > 0, word + 1 < words.count { bits |= words[word + 1] << (64 - shift) }
    return count == 64 ? bits : bits & ((1 << UInt64(count)) - 1)
  }
}
