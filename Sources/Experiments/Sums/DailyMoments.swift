/// ``MomentSums`` by day, made of rows in one pass: what every nightly look would have seen, without a pass for each.
///
/// A cluster's totals grow from day to day, so its squares do not add up by day. What is kept of a day is by how much it
/// changed them: vv′ᵀ − vvᵀ. The sums up to a day are then those of the clusters as they stood at its end.
package struct DailyMoments: Sendable {
  /// Columns of one figure; all that are not empty have as many values as there are rows.
  package struct Rows: Sendable {
    /// Ascending.
    package var clusters: [Int32]
    /// Rows of an arm outside the sums' are left out.
    package var arms: [UInt8]
    /// Places of days, ascending within a cluster; rows outside the sums' are left out. Empty: all on one day.
    package var days: [Int32]
    /// Empty: all 1.
    package var weights: [Double]
    /// NaN leaves the row out.
    package var values: [Double]
    /// Empty: all 1. NaN leaves the row out.
    package var denominators: [Double]
    /// NaN is not known. Empty: none is.
    package var past: [Double]
    package var pastDenominators: [Double]
    /// Which of several sums a row belongs to; negative leaves it out. Empty: all to the first.
    package var strata: [Int32]

    package init(
      clusters: [Int32], arms: [UInt8], days: [Int32] = [], weights: [Double] = [], values: [Double],
      denominators: [Double] = [], past: [Double] = [], pastDenominators: [Double] = [], strata: [Int32] = []
    ) {
      (self.clusters, self.arms, self.days, self.weights) = (clusters, arms, days, weights)
      (self.values, self.denominators, self.past) = (values, denominators, past)
      (self.pastDenominators, self.strata) = (pastDenominators, strata)
    }
  }

  package let armCount: Int
  package let dayCount: Int
  package let stratumCount: Int
  /// By stratum, then by day.
  private var values: [Double]
  private let layout: MomentLayout

  /// Without rows.
  /// - Precondition: at most 64 arms.
  package init(armCount: Int, dayCount: Int = 1, stratumCount: Int = 1) {
    precondition((1...64).contains(armCount) && dayCount >= 1 && stratumCount >= 1, "sums are of arms, days and strata")
    (self.armCount, self.dayCount, self.stratumCount) = (armCount, dayCount, stratumCount)
    layout = MomentLayout(armCount: armCount)
    values = [Double](repeating: 0, count: layout.count * dayCount * stratumCount)
  }

  /// Takes in rows that share no cluster with those before.
  ///
  /// Cost: about 25 multiplications a row, and as many more for each further arm that its cluster is in.
  package mutating func add(_ rows: Rows, in range: Range<Int>) {
    let (layout, armCount, dayCount, stratumCount) = (layout, armCount, dayCount, stratumCount)
    values.withUnsafeMutableBufferPointer { sums in
      var open = OpenCluster(layout: layout, stratumCount: stratumCount)
      defer { open.deallocate() }
      for row in range {
        let arm = Int(rows.arms[row])
        let day = rows.days.isEmpty ? 0 : Int(rows.days[row])
        let stratum = rows.strata.isEmpty ? 0 : Int(rows.strata[row])
        let y = rows.values[row]
        let d = rows.denominators.isEmpty ? 1 : rows.denominators[row]
        guard arm < armCount, (0..<dayCount).contains(day), (0..<stratumCount).contains(stratum), !y.isNaN, !d.isNaN
        else { continue }
        open.turn(to: rows.clusters[row])
        let x = rows.past.isEmpty ? .nan : rows.past[row]
        let u = rows.pastDenominators.isEmpty ? 0 : rows.pastDenominators[row]
        open.add(
          sums.baseAddress! + (stratum * dayCount + day) * layout.count, arm: arm, stratum: stratum,
          weight: rows.weights.isEmpty ? 1 : rows.weights[row], y: y, d: d, x: x, u: u)
      }
    }
  }

  /// Takes in sums of other clusters.
  package static func += (a: inout DailyMoments, b: DailyMoments) {
    for place in a.values.indices { a.values[place] += b.values[place] }
  }

  /// Calls `body` with the sums up to the end of each day, ascending.
  package func forEachLook(stratum: Int = 0, _ body: (_ day: Int, MomentSums) throws -> Void) rethrows {
    var sums = [Double](repeating: 0, count: layout.count)
    for day in 0..<dayCount {
      let start = (stratum * dayCount + day) * layout.count
      for place in sums.indices { sums[place] += values[start + place] }
      try body(day, MomentSums(armCount: armCount, values: sums))
    }
  }

  /// The sums of all days.
  package func total(stratum: Int = 0) -> MomentSums {
    var result = MomentSums(armCount: armCount)
    forEachLook(stratum: stratum) { day, sums in if day == dayCount - 1 { result = sums } }
    return result
  }
}

/// The cluster whose rows are being added, in memory of its own.
private struct OpenCluster {
  private let layout: MomentLayout
  private var cluster: Int32 = .min
  /// By stratum and arm: its totals so far.
  private let totals: UnsafeMutablePointer<Double>
  /// By stratum: a bit for each arm that it has rows of.
  private let arms: UnsafeMutablePointer<UInt64>
  /// Strata that it has rows of.
  private let touched: UnsafeMutablePointer<Int>
  private var touchedCount = 0

  init(layout: MomentLayout, stratumCount: Int) {
    self.layout = layout
    let count = stratumCount * layout.armCount * MomentLayout.width
    totals = .allocate(capacity: count)
    totals.initialize(repeating: 0, count: count)
    arms = .allocate(capacity: stratumCount)
    arms.initialize(repeating: 0, count: stratumCount)
    touched = .allocate(capacity: stratumCount)
    touched.initialize(repeating: 0, count: stratumCount)
  }

  func deallocate() {
    totals.deallocate()
    arms.deallocate()
    touched.deallocate()
  }

  /// Forgets the cluster before.
  @inline(__always)
  mutating func turn(to next: Int32) {
    if next == cluster { return }
    cluster = next
    for place in 0..<touchedCount {
      let stratum = touched[place]
      var left = arms[stratum]
      while left != 0 {
        let start = totals + (stratum * layout.armCount + left.trailingZeroBitCount) * MomentLayout.width
        for i in 0..<MomentLayout.width { start[i] = 0 }
        left &= left - 1
      }
      arms[stratum] = 0
    }
    touchedCount = 0
  }

  /// Adds a row to the cluster, and to `sums` by how much that changes them.
  @inline(__always)
  mutating func add(
    _ sums: UnsafeMutablePointer<Double>, arm: Int, stratum: Int, weight: Double, y: Double, d: Double, x: Double,
    u: Double
  ) {
    let width = MomentLayout.width
    let isKnown = !x.isNaN && !u.isNaN
    let o = isKnown ? weight : 0
    // In the order of the layout.
    let change = SIMD8(weight * y, weight * d, isKnown ? weight * x : 0, isKnown ? weight * u : 0, o, 0, 0, 0)
    let others = enter(sums, arm: arm, stratum: stratum)
    sums[layout.rows + arm] += 1
    if y != 0 { sums[layout.events + arm] += 1 }
    Self.addPast(sums + layout.past, y, isKnown ? x : .nan)
    Self.addPast(sums + layout.past + MomentLayout.pastCount, d, isKnown ? u : .nan)
    let rowStride = layout.armCount * width
    let products = sums + layout.products
    var left = others
    while left != 0 {
      let other = left.trailingZeroBitCount
      left &= left - 1
      let theirs = totals + (stratum * layout.armCount + other) * width
      for i in 0..<width {
        for j in 0..<width {
          let product = change[i] * theirs[j]
          products[(arm * width + i) * rowStride + other * width + j] += product
          products[(other * width + j) * rowStride + arm * width + i] += product
        }
      }
    }
    let own = totals + (stratum * layout.armCount + arm) * width
    for i in 0..<width {
      let row = products + (arm * width + i) * rowStride + arm * width
      for j in 0..<width { row[j] += (own[i] + change[i]) * (own[j] + change[j]) - own[i] * own[j] }
    }
    for i in 0..<width {
      own[i] += change[i]
      sums[layout.sums + arm * width + i] += change[i]
    }
  }

  /// Counts the cluster in an arm that it was not in; the other arms that it is in.
  @inline(__always)
  private mutating func enter(_ sums: UnsafeMutablePointer<Double>, arm: Int, stratum: Int) -> UInt64 {
    let known = arms[stratum]
    let bit = UInt64(1) << UInt64(arm)
    if known & bit != 0 { return known & ~bit }
    if known == 0 {
      touched[touchedCount] = stratum
      touchedCount += 1
    }
    sums[layout.clusters + arm] += 1
    var left = known
    while left != 0 {
      let other = left.trailingZeroBitCount
      left &= left - 1
      sums[layout.shared + arm * layout.armCount + other] += 1
      sums[layout.shared + other * layout.armCount + arm] += 1
    }
    arms[stratum] = known | bit
    return known
  }

  @inline(__always)
  private static func addPast(_ sums: UnsafeMutablePointer<Double>, _ y: Double, _ x: Double) {
    sums[0] += 1
    sums[1] += y
    sums[2] += y * y
    if x.isNaN { return }
    sums[3] += 1
    sums[4] += x
    sums[5] += x * x
    sums[6] += y
    sums[7] += x * y
  }
}
