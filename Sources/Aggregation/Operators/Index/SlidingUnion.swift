internal import Columns

/// How many members any of the last N days has, day after day.
///
/// ```
/// blocks of N days      │ a b c d │ e f g h │
/// from a day to its block's end │ b∪c∪d │            unions of the block before, kept
/// from a block's begin to a day           │ e │     the union of this one so far
/// the 4 days that end with e      b∪c∪d ∪ e
/// ```
/// So a day costs three passes over the bits of all members, however many days the window has (van Herk and Gil–Werman
/// give this for minima). Room: N bitmaps, twice.
struct SlidingUnion {
  private let dayCount: Int
  private let wordCount: Int
  private var block: [Bitmap] = []
  /// `suffixes[i]` is the union of the block before from its day i on.
  private var suffixes: [[UInt64]] = []
  private var prefix: [UInt64]
  /// Days without members that came last.
  private var quietDayCount = 0

  init(dayCount: Int, memberCount: Int) {
    self.dayCount = dayCount
    wordCount = (memberCount + 63) / 64
    prefix = [UInt64](repeating: 0, count: wordCount)
  }

  /// Takes the members of the next day; nil is nobody.
  /// - Returns: members of the days up to this one, as many as the window has.
  mutating func count(with members: Bitmap?) -> Int {
    if block.count == dayCount { closeBlock() }
    block.append(members ?? Bitmap())
    quietDayCount = members == nil ? quietDayCount + 1 : 0
    if quietDayCount >= dayCount { return 0 }
    if let members { Self.form(&prefix, members.words) }
    let place = block.count
    return place < suffixes.count ? Self.unionCount(prefix, suffixes[place]) : Self.count(prefix)
  }

  private mutating func closeBlock() {
    suffixes = Array(repeating: [], count: dayCount)
    var union = [UInt64](repeating: 0, count: wordCount)
    for day in block.indices.reversed() {
      Self.form(&union, block[day].words)
      suffixes[day] = union
    }
    block = []
    prefix = [UInt64](repeating: 0, count: wordCount)
  }

  private static func form(_ union: inout [UInt64], _ words: [UInt64]) {
    union.withUnsafeMutableBufferPointer { union in
      words.withUnsafeBufferPointer { words in
        for place in 0..<min(union.count, words.count) { union[place] |= words[place] }
      }
    }
  }

  private static func count(_ words: [UInt64]) -> Int {
    words.withUnsafeBufferPointer { words in
      var count = 0
      for word in words { count &+= word.nonzeroBitCount }
      return count
    }
  }

  private static func unionCount(_ a: [UInt64], _ b: [UInt64]) -> Int {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var count = 0
        for place in 0..<min(a.count, b.count) { count &+= (a[place] | b[place]).nonzeroBitCount }
        return count
      }
    }
  }
}
