import Experiments
import Testing

/// Rows of (k, x, P(X > x)). Source: mpmath 60 digits, `gammainc(k/2, x/2, inf, regularized=True)`; scipy 1.17.1
/// `stats.chi2.sf` agrees to 2e-13.
private let upperTails: [(Int, Double, Double)] = [
  (1, 0.0001, 0.99202128737073679),
  (1, 3.841458820694124, 0.050000000000000057),
  (1, 700.0, 2.9902269751246203e-154),
  (2, 0.5, 0.77880078307140487),
  (2, 10.0, 0.0067379469990854671),
  (2, 1200.0, 2.6503965530043108e-261),
  (3, 0.01, 0.99973483494134439),
  (3, 7.814727903251179, 0.050000000000000018),
  (3, 80.0, 3.0692774861724171e-17),
  (3, 1000.0, 1.7994208765314477e-216),
  (4, 4.0, 0.40600584970983808),
  (7, 2.0, 0.95984036873010156),
  (7, 30.0, 9.4959725081341838e-5),
  (10, 9.0, 0.53210357637471548),
  (10, 25.0, 0.0053455054871340643),
  (31, 20.0, 0.93580362074115442),
  (31, 100.0, 3.4643702449416111e-9),
  (100, 60.0, 0.99948110853745197),
  (100, 101.9, 0.42834171717764924),
  (100, 102.1, 0.42287392432606314),
  (100, 300.0, 7.4121008573228768e-22),
  (1000, 900.0, 0.98928276190871026),
  (1000, 1100.0, 0.014614408126295194),
  (1000, 2500.0, 2.1059268048481405e-129),
]

@Suite struct ChiSquareDistributionTests {
  @Test(arguments: upperTails)
  func `upper tails agree with many digits`(degreesOfFreedom: Int, x: Double, expected: Double) {
    let tail = ChiSquareDistribution(degreesOfFreedom: degreesOfFreedom).upperTail(x)
    #expect(isClose(tail, expected, within: 1e-12), "\(tail)")
  }

  @Test(arguments: [1, 2, 3, 10, 101])
  func `tails fall from 1 to 0`(degreesOfFreedom: Int) {
    let distribution = ChiSquareDistribution(degreesOfFreedom: degreesOfFreedom)
    #expect(distribution.upperTail(-1) == 1)
    #expect(distribution.upperTail(0) == 1)
    #expect(distribution.upperTail(.infinity) == 0)
    #expect(distribution.upperTail(.nan).isNaN)
    let tails = (0..<400).map { distribution.upperTail(Double($0)) }
    #expect(zip(tails, tails.dropFirst()).allSatisfy { $0 >= $1 })
  }
}
