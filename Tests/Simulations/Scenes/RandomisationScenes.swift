import Experiments

/// Slots whose weekdays differ, under no effect: how often is p small? And how often does the interval hold an effect?
package enum RandomisationScenes {
  package static let all: [Scene] = [
    Scene(name: "randomisation: 8 blocks, enumerated", run: { effort, seed in validity(8, effort, seed) }),
    Scene(name: "randomisation: 24 blocks, drawn", run: { effort, seed in validity(24, effort, seed) }),
  ]

  /// A block is a busy slot and a quiet one; which gets the treatment is drawn.
  private static func validity(_ blocks: Int, _ effort: Effort, _ seed: UInt64) -> [Finding] {
    let runs = effort.runs(4000)
    let levels = [0.05, 0.1, 0.25, 0.5]
    let shares = tally(runs: runs, seed: seed) { draws in
      let slots = slots(blocks, &draws)
      let differences = slots.differences(treatment: 1, control: 0)
      let p = (try? RandomisationTest(differences: differences, draws: 499, seed: draws.word()).p) ?? 1
      let naive = permutationP(slots, draws: 199, &draws)
      let moved = differences.map { $0 + 0.7 }
      let test = try? RandomisationTest(differences: moved, draws: 499, seed: draws.word())
      return levels.map { p <= $0 } + levels.map { naive <= $0 } + [holds(test.map { ($0.low, $0.high) }, 0.7)]
    }
    let setting = "\(blocks) blocks, busy and quiet weekdays"
    return levels.indices.flatMap { index -> [Finding] in
      let u = levels[index]
      let room = 3 * (u * (1 - u) / Double(runs)).squareRoot()
      // The unblocked permutation has to fail, or this check could not.
      let contrast = Finding(
        setting, "unblocked permutation: p ≤ \(u)", shares[4 + index], index == 0 ? .limitAtLeast(u + room) : nil,
        effort)
      return [Finding(setting, "p ≤ \(u)", shares[index], .within(0...(u + room))), contrast]
    } + [
      Finding(
        setting, "interval holds the effect", shares[8],
        .within((0.95 - 3 * (0.05 * 0.95 / Double(runs)).squareRoot())...1))
    ]
  }

  private static func slots(_ blocks: Int, _ draws: inout Draws) -> SwitchbackSlots {
    var slots: [SwitchbackSlots.Slot] = []
    for block in 0..<blocks {
      let first = draws.below(2)
      for (arm, season) in [(first, 2.0), (1 - first, -2.0)] {
        let value = season + 0.5 * draws.normal()
        slots.append(SwitchbackSlots.Slot(block: block, arm: arm, value: value))
      }
    }
    return SwitchbackSlots(slots)
  }

  /// What a careless analysis does: shuffles arms over all slots, whatever their weekday.
  private static func permutationP(_ slots: SwitchbackSlots, draws count: Int, _ draws: inout Draws) -> Double {
    let values = slots.slots.map(\.value)
    var arms = slots.slots.map(\.arm)
    func statistic() -> Double { abs(zip(values, arms).reduce(0) { $0 + ($1.1 == 1 ? $1.0 : -$1.0) }) }
    let observed = statistic()
    var asFar = 1
    for _ in 0..<count {
      for index in arms.indices.reversed() { arms.swapAt(index, draws.below(index + 1)) }
      if statistic() >= observed - 1e-9 { asFar += 1 }
    }
    return Double(asFar) / Double(count + 1)
  }
}
