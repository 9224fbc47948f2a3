internal import Columns
internal import Dispatch
internal import Events
internal import Synchronization

/// An event of a member, as a walk over members gives it.
struct MemberRow {
  /// Microseconds of UTC.
  var ts: Int64
  /// The event's place among the names that were asked for.
  var name: Int32
  /// What the reader of the rows made of it: numbers of texts or of groups.
  var first: UInt32
  var second: UInt32

  @inline(__always)
  static func precedes(_ a: MemberRow, _ b: MemberRow) -> Bool {
    if a.ts != b.ts { return a.ts < b.ts }
    if a.name != b.name { return a.name < b.name }
    return a.first != b.first ? a.first < b.first : a.second < b.second
  }
}

/// Rows of one event of one block that count, ascending by member.
struct MemberRun: Sendable {
  var name: Int32
  var members: [Int32]
  var instants: [Int64]
  /// Empty, or one a row.
  var first: [UInt32] = []
  var second: [UInt32] = []

  /// The rows that count of `run`, without numbers of texts.
  init(_ run: EventRun, of block: EventBlock) {
    name = Int32(run.place)
    if block.selection == nil {
      members = Array(block.members[run.rows])
      instants = Array(block.timestamps[run.rows])
      return
    }
    (members, instants) = ([], [])
    block.forEachRow(of: run) { row in
      members.append(block.members[row])
      instants.append(block.timestamps[row])
    }
  }

  /// The places of members of `range`.
  func places(of range: Range<Int>) -> Range<Int> {
    let start = place(ofMember: range.lowerBound)
    return start..<max(start, place(ofMember: range.upperBound))
  }

  /// The first place whose member is `member` or greater.
  private func place(ofMember member: Int) -> Int {
    members.withUnsafeBufferPointer { members in
      var (low, high) = (0, members.count)
      while low < high {
        let middle = (low + high) / 2
        if Int(members[middle]) < member { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}

/// The rows of a question in memory, and a walk over them member by member in the order of time.
///
/// ```
/// runs     day 1 comment   m0 m3 m3 m9 …        each ascends by member
///          day 1 share     m3 m9 …
///          day 2 comment   m0 m0 m3 …
/// walk     m0: c c c │ m3: c c s c │ m9: c s    members of a range at a time, ranges on all cores
/// ```
/// Costs 12 to 20 bytes a row, and 24 for rows of the members at hand.
struct MemberRuns: Sendable {
  var runs: [MemberRun]
  let memberCount: Int

  /// Bytes of all rows.
  var byteCount: Int {
    runs.reduce(0) { $0 + $1.members.count * (12 + ($1.first.isEmpty ? 0 : 4) + ($1.second.isEmpty ? 0 : 4)) }
  }

  /// Members that are put in order at a time.
  private static let memberChunk = 1 << 14

  /// Gives the rows of every member that has any to one of several states, one a core, and returns them.
  ///
  /// Which member meets which state is left open: what is made of the states must not depend on it.
  func fold<State>(_ initial: State, _ body: (inout State, Int, UnsafeBufferPointer<MemberRow>) -> Void) -> [State] {
    let chunkCount = (memberCount + Self.memberChunk - 1) / Self.memberChunk
    let width = max(1, min(EngineLimits.coreCount, chunkCount))
    var states = [State](repeating: initial, count: width)
    let next = Atomic<Int>(0)
    states.withUnsafeMutableBufferPointer { states in
      nonisolated(unsafe) let states = states
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: width) { worker in
        var chunk = MemberChunk()
        while true {
          let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if place >= chunkCount { break }
          let start = place * Self.memberChunk
          let range = start..<min(start + Self.memberChunk, memberCount)
          chunk.gather(runs, range)
          chunk.forEachMember { body(&states[worker], range.lowerBound + $0, $1) }
        }
      }
    }
    return states
  }
}

/// The rows of some members, member by member.
private struct MemberChunk {
  private var rows: [MemberRow] = []
  /// Where the rows of each member end, and one more.
  private var ends: [Int] = []

  mutating func gather(_ runs: [MemberRun], _ range: Range<Int>) {
    let base = range.lowerBound
    var starts = [Int](repeating: 0, count: range.count + 1)
    let parts = runs.map { ($0, $0.places(of: range)) }.filter { !$0.1.isEmpty }
    for (run, places) in parts {
      for place in places { starts[Int(run.members[place]) - base + 1] += 1 }
    }
    for member in 1..<starts.count { starts[member] += starts[member - 1] }
    let count = starts[range.count]
    if rows.count < count {
      rows = [MemberRow](repeating: MemberRow(ts: 0, name: 0, first: 0, second: 0), count: count)
    }
    rows.withUnsafeMutableBufferPointer { rows in
      starts.withUnsafeMutableBufferPointer { starts in
        for (run, places) in parts {
          let (hasFirst, hasSecond) = (!run.first.isEmpty, !run.second.isEmpty)
          run.members.withUnsafeBufferPointer { members in
            run.instants.withUnsafeBufferPointer { instants in
              for place in places {
                let member = Int(members[place]) - base
                rows[starts[member]] = MemberRow(
                  ts: instants[place], name: run.name, first: hasFirst ? run.first[place] : 0,
                  second: hasSecond ? run.second[place] : 0)
                starts[member] += 1
              }
            }
          }
        }
      }
    }
    ends = starts
  }

  mutating func forEachMember(_ body: (Int, UnsafeBufferPointer<MemberRow>) -> Void) {
    rows.withUnsafeMutableBufferPointer { rows in
      var start = 0
      for member in 0..<ends.count - 1 {
        let end = ends[member]
        if end > start {
          let slice = UnsafeMutableBufferPointer(rebasing: rows[start..<end])
          sortRun(slice, by: MemberRow.precedes)
          body(member, UnsafeBufferPointer(slice))
        }
        start = end
      }
    }
  }
}
