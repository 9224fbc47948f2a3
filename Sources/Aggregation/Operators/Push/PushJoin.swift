internal import Columns
internal import Dispatch
internal import Events
internal import Synchronization

/// Counts sends, taps and guardrails push by push, where each push stands for itself: no sessions, no fatigue.
///
/// ```
/// push p    sends   m0   m1   m1   m4   m9 …        ascending by member: the first of each is its unit
///           taps         m1             m9 …        walked beside them
/// leave             m1: t t        m4: t            looked up by member
/// sums              m0: 3 units, 1 opened …         of the members at hand, then added to the groups'
/// ```
/// Costs about 10 ns a send. Members are taken a range at a time, ranges on all cores.
struct PushJoin: Sendable {
  let sends: RowsByPush
  let taps: RowsByPush
  /// By outcome that is not a tap: the members' other events; nil where there are none.
  let others: [MemberInstants?]
  /// By outcome, the taps first where they are one.
  let windows: [Int64]
  let hasTaps: Bool
  let asOf: Int64
  /// By number of a group: its place in the order of the groups.
  let rank: [Int]
  /// Whether a member has one unit at most in each group, since groups tell pushes apart.
  let isOneEach: Bool
  let memberCount: Int

  /// Members that are taken at a time: as many as have their sums in a core's cache.
  private var memberChunk: Int {
    isOneEach ? 1 << 16 : max(16, min(1 << 13, (1 << 16) / max(1, rank.count * windows.count)))
  }

  /// Sends between the one that is counted and the one whose member is asked for.
  private static let ahead = 8

  private var otherOffset: Int { hasTaps ? 1 : 0 }

  /// Sums by group and outcome.
  func tally() -> PushTally {
    let matured = self.matured
    let memberChunk = self.memberChunk
    let chunkCount = (memberCount + memberChunk - 1) / memberChunk
    let width = max(1, min(EngineLimits.coreCount, chunkCount))
    let next = Atomic<Int>(0)
    let total = Mutex(PushTally(outcomeCount: windows.count))
    DispatchQueue.concurrentPerform(iterations: width) { _ in
      let sums = PushSums(groupCount: rank.count, outcomeCount: windows.count)
      let members = MemberCells(memberCount: isOneEach ? 0 : memberChunk, width: rank.count * windows.count)
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if place >= chunkCount { break }
        let range = place * memberChunk..<min((place + 1) * memberChunk, memberCount)
        for push in 0..<sends.pushCount {
          sends.withRows(of: push) { sends in
            taps.withRows(of: push) { taps in
              count(sends, taps, range, isMature: matured[push], sums, members)
            }
          }
        }
        members.empty(into: sums)
      }
      let part = sums.tally
      total.withLock { $0.add(part) }
    }
    var tally = total.withLock { $0 }
    tally.nameless = sends.nameless
    return tally
  }

  /// By push and outcome: whether the windows of all its sends have closed.
  private var matured: [[Bool]] {
    (0..<sends.pushCount).map { push in
      let latest = sends.withRows(of: push) { rows in
        var latest = Int64.min / 2
        for row in rows { latest = max(latest, row.ts) }
        return latest
      }
      return windows.map { latest + $0 <= asOf }
    }
  }

  /// Counts the units of one push among some members.
  private func count(
    _ sends: UnsafeBufferPointer<PushRow>, _ taps: UnsafeBufferPointer<PushRow>, _ range: Range<Int>,
    isMature: [Bool], _ sums: PushSums, _ members: MemberCells
  ) {
    var place = sends.place(ofMember: range.lowerBound)
    let end = sends.place(ofMember: range.upperBound)
    if place == end { return }
    var tap = taps.place(ofMember: range.lowerBound)
    let (outcomeCount, isOneEach, base) = (windows.count, isOneEach, range.lowerBound)
    let countsTaps = hasTaps && isMature[0]
    let tapWindow = windows[0]
    // Outcomes that are not taps: those that no member had only count the units.
    let unmet = windows.indices.dropFirst(otherOffset).filter { isMature[$0] && others[$0 - otherOffset] == nil }
    let met = windows.indices.dropFirst(otherOffset).filter { isMature[$0] && others[$0 - otherOffset] != nil }
    rank.withUnsafeBufferPointer { rank in
      while place < end {
        if !isOneEach, place &+ Self.ahead < end { members.ask(Int(sends[place &+ Self.ahead].member) &- base) }
        let unit = sends[place]
        var group = rank[Int(unit.group)]
        place &+= 1
        while place < end, sends[place].member == unit.member {
          if sends[place].ts == unit.ts { group = min(group, rank[Int(sends[place].group)]) }
          place &+= 1
        }
        sums.sent[group] &+= 1
        let cell = group &* outcomeCount
        func add(_ outcome: Int, _ happened: Bool) {
          if isOneEach {
            sums.cells[cell &+ outcome].add(x: happened ? 1 : 0, n: 1)
          } else {
            members.add(Int(unit.member) &- base, cell &+ outcome, happened)
          }
        }
        if countsTaps {
          while tap < taps.count, taps[tap].member < unit.member { tap &+= 1 }
          var (own, happened) = (tap, false)
          while own < taps.count, taps[own].member == unit.member, !happened {
            happened = taps[own].ts >= unit.ts && taps[own].ts < unit.ts &+ tapWindow
            own &+= 1
          }
          add(0, happened)
        }
        for outcome in unmet { sums.cells[cell &+ outcome].n &+= 1 }
        for outcome in met {
          let end = unit.ts &+ windows[outcome]
          add(outcome, others[outcome - otherOffset]!.hasAny(Int(unit.member), from: unit.ts, before: end))
        }
      }
    }
  }
}

/// Sums over members by group and outcome, side by side: of one thread.
private final class PushSums {
  let sent: UnsafeMutablePointer<Int>
  let cells: UnsafeMutablePointer<ClusterSums>
  private let groupCount: Int
  private let outcomeCount: Int

  init(groupCount: Int, outcomeCount: Int) {
    (self.groupCount, self.outcomeCount) = (groupCount, outcomeCount)
    sent = .allocate(capacity: groupCount)
    sent.initialize(repeating: 0, count: groupCount)
    cells = .allocate(capacity: groupCount * outcomeCount)
    cells.initialize(repeating: ClusterSums(), count: groupCount * outcomeCount)
  }

  deinit {
    sent.deallocate()
    cells.deallocate()
  }

  var tally: PushTally {
    var tally = PushTally(outcomeCount: outcomeCount)
    if groupCount > 0 { tally.open(groupCount - 1) }
    for group in 0..<groupCount {
      tally.sent[group] = sent[group]
      for outcome in 0..<outcomeCount { tally.sums[group][outcome] = cells[group * outcomeCount + outcome] }
    }
    return tally
  }
}

/// Units of the members at hand by group and outcome: how many, and in the upper half how many with the outcome.
private final class MemberCells {
  private let cells: UnsafeMutablePointer<UInt64>
  /// Those that are not 0.
  private let used: UnsafeMutablePointer<Int32>
  private var usedCount = 0
  private let width: Int

  init(memberCount: Int, width: Int) {
    self.width = width
    cells = .allocate(capacity: memberCount * width)
    cells.initialize(repeating: 0, count: memberCount * width)
    used = .allocate(capacity: memberCount * width)
    used.initialize(repeating: 0, count: memberCount * width)
  }

  deinit {
    cells.deallocate()
    used.deallocate()
  }

  /// Asks for what is kept of a member, before it is added to.
  @inline(__always)
  func ask(_ member: Int) { prefetch(cells + member &* width) }

  @inline(__always)
  func add(_ member: Int, _ cell: Int, _ happened: Bool) {
    let place = member &* width &+ cell
    if cells[place] == 0 {
      used[usedCount] = Int32(truncatingIfNeeded: place)
      usedCount &+= 1
    }
    cells[place] &+= happened ? 1 << 32 | 1 : 1
  }

  /// Adds each member to the sums, and forgets it.
  func empty(into sums: PushSums) {
    for place in 0..<usedCount {
      let cell = Int(used[place])
      let counts = cells[cell]
      sums.cells[cell % width].add(x: Int(counts >> 32), n: Int(counts & 0xFFFF_FFFF))
      cells[cell] = 0
    }
    usedCount = 0
  }
}
