internal import Dispatch

/// What is known of the sessions that began in one interval.
struct SessionTally: Sendable {
  /// Members who began one.
  var memberCount = 0
  private var eventCount = 0
  /// Sessions whose last event lies less than the gap before as-of.
  private(set) var openCount = 0
  /// Microseconds, one a session.
  private var lengths: [Int64] = []

  /// Takes in a session.
  mutating func add(eventCount count: Int, length: Int64, isOpen: Bool) {
    eventCount += count
    lengths.append(length)
    if isOpen { openCount += 1 }
  }

  /// Takes in the sessions of other members.
  mutating func add(_ other: SessionTally) {
    memberCount += other.memberCount
    eventCount += other.eventCount
    openCount += other.openCount
    lengths += other.lengths
  }

  /// Of each tally: sessions, members, events, mean, median and 90th percentile of the length. On all cores.
  static func cells(of tallies: inout [SessionTally]) -> [[Cell]] {
    var cells = [[Cell]](repeating: [], count: tallies.count)
    tallies.withUnsafeMutableBufferPointer { tallies in
      cells.withUnsafeMutableBufferPointer { cells in
        nonisolated(unsafe) let (tallies, cells) = (tallies, cells)
        DispatchQueue.concurrentPerform(iterations: tallies.count) { cells[$0] = tallies[$0].cells() }
      }
    }
    return cells
  }

  private mutating func cells() -> [Cell] {
    let sum = lengths.reduce(0, +)
    let mean: Cell = lengths.isEmpty ? .null : .float(Double(sum) / Double(lengths.count) / 1e6)
    return [.int(lengths.count), .int(memberCount), .int(eventCount), mean, quantile(0.5), quantile(0.9)]
  }

  private mutating func quantile(_ share: Double) -> Cell {
    sampleQuantile(share, of: &lengths).map { .float($0 / 1e6) } ?? .null
  }
}
