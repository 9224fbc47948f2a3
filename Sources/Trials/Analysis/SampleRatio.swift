internal import Aggregation
internal import Events
internal import Experiments

/// Whether the arms hold the units that were promised to them: the first thing that an analysis says.
struct SampleRatio: Sendable {
  /// Units by arm, over days that are closed for every arm.
  var units: [Int]
  /// The share that was promised to each arm.
  var shares: [Double]
  /// Nil where it cannot be said.
  var p: Double?
  /// Why it cannot be said, or what else there is to say.
  var notes: [String] = []

  /// Whether p lies below the alarm level.
  var isAlarm: Bool { p.map { $0 < SampleRatioTest.alarmLevel } ?? false }

  init(_ frame: UnitFrame) {
    let experiment = frame.experiment
    let weights = experiment.arms.map(\.weight)
    let closed = Self.closedDayCount(frame)
    let versionCount = max(1, frame.table.versions.values.count)
    // By version, arm and day: units are clusters, counted on the day on which they enter.
    let width = experiment.arms.count
    var counts = [Int](repeating: 0, count: versionCount * width * max(1, closed))
    var shares = [[Set<Double>]](
      repeating: [Set<Double>](repeating: [], count: width), count: versionCount)
    var entered: Set<Int64> = []
    let isClustered = experiment.design == .communityRandomised
    for row in 0..<frame.table.count where frame.dayPlaces[row] < closed || frame.experiment.units.assignment.isFact {
      let arm = Int(frame.table.arms[row])
      if isClustered, !entered.insert(Int64(frame.table.clusters[row])).inserted { continue }
      let version = frame.table.versions.codes.isEmpty ? 0 : max(0, Int(frame.table.versions.codes[row]))
      let day = min(Int(frame.dayPlaces[row]), max(1, closed) - 1)
      counts[(version * width + arm) * max(1, closed) + day] += 1
      let e = frame.table.propensities.isEmpty ? .nan : frame.table.propensities[row]
      if !e.isNaN, shares[version][arm].count < 3 { shares[version][arm].insert(e) }
    }
    units = (0..<width).map { arm in
      (0..<versionCount).reduce(0) { sum, version in
        let start = (version * width + arm) * max(1, closed)
        return sum + counts[start..<start + max(1, closed)].reduce(0, +)
      }
    }
    self.shares = weights
    guard experiment.design != .switchback else {
      notes.append("Slots of a switchback are balanced by their blocks.")
      return
    }
    // Promised shares by version: logged propensities where each arm had one, else the configured weights.
    var promised: [[Double]] = []
    for version in 0..<versionCount {
      let logged = shares[version]
      if logged.contains(where: { $0.count > 1 }) {
        notes.append(
          "Sample ratio not tested: propensities of an arm differ within one plan version, so that no share was promised."
        )
        return
      }
      guard let shares = Self.promised(logged.map(\.first), weights) else {
        notes.append("Sample ratio not tested: propensities of one plan version add to more than 1.")
        return
      }
      promised.append(shares)
    }
    self.shares = Self.pooled(promised, counts, width, max(1, closed))
    p =
      experiment.looks == .fixed
      ? fixedP() : Self.sequentialP(promised, counts, width, max(1, closed))
    if p == nil { notes.append("Sample ratio not tested: an arm expects under 5 units.") }
  }

  /// The shares of one plan version: logged propensities, the configured weights where there are none. What they leave
  /// of 1 was promised to the arms that no unit shows, in proportion to their weights. Nil where they add to more.
  private static func promised(_ logged: [Double?], _ weights: [Double]) -> [Double]? {
    if logged.allSatisfy({ $0 == nil }) { return weights }
    let rest = 1 - logged.reduce(0) { $0 + ($1 ?? 0) }
    if rest < -1e-6 { return nil }
    let unseen = zip(logged, weights).reduce(0) { $0 + ($1.0 == nil ? $1.1 : 0) }
    // Twelve digits are logged: less is rounding.
    let isOpen = rest > 1e-6 && unseen > 0
    return zip(logged, weights).map { $1 == 0 ? 0 : $0 ?? (isOpen ? rest * $1 / unseen : 0) }
  }

  /// Days whose last send has left by as-of, whatever the arm.
  private static func closedDayCount(_ frame: UnitFrame) -> Int {
    guard !frame.experiment.units.assignment.isFact, let zone = try? TimeZoneRules(named: frame.table.timeZone) else {
      return 1
    }
    var count = frame.dayCount
    let latest = frame.experiment.units.latestSendSeconds
    while count > 0,
      UnitQuestion.latestSend(on: CommunityDay(frame.firstDay) + (count - 1), after: latest, in: zone)
        > frame.table.asOf
    {
      count -= 1
    }
    return count
  }

  private func fixedP() -> Double? { (try? SampleRatioTest(units: units, weights: shares))?.p }

  /// The least p of all nights; the versions' Bayes factors multiply.
  private static func sequentialP(_ promised: [[Double]], _ counts: [Int], _ width: Int, _ dayCount: Int) -> Double {
    let sequences = promised.map { weights in
      weights.count { $0 > 0 } >= 2 ? SampleRatioSequence(weights: weights) : nil
    }
    var sums = Array(repeating: [Int](repeating: 0, count: width), count: promised.count)
    var p = 1.0
    for day in 0..<dayCount {
      var logarithm = 0.0
      for version in promised.indices {
        for arm in 0..<width { sums[version][arm] += counts[(version * width + arm) * dayCount + day] }
        logarithm += sequences[version]?.logBayesFactor(units: sums[version]) ?? 0
      }
      p = SampleRatioSequence.p(logBayesFactor: logarithm, earlier: p)
    }
    return p
  }

  /// The share of all units that each arm was promised, over versions by their size.
  private static func pooled(_ promised: [[Double]], _ counts: [Int], _ width: Int, _ dayCount: Int) -> [Double] {
    var result = [Double](repeating: 0, count: width)
    for (version, weights) in promised.enumerated() {
      let start = version * width * dayCount
      let size = Double(counts[start..<start + width * dayCount].reduce(0, +))
      let sum = weights.reduce(0, +)
      for arm in 0..<width where sum > 0 { result[arm] += size * weights[arm] / sum }
    }
    let total = result.reduce(0, +)
    return total > 0 ? result.map { $0 / total } : promised.first ?? result
  }
}
