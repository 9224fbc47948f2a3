internal import Glibc

/// What pushes added: planned units against the held-out ones of the same push and day.
///
/// ```
/// stratum s   push, day        nT units of the group, xT of them active      nH held out, xH active
/// estimate    Σ nT (xT/nT − xH/nH) / Σ nT                 each push and day weighs as it does in the group
/// residual    of a member      Σ (x − xT/nT) over own planned units − Σ nT/nH (x − xH/nH) over own held-out units
/// variance    G/(G−1) Σ residual² / (Σ nT)²               a member's two sides in one sum, so that they covary
/// ```
/// Residuals are kept as multiples of 2⁻³⁰, so that their sums do not depend on the order of members.
struct HoldoutEffects {
  /// Of one group.
  struct Effect {
    /// Planned units that are not held out.
    var planned = 0
    /// Those of them that have matured and have a holdout.
    var compared = 0
    /// The difference of the shares.
    var rate: Double?
    /// Members on either side, and the sum of their squared residuals.
    var members = 0
    var squares = 0.0

    /// The 95 % interval, null under 30 members and where no residual is left.
    var interval: (low: Double, high: Double)? {
      guard let rate, members >= ClusterSums.memberCountMin, squares > HoldoutEffects.squaresMin else { return nil }
      let g = Double(members)
      let error = (g / (g - 1) * squares).squareRoot() / Double(compared)
      let half = StudentQuantile.value(degreesOfFreedom: members - 1) * error
      return (rate - half, rate + half)
    }
  }

  private struct Sums {
    var n = 0
    var x = 0
    var share: Double { Double(x) / Double(n) }
  }

  /// A push and day, and the group on its side; nil is held out.
  private struct Side: Hashable {
    var stratum: Int
    var day: Int32
    var group: Int?
  }

  /// Less than that is what rounding leaves.
  static let squaresMin = 1e-9
  private static let one = Double(1 << 30)

  private(set) var groups: [Effect]
  private(set) var plannedCount = 0
  private(set) var heldCount = 0
  private(set) var unmatchedCount = 0

  /// - Parameter places: the place of each group.
  init(_ walks: [PlanWalk], _ kinds: PlanKinds, places: [GroupValues: Int]) {
    groups = Array(repeating: Effect(), count: places.count)
    let places = kinds.groups.indices.map { kinds.isHeld($0) ? nil : places[kinds.groups[$0]] }
    let strata = kinds.strataPlaces
    var sides: [Side: Sums] = [:]
    for walk in walks {
      for unit in walk.units {
        let group = places[Int(unit.kind)]
        if let group { groups[group].planned += 1 }
        plannedCount += 1
        heldCount += group == nil ? 1 : 0
        guard unit.isMature else { continue }
        let side = Side(stratum: strata[Int(unit.kind)], day: unit.day, group: group)
        sides[side, default: Sums()].n += 1
        sides[side]!.x += unit.isActive ? 1 : 0
      }
    }
    // In the order of strata and days: sums of fractions depend on it.
    let treated = sides.keys.filter { $0.group != nil }.sorted {
      ($0.group!, $0.stratum, $0.day) < ($1.group!, $1.stratum, $1.day)
    }
    var sums = [Double](repeating: 0, count: groups.count)
    var residuals = Residuals()
    for side in treated {
      let (group, own) = (side.group!, sides[side]!)
      let heldSide = Side(stratum: side.stratum, day: side.day, group: nil)
      guard let held = sides[heldSide] else {
        unmatchedCount += own.n
        continue
      }
      groups[group].compared += own.n
      sums[group] += Double(own.x) - Double(own.n) * Double(held.x) / Double(held.n)
      let weight = Double(own.n) / Double(held.n)
      residuals.own[side] = [0, 1].map { Self.fixed($0 - own.share) }
      residuals.held[heldSide, default: []].append((group, [0, 1].map { Self.fixed(-weight * ($0 - held.share)) }))
    }
    for group in groups.indices where groups[group].compared > 0 {
      groups[group].rate = sums[group] / Double(groups[group].compared)
    }
    addSquares(of: walks, residuals, places, strata)
  }

  private static func fixed(_ value: Double) -> Int64 { Int64((value * one).rounded()) }

  /// By side: the residuals of a unit that was not active and of one that was.
  private struct Residuals {
    var own: [Side: [Int64]] = [:]
    /// Of held-out units, for each group that is compared with them.
    var held: [Side: [(group: Int, values: [Int64])]] = [:]
  }

  private mutating func addSquares(
    of walks: [PlanWalk], _ residuals: Residuals, _ places: [Int?], _ strata: [Int]
  ) {
    var squares = [Int128](repeating: 0, count: groups.count)
    var sums: [(group: Int, sum: Int64)] = []
    func add(_ group: Int, _ value: Int64) {
      if let place = sums.firstIndex(where: { $0.group == group }) {
        sums[place].sum += value
      } else {
        sums.append((group, value))
      }
    }
    for walk in walks {
      var start = 0
      for end in walk.ends {
        sums.removeAll(keepingCapacity: true)
        for unit in walk.units[start..<end] where unit.isMature {
          let group = places[Int(unit.kind)]
          let side = Side(stratum: strata[Int(unit.kind)], day: unit.day, group: group)
          let place = unit.isActive ? 1 : 0
          if let group {
            if let values = residuals.own[side] { add(group, values[place]) }
          } else {
            for (group, values) in residuals.held[side] ?? [] { add(group, values[place]) }
          }
        }
        for (group, sum) in sums {
          groups[group].members += 1
          squares[group] += Int128(sum) * Int128(sum)
        }
        start = end
      }
    }
    for group in groups.indices { groups[group].squares = Double(squares[group]) / (Self.one * Self.one) }
  }
}
