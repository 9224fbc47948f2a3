internal import Aggregation
internal import Events
internal import Experiments

/// The units of an experiment with what their sums need besides: places of days, weights, plan versions.
struct UnitFrame: Sendable {
  /// How arms whose shares changed are kept apart.
  enum Weighting: Sendable, Equatable {
    /// Shares did not change.
    case none
    /// Each unit counts 1 / propensity times.
    case propensities
    /// Estimated within each of so many plan versions.
    case versions(Int)
  }

  let experiment: ExperimentDescription
  let table: UnitTable
  /// The first anchor day, and how many there are to the last.
  let firstDay: Int32
  let dayCount: Int
  let dayPlaces: [Int32]
  let weighting: Weighting
  private let weights: [Double]
  private let versionArms: VersionArms

  init(_ experiment: ExperimentDescription, _ table: UnitTable) {
    (self.experiment, self.table) = (experiment, table)
    let firstDay = table.days.min() ?? 0
    self.firstDay = firstDay
    dayCount = Int((table.days.max() ?? firstDay) - firstDay) + 1
    dayPlaces = table.days.map { $0 - firstDay }
    versionArms = VersionArms(table, armCount: experiment.arms.count)
    let versions = Set(table.versions.codes)
    let isDrawn = !table.propensities.isEmpty && table.propensities.allSatisfy { $0 > 0 && $0 <= 1 }
    if isDrawn,
      Set(zip(table.arms, table.propensities).map { ArmShare(arm: $0, share: $1) }).count > Set(table.arms).count
    {
      weighting = .propensities
      weights = table.propensities.map { 1 / $0 }
    } else {
      weighting = !isDrawn && versions.count > 1 ? .versions(table.versions.values.count) : .none
      weights = []
    }
  }

  private struct ArmShare: Hashable {
    var arm: UInt8
    var share: Double
  }

  /// By row: whether the unit's plan could put it into both arms; nil where all could. Who could not is in neither side
  /// of their comparison. Within versions that is so anyway.
  func isComparable(_ arm: Int, _ control: Int) -> [Bool]? {
    if case .versions = weighting { return nil }
    let lacking = versionArms.lacking(arm, control)
    guard lacking.contains(true) else { return nil }
    return table.versions.codes.map { !lacking[Int($0) + 1] }
  }

  /// How many days' units have closed windows of an outcome, from the first on.
  func matureDayCount(_ outcome: Int) -> Int {
    guard let last = table.outcomes[outcome].lastMatureDay else { return 0 }
    return max(0, min(dayCount, Int(last.number - firstDay) + 1))
  }

  /// Units whose windows of an outcome are still open.
  func immatureCount(_ outcome: Int) -> Int {
    let mature = Int32(matureDayCount(outcome))
    return dayPlaces.count { $0 >= mature }
  }

  /// Clusters with a mature unit of an outcome up to each day, whatever the arm.
  func clustersByDay(_ outcome: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: matureDayCount(outcome))
    var last = Int32.min
    for row in 0..<table.count where table.clusters[row] != last {
      last = table.clusters[row]
      // Days ascend within a cluster.
      if Int(dayPlaces[row]) < counts.count { counts[Int(dayPlaces[row])] += 1 }
    }
    for day in counts.indices.dropFirst() { counts[day] += counts[day - 1] }
    return counts
  }

  /// The columns of an outcome.
  /// - Parameters:
  ///   - arms: other arms than the units' own, such as those of the sends before.
  ///   - strata: which sums a unit belongs to.
  func rows(_ outcome: Int, arms: [UInt8]? = nil, weights: [Double]? = nil, strata: [Int32] = []) -> DailyMoments.Rows {
    let column = table.outcomes[outcome]
    return DailyMoments.Rows(
      clusters: table.clusters, arms: arms ?? table.arms, days: dayPlaces, weights: weights ?? self.weights,
      values: column.values, denominators: column.denominators, past: column.past,
      pastDenominators: column.pastDenominators, strata: strata)
  }

  /// Sums of the mature units of an outcome, of all days at once: a day each would not stay in the cache.
  func wholeMoments(_ outcome: Int, _ rows: DailyMoments.Rows, stratumCount: Int) -> DailyMoments? {
    let mature = Int32(matureDayCount(outcome))
    guard mature > 0 else { return nil }
    var rows = rows
    rows.days = []
    for row in dayPlaces.indices where dayPlaces[row] >= mature { rows.strata[row] = -1 }
    var sums = DailyMoments(armCount: experiment.arms.count, stratumCount: stratumCount)
    sums.add(rows, in: 0..<table.count)
    return sums
  }

  /// Sums of the mature units of an outcome by day; nil where none is mature.
  func moments(_ outcome: Int, _ rows: DailyMoments.Rows, stratumCount: Int = 1) -> DailyMoments? {
    let dayCount = matureDayCount(outcome)
    guard dayCount > 0 else { return nil }
    var sums = DailyMoments(armCount: experiment.arms.count, dayCount: dayCount, stratumCount: stratumCount)
    sums.add(rows, in: 0..<table.count)
    return sums
  }
}
