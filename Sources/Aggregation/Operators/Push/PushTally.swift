/// Sends and what followed them, by group.
struct PushTally {
  /// By group.
  var sent: [Int] = []
  /// By group and outcome: matured sends and those that had the outcome, by member.
  var sums: [[ClusterSums]] = []
  let outcomeCount: Int
  /// Influenced opens: credits, and the sessions that they are for.
  var credits = 0
  var distinct = 0
  /// Sends without a baseline.
  var withoutBaseline = 0
  /// Rows of sends without a push.
  var nameless = 0

  init(outcomeCount: Int) { self.outcomeCount = outcomeCount }

  /// Makes room for a group.
  mutating func open(_ group: Int) {
    while sent.count <= group {
      sent.append(0)
      sums.append([ClusterSums](repeating: ClusterSums(), count: outcomeCount))
    }
  }

  /// Takes in other members.
  mutating func add(_ other: PushTally) {
    if !other.sent.isEmpty { open(other.sent.count - 1) }
    for group in other.sent.indices {
      sent[group] += other.sent[group]
      for outcome in 0..<outcomeCount { sums[group][outcome].add(other.sums[group][outcome]) }
    }
    credits += other.credits
    distinct += other.distinct
    withoutBaseline += other.withoutBaseline
    nameless += other.nameless
  }
}
