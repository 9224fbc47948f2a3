/// A sample as its distinct values with counts: what a quantile rests on. Samples add.
package struct ValueCounts: Sendable, Equatable {
  /// Ascending, without repeats.
  package let values: [Double]
  /// Of each value; above 0.
  package let counts: [Int]
  /// counts[0] + … + counts[i].
  private let cumulative: [Int]

  package static let zero = ValueCounts([:])

  /// From values in any order; none is NaN.
  package init(_ countByValue: [Double: Int]) {
    let sorted = countByValue.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    self.init(values: sorted.map(\.key), counts: sorted.map(\.value))
  }

  /// From values one by one.
  package init(_ sample: some Sequence<Double>) {
    self.init(sample.reduce(into: [:]) { $0[$1, default: 0] += 1 })
  }

  private init(values: [Double], counts: [Int]) {
    self.values = values
    self.counts = counts
    var sum = 0
    cumulative = counts.map {
      sum += $0
      return sum
    }
  }

  /// How many values there are, repeats included.
  package var count: Int { cumulative.last ?? 0 }

  /// Both samples. Cost: linear.
  package static func + (a: ValueCounts, b: ValueCounts) -> ValueCounts {
    var (values, counts) = ([Double](), [Int]())
    var (i, j) = (0, 0)
    while i < a.values.count || j < b.values.count {
      let next = min(i < a.values.count ? a.values[i] : .infinity, j < b.values.count ? b.values[j] : .infinity)
      var count = 0
      if i < a.values.count, a.values[i] == next { (count, i) = (count + a.counts[i], i + 1) }
      if j < b.values.count, b.values[j] == next { (count, j) = (count + b.counts[j], j + 1) }
      values.append(next)
      counts.append(count)
    }
    return ValueCounts(values: values, counts: counts)
  }

  /// The `rank`-th smallest, from 0. Cost: logarithmic.
  package func ordered(_ rank: Int) -> Double {
    precondition(rank >= 0 && rank < count, "a rank lies in the sample")
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > rank { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }

  /// The quantile between neighbours by linear interpolation (type 7 of Hyndman and Fan); nil without values.
  package func quantile(_ share: Double) -> Double? {
    precondition((0...1).contains(share), "a share lies in 0...1")
    guard count > 0 else { return nil }
    let place = Double(count - 1) * share
    let rank = Int(place)
    let below = ordered(rank)
    guard rank + 1 < count else { return below }
    return below + (place - Double(rank)) * (ordered(rank + 1) - below)
  }
}
