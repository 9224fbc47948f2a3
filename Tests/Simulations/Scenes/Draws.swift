import Experiments
import Foundation
import TestSupport

/// Random draws of one run; the same for the same seed.
package struct Draws {
  private var numbers: SeededNumbers
  private var spare: Double?

  package init(seed: UInt64, run: Int) {
    var first = SeededNumbers(seed: seed ^ UInt64(run) &* 0xD6E8_FEB8_6659_FD93)
    numbers = SeededNumbers(seed: first.next())
  }

  mutating func word() -> UInt64 { numbers.next() }

  /// In 0..<1.
  mutating func uniform() -> Double { Double(numbers.next() >> 11) * 0x1p-53 }

  mutating func below(_ count: Int) -> Int { Int(numbers.next() % UInt64(count)) }

  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// Standard normal, by Marsaglia's polar method.
  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let s = x * x + y * y
      guard s < 1, s > 0 else { continue }
      let factor = (-2 * log(s) / s).squareRoot()
      spare = y * factor
      return x * factor
    }
  }

  /// How many of `trials` happen: words of coins at ½, gaps between successes where they are rare.
  mutating func binomial(_ trials: Int, _ probability: Double) -> Int {
    if probability == 0.5 {
      var (count, rest) = (0, trials)
      while rest > 0 {
        let bits = min(64, rest)
        count += (numbers.next() >> UInt64(64 - bits)).nonzeroBitCount
        rest -= bits
      }
      return count
    }
    if probability < 0.15 {
      let scale = log1p(-probability)
      var (count, place) = (0, 0.0)
      while true {
        place += (log(1 - uniform()) / scale).rounded(.down) + 1
        if place > Double(trials) { return count }
        count += 1
      }
    }
    return (0..<trials).reduce(0) { count, _ in count + (happens(probability) ? 1 : 0) }
  }
}

/// The chance of an opening of a member: two kinds of members, mean `mean`, correlation `icc` between sends of one.
func memberChance(mean: Double, icc: Double, _ draws: inout Draws) -> Double {
  let spread = (icc * mean * (1 - mean)).squareRoot()
  return draws.happens(0.5) ? mean + spread : mean - spread
}
