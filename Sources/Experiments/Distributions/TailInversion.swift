internal import Numerics

/// Finds where a tail has a given probability.
enum TailInversion {
  /// The u at which `tail(u)` is `probability`, to the last digits that the tail has.
  ///
  /// Newton's method on the logarithm of the tail, kept inside what earlier steps have shown to hold the answer.
  /// - Parameters:
  ///   - start: anywhere; near the answer it takes three to six steps.
  ///   - isRising: whether the tail grows with u.
  ///   - tail: the tail and the size of its slope at u; both may be 0 far from the answer.
  static func solve(
    _ probability: Double, from start: Double, isRising: Bool, tail: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var u = start
    var (low, high) = (-Double.infinity, Double.infinity)
    var reach = 1.0
    for _ in 0..<400 {
      let (value, slope) = tail(u)
      if value == probability { return u }
      if (value > probability) == isRising { high = u } else { low = u }
      let step = .log(value / probability) * value / slope
      var next = isRising ? u - step : u + step
      if !(next > low && next < high) {  // also where it is no number
        if low.isFinite && high.isFinite {
          next = low + (high - low) / 2
        } else {
          next = low.isFinite ? low + reach : high - reach
          reach *= 2
        }
      }
      if abs(next - u) <= 0x1p-52 * abs(u) || next == low || next == high { return next }
      u = next
    }
    return u
  }
}
