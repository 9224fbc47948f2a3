/// The instants of one event, by member.
struct MemberInstants: Sendable {
  /// Where each member's begin, and one more.
  private var starts: [Int32]
  private var instants: [Int64]

  /// Those of `runs`; nil where there are none.
  init?(_ runs: [MemberRun], memberCount: Int) {
    let count = runs.reduce(0) { $0 + $1.members.count }
    if count == 0 { return nil }
    starts = [Int32](repeating: 0, count: memberCount + 1)
    for run in runs { for member in run.members { starts[Int(member) + 1] += 1 } }
    for member in 0..<memberCount { starts[member + 1] += starts[member] }
    instants = [Int64](repeating: 0, count: count)
    var next = starts
    for run in runs {
      for (member, instant) in zip(run.members, run.instants) {
        instants[Int(next[Int(member)])] = instant
        next[Int(member)] += 1
      }
    }
    // Runs come day by day, so that most members' instants ascend already.
    for member in 0..<memberCount {
      let own = Int(starts[member])..<Int(starts[member + 1])
      if own.dropFirst().contains(where: { instants[$0] < instants[$0 - 1] }) { instants[own].sort() }
    }
  }

  /// Whether a member has one in `[start, end)`.
  func hasAny(_ member: Int, from start: Int64, before end: Int64) -> Bool {
    var (low, high) = (Int(starts[member]), Int(starts[member + 1]))
    let last = high
    while low < high {
      let middle = (low + high) / 2
      if instants[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low < last && instants[low] < end
  }
}
