/// Draws indices in proportion to weights, in constant time.
///
/// Alias method: each of n equal slots holds its own index up to a limit and another index above it.
/// Source: Vose, *A linear algorithm for generating random numbers with a given distribution*, 1991.
package struct WeightedChoice {
  private var limits: [UInt64]
  private var others: [UInt32]

  /// - Parameter weights: at least one, none negative, not all zero.
  package init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(total > 0)
    var shares = weights.map { $0 / total * Double(weights.count) }
    limits = [UInt64](repeating: 1 << 32, count: weights.count)
    others = Array(0..<UInt32(weights.count))
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let low = small.last, let high = large.last {
      small.removeLast()
      limits[low] = UInt64(shares[low] * 0x1p32)
      others[low] = UInt32(high)
      shares[high] -= 1 - shares[low]
      if shares[high] < 1 { small.append(large.removeLast()) }
    }
  }

  /// Ranks 0, 1, 2, … with weights 1, 1/2, 1/3, … (Zipf's law).
  package static func zipf(_ count: Int) -> WeightedChoice {
    WeightedChoice((1...count).map { 1 / Double($0) })
  }

  /// An index, drawn with `stream`.
  package func draw(_ stream: inout RandomStream) -> Int {
    let (slot, rest) = UInt64(limits.count).multipliedFullWidth(by: stream.next())
    return rest &>> 32 < limits[Int(slot)] ? Int(slot) : Int(others[Int(slot)])
  }
}
