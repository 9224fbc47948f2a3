import Experiments
import TestSupport
import Testing

/// The one pass by day against the sums that are made of whole clusters.
@Suite struct DailyMomentsTests {
  /// A row of a random experiment.
  private struct Row {
    var cluster: Int32
    var arm: Int
    var day: Int
    var weight: Double
    var y: Double
    var d: Double
    var x: Double
    var u: Double
  }

  /// Clusters with a few rows each over ten days, in any of three arms; some without a past.
  private static let rows: [Row] = {
    var random = SeededNumbers(seed: 11)
    return (0..<700).flatMap { cluster -> [Row] in
      let isKnown = random.next() % 5 != 0
      let level = Double(random.next() % 7)
      return (0..<Int(random.next() % 4) + 1).map { place in
        Row(
          cluster: Int32(cluster), arm: Int(random.next() % 3), day: min(9, 3 * place + Int(random.next() % 3)),
          weight: 1 / [0.25, 0.5, 0.2][Int(random.next() % 3)], y: level + Double(random.next() % 4),
          d: 1 + Double(random.next() % 3), x: isKnown ? level + Double(random.next() % 2) : .nan,
          u: isKnown ? Double(random.next() % 5) : .nan)
      }
    }
  }()

  private func moments(_ rows: [Row], days: Int, strata: [Int32] = [], stratumCount: Int = 1) -> DailyMoments {
    var moments = DailyMoments(armCount: 3, dayCount: days, stratumCount: stratumCount)
    let columns = DailyMoments.Rows(
      clusters: rows.map(\.cluster), arms: rows.map { UInt8($0.arm) }, days: rows.map { Int32($0.day) },
      weights: rows.map(\.weight), values: rows.map(\.y), denominators: rows.map(\.d), past: rows.map(\.x),
      pastDenominators: rows.map(\.u), strata: strata)
    // In two parts, as two cores would.
    let cut = rows.firstIndex { $0.cluster == 300 } ?? rows.count
    moments.add(columns, in: 0..<cut)
    var rest = DailyMoments(armCount: 3, dayCount: moments.dayCount, stratumCount: stratumCount)
    rest.add(columns, in: cut..<rows.count)
    moments += rest
    return moments
  }

  @Test("Every look equals the sums of the clusters as they stood that night", arguments: [(0, 1), (1, 2), (2, 0)])
  func looks(treatment: Int, control: Int) throws {
    var seen = 0
    moments(Self.rows, days: 10).forEachLook { day, sums in
      let known = Self.rows.filter { $0.day <= day }
      let clusters = Dictionary(grouping: known, by: \.cluster).values
      var crossed = CrossedRatioSums.zero
      for cluster in clusters where cluster.contains(where: { $0.arm == treatment || $0.arm == control }) {
        func total(_ arm: Int, _ value: (Row) -> Double) -> Double {
          cluster.filter { $0.arm == arm }.reduce(0) { $0 + $1.weight * value($1) }
        }
        crossed =
          crossed
          + CrossedRatioSums(
            treatment: (total(treatment, \.y), total(treatment, \.d)),
            control: (total(control, \.y), total(control, \.d)))
      }
      let expected = try? crossed.estimates(requirement: SampleRequirement(units: 2, events: 1, nonEvents: 1))
      let found = try? sums.estimates(
        treatment: (treatment, "t"), control: (control, "c"), adjusting: false, isProportion: false,
        requirement: SampleRequirement(units: 2, events: 1, nonEvents: 1))
      guard let expected, let found else {
        Issue.record("no estimate on day \(day)")
        return
      }
      seen += 1
      #expect(found.units == crossed.treatment.units)
      #expect(abs(found.difference - expected.difference) < 1e-12)
      #expect(abs(found.covariance - expected.covariance) < 1e-12 * abs(expected.covariance) + 1e-15)
      // The arms' errors here are over their own clusters, there over all of the two arms.
      let n = Double(crossed.treatment.units)
      let own = Double(found.treatment.units)
      let factor = (own / (own - 1) / (n / (n - 1))).squareRoot()
      #expect(abs(found.treatment.standardError / (expected.treatment.standardError * factor) - 1) < 1e-9)
    }
    #expect(seen == 10)
  }

  @Test("With a past it is CUPED of a ratio, where each cluster has one row")
  func adjusts() throws {
    var rows = Self.rows.enumerated().map { place, row in
      var row = row
      (row.cluster, row.weight) = (Int32(place), 1)
      return row
    }
    rows.removeLast(3)
    let sums = moments(rows, days: 10).total()
    let arms = (0..<3).map { arm in
      rows.filter { $0.arm == arm }.reduce(RatioCovariateSums.zero) { sum, row in
        sum
          + RatioCovariateSums(
            numerator: row.y, denominator: row.d, past: row.x.isNaN ? nil : (row.x, row.u))
      }
    }
    let model = RatioCUPED(arms: arms)
    #expect(abs(sums.adjustments.numerator.theta - model.numerator.theta) < 1e-12)
    for arm in 0..<3 {
      let expected = try model.estimate(arms[arm])
      let found = try sums.estimate(arm, adjusting: true, isProportion: false)
      #expect(abs(found.value - expected.value) < 1e-12)
      #expect(abs(found.standardError / expected.standardError - 1) < 1e-9)
      #expect(found.unadjusted == expected.unadjusted || abs(found.unadjusted - expected.unadjusted) < 1e-12)
      #expect(found.standardError < (try sums.estimate(arm, adjusting: false, isProportion: false)).standardError)
    }
  }

  @Test("Strata are sums of their own")
  func strata() throws {
    let codes = Self.rows.map { Int32($0.day % 2) - ($0.y == 3 ? 5 : 0) }
    let both = moments(Self.rows, days: 10, strata: codes, stratumCount: 2)
    for stratum in 0..<2 {
      let alone = moments(
        zip(Self.rows, codes).filter { Int($0.1) == stratum }.map(\.0), days: 10)
      let (a, b) = (both.total(stratum: stratum), alone.total())
      for arm in 0..<3 {
        #expect(a.clusters(arm) == b.clusters(arm) && a.rows(arm) == b.rows(arm) && a.events(arm) == b.events(arm))
        let one = try a.estimate(arm, adjusting: false, isProportion: false)
        let other = try b.estimate(arm, adjusting: false, isProportion: false)
        #expect(abs(one.value - other.value) < 1e-12 && abs(one.standardError - other.standardError) < 1e-12)
      }
    }
  }
}
