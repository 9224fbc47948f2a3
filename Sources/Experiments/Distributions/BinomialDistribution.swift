internal import Numerics

/// How many of `trials` independent trials succeed.
package struct BinomialDistribution: Sendable, Equatable {
  package let trials: Int
  /// Of one trial; in 0…1.
  package let probability: Double

  /// - Precondition: `trials` is not negative and `probability` lies in 0…1.
  package init(trials: Int, probability: Double) {
    precondition(trials >= 0, "a number of trials is not negative")
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    self.trials = trials
    self.probability = probability
  }

  /// P(X = k); 0 outside 0…trials.
  package func density(_ k: Int) -> Double {
    if k < 0 || k > trials { return 0 }
    if probability == 0 { return k == 0 ? 1 : 0 }
    if probability == 1 { return k == trials ? 1 : 0 }
    let n = Double(trials)
    let failure = 1 - probability
    if k == 0 { return .exp(n * .log(onePlus: -probability)) }
    if k == trials { return .exp(n * .log(probability)) }
    let (x, y) = (Double(k), Double(trials - k))
    let remainders =
      SaddlePoint.stirlingRemainder(n) - SaddlePoint.stirlingRemainder(x) - SaddlePoint.stirlingRemainder(y)
    let deviances = SaddlePoint.deviance(x, n * probability) + SaddlePoint.deviance(y, n * failure)
    return (n / x / y * 0.159154943091895336).squareRoot() * .exp(remainders - deviances)  // √(n / 2πxy)
  }

  /// P(X ≤ k).
  package func lowerTail(_ k: Int) -> Double {
    if k < 0 { return 0 }
    if k >= trials { return 1 }
    return tails(k).upper
  }

  /// P(X > k), without k itself.
  package func upperTail(_ k: Int) -> Double {
    if k < 0 { return 1 }
    if k >= trials { return 0 }
    return tails(k).lower
  }

  /// The least k with P(X ≤ k) ≥ `tail`, which lies in 0…1.
  package func quantile(_ tail: Double) -> Int {
    precondition((0...1).contains(tail), "a probability lies in 0...1")
    let z = min(max(NormalDistribution.quantile(tail), -40), 40)
    return least(near: z) { lowerTail($0) >= tail }
  }

  /// The least k with P(X > k) ≤ `tail`, which lies in 0…1.
  package func upperQuantile(_ tail: Double) -> Int {
    precondition((0...1).contains(tail), "a probability lies in 0...1")
    let z = min(max(NormalDistribution.upperQuantile(tail), -40), 40)
    return least(near: z) { upperTail($0) <= tail }
  }

  /// X > k exactly when the (k + 1)-th smallest of n uniform variables, a beta variable, lies below p.
  private func tails(_ k: Int) -> Tails {
    IncompleteBeta.tails(Double(k + 1), Double(trials - k), x: probability, y: 1 - probability)
  }

  /// The least k in 0…trials that `holds`, which is false below some k and true from there on; looked for outward
  /// from z standard deviations above the mean.
  private func least(near z: Double, _ holds: (Int) -> Bool) -> Int {
    let mean = Double(trials) * probability
    let guess = Int(min(max(mean + z * (mean * (1 - probability)).squareRoot(), 0), Double(trials)))
    var (low, high) = (-1, trials)  // not at low, certainly at high
    var step = 1
    if holds(guess) {
      high = guess
      while high - step > low, holds(high - step) { (high, step) = (high - step, 2 * step) }
      low = max(low, high - step)
    } else {
      low = guess
      while low + step < high, !holds(low + step) { (low, step) = (low + step, 2 * step) }
      high = min(high, low + step)
    }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
