import Dispatch
import Experiments
import Synchronization

/// How often each of several things happened over many runs. Each run has draws of its own, so the order in which cores
/// take them does not matter.
/// - Parameter chunk: how many runs a core takes at once.
package func tally(
  runs: Int, seed: UInt64, chunk: Int = 50, _ body: @escaping @Sendable (inout Draws) -> [Bool]
) -> [Share] {
  let counts = Mutex<[Int]>([])
  DispatchQueue.concurrentPerform(iterations: (runs + chunk - 1) / chunk) { index in
    var own: [Int] = []
    for run in index * chunk..<min(runs, (index + 1) * chunk) {
      var draws = Draws(seed: seed, run: run)
      let flags = body(&draws)
      if own.isEmpty { own = flags.map { _ in 0 } }
      for (place, flag) in flags.enumerated() where flag { own[place] += 1 }
    }
    counts.withLock { all in all = all.isEmpty ? own : zip(all, own).map { $0 + $1 } }
  }
  return counts.withLock { $0 }.map { Share(count: $0, runs: runs) }
}

/// A share of runs with its exact 98 % interval: each limit alone is wrong once in 100.
package struct Share: Sendable {
  package let count: Int
  package let runs: Int

  package var value: Double { Double(count) / Double(runs) }

  package var low: Double {
    count == 0 ? 0 : BetaDistribution(alpha: Double(count), beta: Double(runs - count + 1)).quantile(0.01)
  }

  package var high: Double {
    count == runs ? 1 : BetaDistribution(alpha: Double(count + 1), beta: Double(runs - count)).upperQuantile(0.01)
  }
}

/// One line of the report: what was measured, what it had to be, and whether it was.
package struct Finding: Sendable {
  package let scene: String
  package let figure: String
  package let value: Double
  package let low: Double?
  package let high: Double?
  package let runs: Int
  /// Nil where the figure is shown for contrast.
  package let bound: Bound?
  /// The short form has too few runs to prove a bound: it is held to what they do not contradict.
  private let isProved: Bool

  package enum Bound: Sendable {
    /// The upper 99 % limit is at most this, in the short form the lower.
    case limitAtMost(Double)
    /// The lower 99 % limit is at least this, in the short form the upper.
    case limitAtLeast(Double)
    /// The share itself lies here.
    case within(ClosedRange<Double>)
  }

  init(_ scene: String, _ figure: String, _ share: Share, _ bound: Bound? = nil, _ effort: Effort = .long) {
    self.scene = scene
    self.figure = figure
    value = share.value
    (low, high) = (share.low, share.high)
    runs = share.runs
    self.bound = bound
    isProved = effort == .long
  }

  /// Of a figure that is computed, not sampled.
  init(_ scene: String, _ figure: String, exact value: Double, _ bound: Bound) {
    self.scene = scene
    self.figure = figure
    self.value = value
    (low, high) = (nil, nil)
    runs = 0
    self.bound = bound
    isProved = true
  }

  package var holds: Bool {
    switch bound {
    case nil: true
    case .limitAtMost(let most): (isProved ? high ?? value : low ?? value) <= most
    case .limitAtLeast(let least): (isProved ? low ?? value : high ?? value) >= least
    case .within(let range): range.contains(value)
    }
  }
}

/// A question that is answered by simulation.
package struct Scene: Sendable {
  package let name: String
  /// Runs of the long form; the short one takes a tenth, and bounds that it can keep.
  package let run: @Sendable (_ effort: Effort, _ seed: UInt64) -> [Finding]
}

/// How long a simulation may take.
package enum Effort: String, Sendable {
  case short
  case long

  func runs(_ long: Int) -> Int { self == .long ? long : max(200, long / 20) }

  /// A bound with room for the fewer runs of the short form.
  func coverage(_ runs: Int) -> ClosedRange<Double> {
    let room = self == .long ? 0 : 4 * (0.05 * 0.95 / Double(self.runs(runs))).squareRoot()
    return (0.94 - room)...(0.96 + room)
  }
}
