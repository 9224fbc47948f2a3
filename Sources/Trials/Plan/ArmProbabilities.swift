/// With which probability each arm is drawn, where some are not allowed.
///
/// The holdout keeps its weight. The arms with a send share the rest in proportion to their weights; those that would
/// fall below the floor are lifted to it, and the others give it in proportion.
struct ArmProbabilities: Equatable {
  /// By arm; they add to 1.
  let values: [Double]
  /// Where the stretch of each arm ends in 0…1.
  private let ends: [Double]

  /// Nil where no arm with a send is allowed.
  /// - Precondition: the floor leaves room for all arms with a weight.
  init?(weights: [Double], holdout: Int?, isAllowed: [Bool], floor: Double) {
    let held = holdout.map { weights[$0] } ?? 0
    let open = weights.indices.filter { $0 != holdout && weights[$0] > 0 && isAllowed[$0] }
    let sum = open.reduce(0) { $0 + weights[$1] }
    guard sum > 0 else { return nil }
    precondition(floor * Double(open.count) <= 1 - held + 1e-12, "the floor leaves room for all arms")
    var values = [Double](repeating: 0, count: weights.count)
    if let holdout { values[holdout] = held }
    // Where all arms are allowed they have their weights, to the last bit.
    let scale = abs(sum + held - 1) < 1e-9 ? 1 : (1 - held) / sum
    for arm in open { values[arm] = weights[arm] * scale }
    var lifted: Set<Int> = []
    while let low = open.first(where: { !lifted.contains($0) && values[$0] < floor }) {
      lifted.insert(low)
      let rest = 1 - held - Double(lifted.count) * floor
      let others = open.filter { !lifted.contains($0) }
      let otherSum = others.reduce(0) { $0 + weights[$1] }
      for arm in lifted { values[arm] = floor }
      for arm in others { values[arm] = weights[arm] / otherSum * rest }
    }
    // What is logged is what was drawn with: twelve digits of each.
    values = values.map { ($0 * 1e12).rounded() / 1e12 }
    self.values = values
    var end = 0.0
    ends = values.map {
      end += $0
      return end
    }
  }

  /// The arm whose stretch holds a number of 0…1.
  func arm(at position: Double) -> Int {
    // Rounding may leave a hair above the last end.
    ends.firstIndex { position < $0 } ?? values.lastIndex { $0 > 0 }!
  }
}
