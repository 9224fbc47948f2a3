/// Corrections for several comparisons at once. Ties keep the order of the input.
package enum Multiplicity {
  /// min(1, m p): the chance of any false alarm stays below α.
  package static func bonferroni(_ p: [Double]) -> [Double] {
    p.map { min(1, $0 * Double(p.count)) }
  }

  /// Holm's step-down p: as safe as Bonferroni's and never larger.
  /// Source: Holm, *Scandinavian Journal of Statistics* 6 (1979).
  package static func holm(_ p: [Double]) -> [Double] {
    var adjusted = p
    var largest = 0.0
    for (rank, index) in ranked(p).enumerated() {
      largest = max(largest, min(1, p[index] * Double(p.count - rank)))
      adjusted[index] = largest
    }
    return adjusted
  }

  /// Step-up p: among the comparisons below α, at most α are expected to be false.
  /// Source: Benjamini, Hochberg, *Journal of the Royal Statistical Society B* 57 (1995).
  package static func benjaminiHochberg(_ p: [Double]) -> [Double] {
    var adjusted = p
    var least = 1.0
    for (rank, index) in ranked(p).enumerated().reversed() {
      least = min(least, p[index] * Double(p.count) / Double(rank + 1))
      adjusted[index] = least
    }
    return adjusted
  }

  /// The α of each comparison's interval, so that it leaves out 0 exactly where Holm's test rejects.
  ///
  /// Comparisons that are rejected at step i have α / (m − i + 1); the first that is not, and all after it, share its
  /// step's α. Single intervals hold at these levels; for all to hold together take α / m.
  package static func holmAlphas(_ p: [Double], alpha: Double) -> [Double] {
    var alphas = p
    var steps = 0
    var isRejecting = true
    for index in ranked(p) {
      alphas[index] = alpha / Double(p.count - steps)
      isRejecting = isRejecting && p[index] < alphas[index]
      if isRejecting { steps = min(steps + 1, p.count - 1) }
    }
    return alphas
  }

  /// Indices from the smallest p to the largest.
  private static func ranked(_ p: [Double]) -> [Int] {
    precondition(p.allSatisfy { (0...1).contains($0) }, "a p lies in 0...1")
    return p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
  }
}
