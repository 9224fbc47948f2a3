internal import Dispatch
internal import Synchronization

/// For each member a bit for every interval in which it started, and one for every interval in which it returned.
struct ActiveIntervals {
  /// What is counted of members.
  struct Counts: Sendable {
    /// By cohort.
    var sizes: [Int]
    /// By cell, and in it by cohort.
    var returned: [Int]
    /// By cell, over its complete cohorts.
    var clusters: [ClusterSums]
  }

  private let memberCount: Int
  private let wordCount: Int
  /// So many words a member.
  private var starts: [UInt64]
  private var returns: [UInt64]

  /// - Throws: ``AggregationError`` `limit` where the bits of so many members and intervals take too much.
  init(memberCount: Int, intervalCount: Int) throws {
    self.memberCount = memberCount
    wordCount = max(1, (intervalCount + 63) / 64)
    try EngineLimits.check(bytes: 2 * memberCount * wordCount * 8, of: "members' intervals")
    starts = [UInt64](repeating: 0, count: memberCount * wordCount)
    returns = starts
  }

  /// Takes in the members of a finished set.
  mutating func insert(_ members: MemberSet, place: Int, isStart: Bool, isReturn: Bool) {
    let (word, bit, wordCount) = (place / 64, UInt64(1) << UInt64(place % 64), wordCount)
    let (startBit, returnBit) = (isStart ? bit : 0, isReturn ? bit : 0)
    starts.withUnsafeMutableBufferPointer { starts in
      returns.withUnsafeMutableBufferPointer { returns in
        members.forEach { member in
          let slot = Int(member) &* wordCount &+ word
          starts[slot] |= startBit
          returns[slot] |= returnBit
        }
      }
    }
  }

  /// Counts on all cores.
  /// - Parameter isComplete: by cell and cohort.
  func counts(_ question: RetentionQuestion, cohortCount: Int, isComplete: [[Bool]]) -> Counts {
    let complete = isComplete.map { cohorts in
      (0..<wordCount).map { word in
        cohorts.indices.dropFirst(word * 64).prefix(64).reduce(UInt64(0)) {
          cohorts[$1] ? $0 | 1 << UInt64($1 % 64) : $0
        }
      }
    }
    let none = Counts(
      sizes: Array(repeating: 0, count: cohortCount),
      returned: Array(repeating: 0, count: cohortCount * question.cells.count),
      clusters: Array(repeating: ClusterSums(), count: question.cells.count))
    let width = max(1, min(EngineLimits.coreCount, memberCount / 1000))
    let total = Mutex(none)
    DispatchQueue.concurrentPerform(iterations: width) { part in
      var counts = none
      let members = memberCount * part / width..<memberCount * (part + 1) / width
      count(members, question, cohortCount: cohortCount, complete, into: &counts)
      total.withLock { $0.add(counts) }
    }
    return total.withLock { $0 }
  }

  private func count(
    _ members: Range<Int>, _ question: RetentionQuestion, cohortCount: Int, _ complete: [[UInt64]],
    into counts: inout Counts
  ) {
    var own = Array(repeating: UInt64(0), count: wordCount)
    var back = ReturnBits(mode: question.mode, wordCount: wordCount)
    let cells = question.cells
    for member in members {
      var isEmpty: UInt64 = 0
      for word in 0..<wordCount {
        own[word] = starts[member * wordCount + word]
        isEmpty |= own[word]
      }
      if isEmpty == 0 { continue }
      Self.add(own, to: &counts.sizes, from: 0)
      back.begin(returns, at: member * wordCount)
      for cell in cells.indices {
        back.advance(to: cells[cell])
        var (x, n) = (0, 0)
        for word in 0..<wordCount {
          let mask = complete[cell][word]
          back.met[word] &= own[word]
          x &+= (back.met[word] & mask).nonzeroBitCount
          n &+= (own[word] & mask).nonzeroBitCount
        }
        counts.clusters[cell].add(x: x, n: n)
        Self.add(back.met, to: &counts.returned, from: cell * cohortCount)
      }
    }
  }

  /// Counts each bit at its place.
  @inline(__always)
  private static func add(_ bits: [UInt64], to counts: inout [Int], from first: Int) {
    for place in bits.indices {
      var word = bits[place]
      while word != 0 {
        counts[first &+ place &* 64 &+ word.trailingZeroBitCount] &+= 1
        word &= word &- 1
      }
    }
  }
}

extension ActiveIntervals.Counts {
  fileprivate mutating func add(_ other: Self) {
    for place in sizes.indices { sizes[place] += other.sizes[place] }
    for place in returned.indices { returned[place] += other.returned[place] }
    for place in clusters.indices { clusters[place].add(other.clusters[place]) }
  }
}

/// The intervals from which a member returned as a cell asks, cell by cell.
private struct ReturnBits {
  private let mode: RetentionQuestion.Mode
  /// Intervals with a return; of `on-or-after` all up to the last one.
  private var own: [UInt64]
  /// Intervals from which the member returned in every period so far.
  private var unbroken: [UInt64]
  private var nextPeriod = 0
  /// Those of the cell at hand.
  var met: [UInt64]

  init(mode: RetentionQuestion.Mode, wordCount: Int) {
    self.mode = mode
    own = Array(repeating: 0, count: wordCount)
    (unbroken, met) = (own, own)
  }

  /// Turns to the member whose words begin at `first`.
  mutating func begin(_ returns: [UInt64], at first: Int) {
    for word in own.indices {
      own[word] = returns[first &+ word]
      unbroken[word] = .max
    }
    nextPeriod = mode == .full ? 1 : 0
    if mode == .onOrAfter { fill() }
  }

  /// Sets all bits below the highest one.
  private mutating func fill() {
    var isBelow = false
    for word in own.indices.reversed() {
      if isBelow {
        own[word] = .max
      } else if own[word] != 0 {
        own[word] = .max >> UInt64(own[word].leadingZeroBitCount)
      }
      isBelow = isBelow || own[word] != 0
    }
  }

  /// Cells must ascend.
  mutating func advance(to periods: ClosedRange<Int>) {
    switch mode {
    case .on, .onOrAfter:
      for word in met.indices { met[word] = later(by: periods.lowerBound, word) }
    case .bracket:
      for word in met.indices { met[word] = periods.reduce(0) { $0 | later(by: $1, word) } }
    case .full, .streak:
      while nextPeriod <= periods.lowerBound {
        for word in met.indices { unbroken[word] &= later(by: nextPeriod, word) }
        nextPeriod += 1
      }
      for word in met.indices { met[word] = unbroken[word] }
    }
  }

  /// A word of the bits `count` places further on.
  @inline(__always)
  private func later(by count: Int, _ word: Int) -> UInt64 {
    let (first, shift) = (word &+ count / 64, UInt64(count % 64))
    guard first < own.count else { return 0 }
    let low = own[first] >> shift
    return shift == 0 || first &+ 1 >= own.count ? low : low | own[first &+ 1] << (64 &- shift)
  }
}
