/// A score of 0 to 100 from the rank of each measure: weights over mid-rank percentiles.
///
/// The percentile of a measure is 100 · (members below + ½ · members equal) / members; those equal share one. Ranks are
/// whole numbers here, so that which quarter a member falls into does not hang on rounding.
struct MemberValue {
  /// Quarters of the scale, best first.
  enum Band: String, CaseIterable { case top, upper, lower, bottom }

  private let weights: [Int]
  private let memberCount: Int
  /// Σ weight · (2 · below + equal), by place of the member.
  private let sums: [Int]

  /// - Parameter measures: one list a measure, all of the same members in the same order.
  init(_ measures: [[Int]], weights: [Int]) {
    self.weights = weights
    memberCount = measures.first?.count ?? 0
    var sums = [Int](repeating: 0, count: memberCount)
    for (measure, weight) in zip(measures, weights) where weight > 0 {
      let order = measure.indices.sorted { measure[$0] < measure[$1] }
      var first = 0
      while first < order.count {
        var last = first
        while last + 1 < order.count, measure[order[last + 1]] == measure[order[first]] { last += 1 }
        for place in first...last { sums[order[place]] += weight * (2 * first + last - first + 1) }
        first = last + 1
      }
    }
    self.sums = sums
  }

  private var whole: Int { 2 * memberCount * weights.reduce(0, +) }

  /// 0…100.
  func score(_ place: Int) -> Double { 100 * Double(sums[place]) / Double(whole) }

  /// The quarter of the scale that a member's score falls into.
  func band(_ place: Int) -> Band {
    let quarters = 4 * sums[place]
    return quarters >= 3 * whole ? .top : quarters >= 2 * whole ? .upper : quarters >= whole ? .lower : .bottom
  }
}
