internal import Numerics

/// The mean of within-block differences, judged by what other draws of the order would have given.
///
/// Under no effect each block's difference could as well have had the other sign. p is the share of sign patterns whose
/// mean is at least as far from 0; of up to 10⁵ patterns all are taken, else (1 + #) / (1 + B) of B drawn ones.
///
/// The interval holds each effect τ that the same test, of the differences less τ, does not reject. With F the blocks
/// that a pattern turns,
///
/// ```
/// |Σ± (d − τ)| ≥ |Σ (d − τ)|   ⇔   τ lies between the mean of F and the mean of the other blocks
/// ```
///
/// so p(τ) counts intervals that hold τ, and rises and falls around the mean: its ends are order statistics, not a
/// search. Exact where patterns are enumerated, whatever the distribution. Source: Fisher, *The Design of Experiments*
/// (1935), 21; Bojinov, Simchi-Levi, Zhao, *Design and Analysis of Switchback Experiments*, Management Science 69 (2023).
package struct RandomisationTest: Sendable, Equatable {
  /// Above this many patterns they are drawn.
  package static let enumeratedMax = 100_000

  package let blocks: Int
  /// The mean of the differences.
  package let difference: Double
  package let p: Double
  package let low: Double
  package let high: Double
  package let level: Double
  /// All patterns were taken.
  package let isEnumerated: Bool

  /// The least p that so many blocks can give, with `draws` patterns where they are not enumerated.
  package static func leastP(blocks: Int, draws: Int = 9_999) -> Double {
    isEnumerated(blocks) ? 2 / Double(1 << blocks) : 1 / Double(draws + 1)
  }

  /// - Parameters:
  ///   - differences: treatment minus control, one a block.
  ///   - draws: patterns that are drawn where there are too many.
  ///   - seed: of the draws.
  /// - Throws: ``InsufficientData`` where no pattern can reach 1 − level.
  package init(
    differences: [Double], level: Double = 0.95, draws: Int = 9_999, seed: UInt64 = 1
  ) throws(InsufficientData) {
    let alpha = 1 - level
    blocks = differences.count
    guard blocks > 0, Self.leastP(blocks: blocks, draws: draws) <= alpha * (1 + 1e-12) else {
      throw InsufficientData(.blocks, found: blocks, needed: Self.blocksMin(alpha: alpha, draws: draws))
    }
    isEnumerated = Self.isEnumerated(blocks)
    self.level = level
    let splits =
      isEnumerated
      ? Self.allSplits(of: differences) : Self.drawnSplits(of: differences, count: draws, seed: seed)
    // Enumerated, a pattern and its mirror split alike and only one is listed: count in pairs, the pair that turns none
    // or all included. Drawn, the observed pattern is one more.
    let total = splits.holdingAny + splits.lows.count + 1
    let everywhere = splits.holdingAny + 1
    difference = differences.reduce(0, +) / Double(blocks)
    p = Double(everywhere + splits.holdingZero) / Double(total)
    // p(τ) > α needs more than α · total splits around τ.
    let needed = Int((alpha * Double(total) * (1 + 1e-12)).rounded(.down)) + 1 - everywhere
    let (lows, highs) = (splits.lows.sorted(), splits.highs.sorted(by: >))
    low = needed <= 0 ? -.infinity : lows[needed - 1]
    high = needed <= 0 ? .infinity : highs[needed - 1]
  }

  private static func isEnumerated(_ blocks: Int) -> Bool { blocks < 17 && 1 << blocks <= enumeratedMax }

  private static func blocksMin(alpha: Double, draws: Int) -> Int {
    (1...64).first { leastP(blocks: $0, draws: draws) <= alpha } ?? 64
  }

  /// Each way to split the blocks in two, without the one that leaves a side empty.
  private static func allSplits(of differences: [Double]) -> Splits {
    var splits = Splits(differences)
    // The last block is never turned: the mirror of a pattern splits alike.
    for pattern in 1..<max(1, 1 << (differences.count - 1)) {
      var (turned, count) = (0.0, 0)
      for index in differences.indices where pattern >> index & 1 == 1 {
        turned += differences[index]
        count += 1
      }
      splits.add(turned: turned, count: count)
    }
    return splits
  }

  private static func drawnSplits(of differences: [Double], count: Int, seed: UInt64) -> Splits {
    var splits = Splits(differences)
    var signs = SeededSigns(seed: seed)
    for _ in 0..<count {
      var (turned, turnedCount, word) = (0.0, 0, UInt64(0))
      for index in differences.indices {
        if index & 63 == 0 { word = signs.next() }
        if word >> UInt64(index & 63) & 1 == 1 {
          turned += differences[index]
          turnedCount += 1
        }
      }
      splits.add(turned: turned, count: turnedCount)
    }
    return splits
  }
}

/// For each pattern the two means between which an effect makes it at least as extreme as the observed one.
private struct Splits {
  private let sum: Double
  private let count: Int
  /// Below this a product of sums is rounding of 0.
  private let noise: Double
  var lows: [Double] = []
  var highs: [Double] = []
  /// Patterns that turn no block or all: as extreme under every effect.
  var holdingAny = 0
  /// Splits that hold the effect 0.
  var holdingZero = 0

  init(_ differences: [Double]) {
    sum = differences.reduce(0, +)
    count = differences.count
    let size = differences.reduce(0) { $0 + abs($1) }
    noise = 1e-12 * size * size
  }

  mutating func add(turned: Double, count turnedCount: Int) {
    if turnedCount == 0 || turnedCount == count {
      holdingAny += 1
      return
    }
    let a = turned / Double(turnedCount)
    let b = (sum - turned) / Double(count - turnedCount)
    lows.append(min(a, b))
    highs.append(max(a, b))
    if turned * (sum - turned) <= noise { holdingZero += 1 }
  }
}
