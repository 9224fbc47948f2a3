internal import Events

/// Walks members under all rules at once, and counts which sessions are credited more than once.
struct TriangleWalk {
  /// Credits whose session is counted again.
  struct Shared {
    /// By another rule.
    var otherRules = 0
    /// By the same rule, for another push.
    var otherPushes = 0
  }

  private struct Credit {
    var session: Int64
    var rule: Int
    var group: Int
  }

  /// By rule.
  private(set) var walks: [PushWalk]
  private(set) var plan: PlanWalk
  /// By rule and group.
  private(set) var shared: [[Shared]]
  private(set) var creditCount = 0
  private(set) var sessionCount = 0
  /// The member's.
  private var credits: [Credit] = []

  init(_ walks: [PushWalk], _ plan: PlanWalk, groupCount: Int) {
    (self.walks, self.plan) = (walks, plan)
    shared = Array(repeating: Array(repeating: Shared(), count: groupCount), count: walks.count)
  }

  /// Counts a member; `rows` are the member's, in the order of time.
  mutating func add(_ rows: UnsafeBufferPointer<MemberRow>) {
    plan.add(rows)
    credits.removeAll(keepingCapacity: true)
    for rule in walks.indices {
      walks[rule].add(rows)
      for credit in walks[rule].credits {
        credits.append(Credit(session: credit.session, rule: rule, group: credit.group))
      }
    }
    if credits.isEmpty { return }
    creditCount += credits.count
    credits.sort { $0.session < $1.session }
    var start = 0
    while start < credits.count {
      let end = credits[start...].firstIndex { $0.session != credits[start].session } ?? credits.count
      let same = credits[start..<end]
      for credit in same {
        let own = same.count { $0.rule == credit.rule }
        if own > 1 { shared[credit.rule][credit.group].otherPushes += 1 }
        if own < same.count { shared[credit.rule][credit.group].otherRules += 1 }
      }
      sessionCount += 1
      start = end
    }
  }

  /// Takes in other members; their planned units stay where they are.
  mutating func merge(_ other: TriangleWalk) {
    for rule in walks.indices {
      walks[rule].merge(other.walks[rule])
      for group in shared[rule].indices {
        shared[rule][group].otherRules += other.shared[rule][group].otherRules
        shared[rule][group].otherPushes += other.shared[rule][group].otherPushes
      }
    }
    creditCount += other.creditCount
    sessionCount += other.sessionCount
    plan.twoArmed += other.plan.twoArmed
  }
}
