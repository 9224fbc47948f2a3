internal import Columns

/// A bitmap of members for one item after another: of an item with few rows its words are touched row by row, of one
/// with more rows than the bitmap has words they are counted and cleared as a whole.
struct MemberMarks {
  private var words: [UInt64]

  init(memberCount: Int) { words = [UInt64](repeating: 0, count: (memberCount + 63) / 64) }

  /// Sets the members of an item's rows of an event, where none is set; returns how many they are, where `others` are
  /// given those that are set there too.
  mutating func insert(_ events: ItemEvents, _ number: Int, event: Int, countedIn others: MemberMarks? = nil) -> Int {
    let isDense = isDense(events, number, event: event)
    return words.withUnsafeMutableBufferPointer { words in
      var count = 0
      events.forEachPart(of: number, event: event) { part in
        if isDense {
          for row in part { words[Self.word(row)] |= Self.bit(row) }
        } else if let others {
          count += others.words.withUnsafeBufferPointer { others in
            Self.insert(part, into: words) { others[$0] }
          }
        } else {
          count += Self.insert(part, into: words) { _ in .max }
        }
      }
      guard isDense else { return count }
      if let others {
        for place in words.indices { count &+= (words[place] & others.words[place]).nonzeroBitCount }
      } else {
        for word in words { count &+= word.nonzeroBitCount }
      }
      return count
    }
  }

  /// Clears what ``insert(_:_:event:countedIn:)`` set.
  mutating func clear(_ events: ItemEvents, _ number: Int, event: Int) {
    let isDense = isDense(events, number, event: event)
    words.withUnsafeMutableBufferPointer { words in
      if isDense { return words.update(repeating: 0) }
      events.forEachPart(of: number, event: event) { part in
        for row in part { words[Self.word(row)] = 0 }
      }
    }
  }

  private func isDense(_ events: ItemEvents, _ number: Int, event: Int) -> Bool {
    events.count(of: number, event: event) > words.count
  }

  /// Returns how many members were not set and count.
  @inline(__always)
  private static func insert(
    _ rows: UnsafeBufferPointer<UInt32>, into words: UnsafeMutableBufferPointer<UInt64>, counting: (Int) -> UInt64
  ) -> Int {
    var count = 0
    for row in rows {
      let (word, bit) = (word(row), bit(row))
      count &+= counting(word) & ~words[word] & bit == 0 ? 0 : 1
      words[word] |= bit
    }
    return count
  }

  @inline(__always)
  private static func word(_ row: UInt32) -> Int { Int((row & ItemBlock.memberMask) >> 6) }

  @inline(__always)
  private static func bit(_ row: UInt32) -> UInt64 { 1 << UInt64(row & 63) }
}
