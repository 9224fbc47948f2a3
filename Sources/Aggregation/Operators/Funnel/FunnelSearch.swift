internal import Columns

/// Finds a member's path: the deepest, of equally deep ones that with the least instants, of these that with the least
/// group.
///
/// Windows are tried one after another. In order, the earliest event that can follow is always the best one. In strict
/// order a path hosts steps in neighbouring instants, and how many of them to take at one instant is tried. In any
/// order the events are taken as they come, as long as each can be given a step of its own.
struct FunnelSearch {
  private let question: FunnelQuestion
  private let steps: [Int]
  /// By place of the name, of other activity last: whether it is a step, and whether it excludes.
  private let isStep: [Bool]
  private let excludes: [Bool]
  private let window: Int64
  private let entrySpan: Range<Int64>
  /// The place of each group in the order of the answer.
  private let rank: [Int]
  private let holds: Bool
  private let joinsTies: Bool

  /// The instants of the best path found.
  private(set) var best: [Int64] = []
  /// Its group's place in the answer.
  private(set) var bestRank = 0
  private var path: [Int64] = []
  private var taken: [Int] = []

  init(_ run: FunnelRun, rank: [Int]) {
    question = run.question
    steps = run.steps
    isStep = (0...run.names.count).map { run.steps.contains($0) }
    excludes = (0...run.names.count).map { run.exclusions.contains($0) }
    window = run.windowMicroseconds
    entrySpan = run.entrySpan
    self.rank = rank
    holds = run.question.hold != nil
    joinsTies = run.question.ties == .either
  }

  /// Whether the member enters at all. `rows` are the member's, in the order of time.
  mutating func find(in rows: UnsafeBufferPointer<MemberRow>) -> Bool {
    best.removeAll(keepingCapacity: true)
    var entered: Int64?
    var last: MemberRow?
    for start in rows.indices {
      let row = rows[start]
      let isEntry = question.order == .any ? isStep[Int(row.name)] : Int(row.name) == steps[0]
      guard isEntry, entrySpan.contains(row.ts), !holds || row.first != TextColumn.null else { continue }
      if let entered, row.ts > entered, question.entry == .first || best.count == steps.count { break }
      // Rows alike in all that matters start the same paths.
      if let last, last.ts == row.ts, last.name == row.name, last.first == row.first { continue }
      last = row
      entered = row.ts
      follow(start, rows)
      keepBest(held: row.first, rows)
    }
    return entered != nil
  }

  /// Whether an event that excludes stands on the way of the best path.
  func isExcluded(in rows: UnsafeBufferPointer<MemberRow>) -> Bool {
    let end = best.count == steps.count ? best[best.count - 1] : best[0] + window
    return rows.contains { excludes[Int($0.name)] && $0.ts > best[0] && $0.ts < end }
  }

  private mutating func keepBest(held: UInt32, _ rows: UnsafeBufferPointer<MemberRow>) {
    let isLonger = path.count > best.count
    guard isLonger || path.count == best.count && !best.lexicographicallyPrecedes(path) else { return }
    let rank = self.rank(held: held, rows)
    guard isLonger || path != best || rank < bestRank else { return }
    (best, bestRank) = (path, rank)
  }

  /// The least group of the events that may be the path's first, or last.
  private func rank(held: UInt32, _ rows: UnsafeBufferPointer<MemberRow>) -> Int {
    if question.by.isEmpty { return 0 }
    let place = question.attribution == .first ? 0 : path.count - 1
    var least = Int.max
    for row in rows where row.ts == path[place] && (!holds || row.first == held) {
      let isIt = question.order == .any ? isStep[Int(row.name)] : Int(row.name) == steps[place]
      if isIt { least = min(least, rank[Int(row.second)]) }
    }
    return least
  }

  /// The best path from one event.
  private mutating func follow(_ start: Int, _ rows: UnsafeBufferPointer<MemberRow>) {
    path.removeAll(keepingCapacity: true)
    var group = start
    while group > 0, rows[group - 1].ts == rows[start].ts { group -= 1 }
    let held = rows[start].first
    switch question.order {
    case .ordered: followInOrder(start, group, held, rows)
    case .strict:
      var strict = StrictPath(rows, end: rows[start].ts + window, steps: steps, held: holds ? held : nil, joinsTies)
      path = strict.path(from: group)
    case .any:
      var any = UnorderedPath(rows, end: rows[start].ts + window, steps: steps, held: holds ? held : nil, joinsTies)
      path = any.path(from: group)
    }
  }

  private mutating func followInOrder(
    _ start: Int, _ group: Int, _ held: UInt32, _ rows: UnsafeBufferPointer<MemberRow>
  ) {
    var last = rows[start].ts
    let end = last + window
    var from = group
    path.append(last)
    taken.removeAll(keepingCapacity: true)
    taken.append(start)
    for step in 1..<steps.count {
      var place = from
      while place < rows.count, rows[place].ts < end {
        let row = rows[place]
        let isFree = row.ts > last || joinsTies && !taken.contains(place)
        if Int(row.name) == steps[step], isFree, !holds || row.first == held { break }
        place += 1
      }
      guard place < rows.count, rows[place].ts < end else { return }
      if rows[place].ts > last {
        last = rows[place].ts
        from = place
        while rows[from - 1].ts == last { from -= 1 }
      }
      path.append(last)
      taken.append(place)
    }
  }
}
