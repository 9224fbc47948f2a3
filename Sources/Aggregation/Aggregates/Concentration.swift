/// How contributions are spread over those who made them.
package struct Concentration: Sendable {
  /// Layers of the onion, from the inside.
  package enum Layer: String, Sendable, CaseIterable { case core, regular, casual }

  /// Contributions of each member who made any, most first.
  let counts: [Int]
  let total: Int

  /// Zeros are left out: they stand for nobody. The order makes no difference.
  package init(_ counts: [Int]) {
    self.counts = counts.filter { $0 > 0 }.sorted(by: >)
    total = self.counts.reduce(0, +)
  }

  /// Members and contributions of each layer: a member is core where those before it made less than 80 % of all,
  /// regular where less than 95 %, else casual. So a single giant is core.
  package var onion: [Layer: (members: Int, contributions: Int)] {
    var layers: [Layer: (members: Int, contributions: Int)] = [:]
    var before = 0
    for count in counts {
      let layer: Layer = 100 * before < 80 * total ? .core : 100 * before < 95 * total ? .regular : .casual
      layers[layer, default: (0, 0)].members += 1
      layers[layer, default: (0, 0)].contributions += count
      before += count
    }
    return layers
  }

  /// The fewest members whose contributions exceed half of all; nil without contributions.
  package var absenceFactor: Int? {
    var sum = 0
    for (place, count) in counts.enumerated() {
      sum += count
      if 2 * sum > total { return place + 1 }
    }
    return nil
  }

  /// Gini's coefficient over contributors: 0 where all made as much; Σ (2i − n − 1) xᵢ / (n Σ x), x ascending. Nil without
  /// contributions.
  package var gini: Double? {
    if total == 0 { return nil }
    let n = counts.count
    var sum = 0
    for (place, count) in counts.enumerated() { sum += (n - 1 - 2 * place) * count }
    return Double(sum) / (Double(n) * Double(total))
  }
}
