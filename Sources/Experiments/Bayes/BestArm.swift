internal import Numerics

/// Which arm is best, as a belief: shown beside the comparison, never setting the verdict.
///
/// ```
/// P(j best) = ∫ fⱼ(x) Πᵢ≠ⱼ Fᵢ(x) dx
/// loss(j)   = E[max θ − θⱼ] = ∫ Fⱼ(x) (1 − Πᵢ≠ⱼ Fᵢ(x)) dx
/// ```
///
/// By Gauss–Legendre quadrature over panels no wider than a standard deviation; no draws, so the same data give the same
/// digits. Absolute error about 1e-13 of a probability, and of a loss in standard deviations.
package struct BestArm: Sendable, Equatable {
  /// By arm; they add to 1.
  package let probabilityBest: [Double]
  /// By arm: how much is given up on average by choosing it, in the unit of the figure.
  package let expectedLoss: [Double]

  /// Higher is better.
  /// - Precondition: at least one arm.
  package init(_ arms: [Posterior]) {
    precondition(!arms.isEmpty, "the best of none is none")
    var best = arms.map { _ in 0.0 }
    var loss = best
    Self.quadrature(over: arms) { x, weight in
      let tails = arms.map { $0.tails(x) }
      for (index, arm) in arms.enumerated() {
        var others = 0.0  // ln Π Fᵢ
        for (other, tail) in tails.enumerated() where other != index {
          others += tail.lower < 0.5 ? .log(tail.lower) : .log(onePlus: -tail.upper)
        }
        best[index] += weight * arm.density(x) * .exp(others)
        loss[index] -= weight * tails[index].lower * .expMinusOne(others)
      }
    }
    probabilityBest = best
    expectedLoss = loss
  }

  /// Panels between m − 9 s … m + 9 s of every arm, cut where any of these grids has a point.
  private static func quadrature(over arms: [Posterior], _ body: (Double, Double) -> Void) {
    var cuts = Set<Double>()
    for arm in arms {
      for step in -18...18 {
        let cut = arm.mean + Double(step) / 2 * arm.standardDeviation
        cuts.insert(min(max(cut, arm.support.lowerBound), arm.support.upperBound))
      }
      // A beta may reach far beyond 9 standard deviations toward the wide side.
      if arm.support == 0...1 { cuts.formUnion([0, 1]) }
    }
    let sorted = cuts.sorted()
    for (low, high) in zip(sorted, sorted.dropFirst()) {
      let (centre, half) = (low + (high - low) / 2, (high - low) / 2)
      for (node, weight) in zip(nodes, weights) {
        body(centre - half * node, weight * half)
        body(centre + half * node, weight * half)
      }
    }
  }

  /// Gauss–Legendre of 16 points: the positive half. Source: Abramowitz, Stegun, table 25.4.
  private static let nodes = [
    0.0950125098376374402, 0.281603550779258913, 0.458016777657227386, 0.617876244402643748, 0.755404408355003034,
    0.865631202387831744, 0.944575023073232576, 0.989400934991649933,
  ]
  private static let weights = [
    0.189450610455068496, 0.182603415044923589, 0.169156519395002538, 0.149595988816576732, 0.124628971255533872,
    0.0951585116824927848, 0.0622535239386478929, 0.0271524594117540949,
  ]
}
