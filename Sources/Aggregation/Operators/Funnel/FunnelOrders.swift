/// A path with nothing between: steps in neighbouring instants of the member, several in one where ties may be joined.
///
/// ```
/// instants   t      n      u          steps a, b, c
///            a b    b      c          a at t, b at n (not at t: then c would have to follow at n), c at u
/// ```
struct StrictPath {
  private let rows: UnsafeBufferPointer<MemberRow>
  private let end: Int64
  private let steps: [Int]
  private let held: UInt32?
  private let joinsTies: Bool
  /// How deep one gets from an instant with so many steps behind; instants count from the first. -1 is not known.
  private var known: [Int]

  init(
    _ rows: UnsafeBufferPointer<MemberRow>, end: Int64, steps: [Int], held: UInt32?, _ joinsTies: Bool
  ) {
    (self.rows, self.end, self.steps, self.held, self.joinsTies) = (rows, end, steps, held, joinsTies)
    known = [Int](repeating: -1, count: steps.count * steps.count)
  }

  /// The instants of the best path whose first event lies in the instant that starts at `group`.
  mutating func path(from group: Int) -> [Int64] {
    var path: [Int64] = []
    var (group, instant) = (group, 0)
    let depth = deepest(group, 0, 0)
    while path.count < depth {
      let next = self.next(group)
      var count = served(group..<next, from: path.count)
      // As many as may be, as long as the depth is reached.
      while deepest(next, path.count + count, instant + 1) < depth { count -= 1 }
      path += [Int64](repeating: rows[group].ts, count: count)
      (group, instant) = (next, instant + 1)
    }
    return path
  }

  /// The greatest number of steps served, from the instant at `group` on.
  private mutating func deepest(_ group: Int, _ behind: Int, _ instant: Int) -> Int {
    guard behind < steps.count, group < rows.count, rows[group].ts < end else { return behind }
    let place = instant * steps.count + behind
    if known[place] >= 0 { return known[place] }
    let next = self.next(group)
    let most = served(group..<next, from: behind)
    var best = behind
    for count in stride(from: most, to: 0, by: -1) where best < steps.count {
      best = max(best, deepest(next, behind + count, instant + 1))
    }
    known[place] = best
    return best
  }

  private func next(_ group: Int) -> Int {
    var next = group
    while next < rows.count, rows[next].ts == rows[group].ts { next += 1 }
    return next
  }

  /// How many steps from `first` on the events of one instant can serve, each one step.
  private func served(_ group: Range<Int>, from first: Int) -> Int {
    var count = 0
    while first + count < steps.count, joinsTies || count == 0 {
      let step = steps[first + count]
      let used = steps[first..<first + count].count { $0 == step }
      let present = group.count { Int(rows[$0].name) == step && (held == nil || rows[$0].first == held) }
      if present <= used { break }
      count += 1
    }
    return count
  }
}

/// A path in any order: events as they come, as long as each can be given a step of its own.
///
/// Sets of events that can be given steps are those of a transversal matroid: taking the earliest that fits is the
/// least of all paths of the greatest depth.
struct UnorderedPath {
  private let rows: UnsafeBufferPointer<MemberRow>
  private let end: Int64
  private let steps: [Int]
  private let held: UInt32?
  private let joinsTies: Bool
  /// Steps that each event taken, or instant where ties cannot be joined, could serve; a bit each.
  private var choices: [UInt32] = []
  /// The event that each step is given to, -1 for none.
  private var owner: [Int]

  init(
    _ rows: UnsafeBufferPointer<MemberRow>, end: Int64, steps: [Int], held: UInt32?, _ joinsTies: Bool
  ) {
    (self.rows, self.end, self.steps, self.held, self.joinsTies) = (rows, end, steps, held, joinsTies)
    owner = [Int](repeating: -1, count: steps.count)
  }

  /// The instants of the best path whose first event lies in the instant that starts at `group`.
  mutating func path(from group: Int) -> [Int64] {
    var path: [Int64] = []
    var place = group
    while place < rows.count, rows[place].ts < end, path.count < steps.count {
      let ts = rows[place].ts
      var choice: UInt32 = 0
      repeat {
        choice |= self.choice(rows[place])
        place += 1
      } while !joinsTies && place < rows.count && rows[place].ts == ts
      if choice == 0 { continue }
      choices.append(choice)
      var seen: UInt32 = 0
      if give(choices.count - 1, &seen) { path.append(ts) } else { choices.removeLast() }
    }
    return path
  }

  private func choice(_ row: MemberRow) -> UInt32 {
    if let held, row.first != held { return 0 }
    var choice: UInt32 = 0
    for step in steps.indices where steps[step] == Int(row.name) { choice |= 1 << UInt32(step) }
    return choice
  }

  /// Gives event `index` a step, moving others to further ones of theirs where that helps.
  private mutating func give(_ index: Int, _ seen: inout UInt32) -> Bool {
    for step in steps.indices where choices[index] & (1 << UInt32(step)) != 0 && seen & (1 << UInt32(step)) == 0 {
      seen |= 1 << UInt32(step)
      let old = owner[step]
      if old < 0 || give(old, &seen) {
        owner[step] = index
        return true
      }
    }
    return false
  }
}
