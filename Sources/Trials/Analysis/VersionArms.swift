internal import Aggregation

/// Which arms the versions of a plan could draw, as far as units and their logged propensities tell.
///
/// An arm that no unit of a version shows was impossible there if the shares of those that it shows add to 1. Where
/// propensities are missing, or differ within an arm and a version, nothing is known, and every arm counts as possible.
struct VersionArms: Sendable {
  private let armCount: Int
  /// By version, units without one first, and arm: the share of its units, NaN where they differ or have none.
  private var shares: [Double]
  /// No unit shows the arm.
  private static let unseen = -1.0

  init(_ table: UnitTable, armCount: Int) {
    self.armCount = armCount
    let hasShares = !table.versions.codes.isEmpty && !table.propensities.isEmpty
    shares = Array(repeating: Self.unseen, count: hasShares ? (table.versions.values.count + 1) * armCount : 0)
    for row in 0..<(hasShares ? table.count : 0) {
      let place = (Int(table.versions.codes[row]) + 1) * armCount + Int(table.arms[row])
      let share = table.propensities[row]
      if shares[place] == Self.unseen { shares[place] = share } else if shares[place] != share { shares[place] = .nan }
    }
  }

  /// By version, units without one first: whether it could not draw one of two arms. Empty where nothing is known, or
  /// no unit at all shows one of them.
  func lacking(_ a: Int, _ b: Int) -> [Bool] {
    let starts = stride(from: 0, to: shares.count, by: armCount)
    guard [a, b].allSatisfy({ arm in starts.contains { shares[$0 + arm] != Self.unseen } }) else { return [] }
    return starts.map { start in
      let version = shares[start..<start + armCount]
      // Twelve digits are logged: less is rounding.
      let isWhole = version.reduce(0) { $0 + ($1 == Self.unseen ? 0 : $1) } > 1 - 1e-6
      return isWhole && (version[start + a] == Self.unseen || version[start + b] == Self.unseen)
    }
  }

  /// By version, units without one first: whether it could not draw one of `arms`. Empty as above.
  func lackingAny(of arms: [Int]) -> [Bool] {
    var result: [Bool] = []
    for arm in arms.dropFirst() {
      let lacking = lacking(arms[0], arm)
      result = result.isEmpty ? lacking : lacking.isEmpty ? result : zip(result, lacking).map { $0 || $1 }
    }
    return result
  }
}
