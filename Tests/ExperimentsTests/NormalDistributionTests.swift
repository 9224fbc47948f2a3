import Experiments
import Testing

/// Rows of (z, P(Z > z)). Source: mpmath 60 digits, `erfc(z / sqrt(2)) / 2` at the double nearest to z.
private let upperTails: [(Double, Double)] = [
  (-8.5, 0.99999999999999999),
  (-1.0, 0.84134474606854295),
  (0.0, 0.5),
  (0.5, 0.3085375387259869),
  (1.0, 0.15865525393145705),
  (1.959963984540054, 0.025000000000000011),
  (3.3, 0.00048342414238377751),
  (5.0, 2.8665157187919391e-7),
  (10.0, 7.6198530241605261e-24),
  (20.0, 2.7536241186062337e-89),
  (30.1, 2.4226672179857588e-199),
  (37.0, 5.7255712225245768e-300),
]

/// Rows of (p, z). Source: mpmath 60 digits, root of `erfc(-z / sqrt(2)) / 2 = p` at the double nearest to p,
/// started from `scipy.stats.norm.ppf` (scipy 1.17.1).
private let quantiles: [(Double, Double)] = [
  (1e-300, -37.047096299361199),
  (1e-100, -21.273453560965324),
  (1e-20, -9.2623400897984076),
  (1e-10, -6.3613409024040562),
  (0.0001, -3.7190164854556806),
  (0.001, -3.0902323061678135),
  (0.025, -1.9599639845400542),
  (0.1, -1.2815515655446004),
  (0.2499, -0.67480447011060999),
  (0.25, -0.67448975019608174),
  (0.26, -0.64334540539291694),
  (0.4, -0.25334710313579974),
  (0.4999999, -2.5066282747031065e-7),
  (0.5000000001, 2.5066284820303539e-10),
  (0.6, 0.25334710313579974),
  (0.75, 0.67448975019608174),
  (0.7501, 0.67480447011060999),
  (0.9, 1.2815515655446006),
  (0.975, 1.9599639845400539),
  (0.995, 2.5758293035489005),
  (0.9999, 3.7190164854557084),
  (0.999999999, 5.9978070196016374),
]

@Suite struct NormalDistributionTests {
  @Test(arguments: upperTails)
  func `tails keep their digits far out`(z: Double, expected: Double) {
    #expect(isClose(NormalDistribution.upperTail(z), expected, within: 2e-15))
    #expect(NormalDistribution.lowerTail(-z) == NormalDistribution.upperTail(z))
  }

  @Test(arguments: quantiles)
  func `quantiles are right to the last digits`(p: Double, expected: Double) {
    #expect(isClose(NormalDistribution.quantile(p), expected, within: 2e-15))
    #expect(NormalDistribution.upperQuantile(p) == -NormalDistribution.quantile(p))
  }

  @Test func `a quantile's tail is the probability again`() {
    var p = 1e-290
    while p < 1 {
      let tail = NormalDistribution.lowerTail(NormalDistribution.quantile(p))
      // The quantile's last bit, z·2⁻⁵³, moves the tail by z² times as much.
      #expect(isClose(tail, p, within: 4e-13), "p = \(p)")
      p *= 1.37
    }
  }

  @Test func `the ends are infinite and the middle is zero`() {
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(0.5) == 0)
    #expect(NormalDistribution.upperTail(.infinity) == 0)
    #expect(NormalDistribution.upperTail(-.infinity) == 1)
    #expect(NormalDistribution.upperTail(.nan).isNaN)
    #expect(NormalDistribution.upperTail(40) == 0)
    #expect(NormalDistribution.bothTails(-1.959963984540054) == NormalDistribution.bothTails(1.959963984540054))
  }
}
