/// How members leave a state: the share that has gone for each of several exits, where some have not left yet.
///
/// Aalen and Johansen (1978): the share gone for exit j by t is Σ S(u−)·d_j(u)/n(u) over the times u ≤ t at which d_j of
/// the n at risk left for j. S is that of Kaplan and Meier over all exits; exits come before censoring at equal times.
struct CompetingExits {
  /// A stay: how long, and for which exit it ended; nil where it has not.
  struct Stay {
    var duration: Int64
    var exit: Int?
  }

  private let stays: [Stay]
  private let exitCount: Int
  /// Over all exits.
  let overall: KaplanMeier

  init(_ stays: [Stay], exitCount: Int) {
    self.stays = stays.sorted { ($0.duration, $0.exit == nil ? 1 : 0) < ($1.duration, $1.exit == nil ? 1 : 0) }
    self.exitCount = exitCount
    overall = KaplanMeier(stays.map { KaplanMeier.Case(duration: $0.duration, isEnded: $0.exit != nil) })
  }

  /// By exit: the share that left for it within `time`. Costs one pass.
  func left(within time: Int64) -> [Double] {
    var shares = [Double](repeating: 0, count: exitCount)
    var (survival, atRisk, row) = (1.0, stays.count, 0)
    while row < stays.count, stays[row].duration <= time {
      let instant = stays[row].duration
      var counts = [Int](repeating: 0, count: exitCount)
      var gone = 0
      while row < stays.count, stays[row].duration == instant {
        if let exit = stays[row].exit { counts[exit] += 1 }
        gone += 1
        row += 1
      }
      let ended = counts.reduce(0, +)
      for exit in 0..<exitCount { shares[exit] += survival * Double(counts[exit]) / Double(atRisk) }
      survival *= Double(atRisk - ended) / Double(atRisk)
      atRisk -= gone
    }
    return shares
  }

  /// How many were watched that long: the rest had left or was censored before.
  func atRisk(at time: Int64) -> Int { stays.count { $0.duration >= time } }
}
