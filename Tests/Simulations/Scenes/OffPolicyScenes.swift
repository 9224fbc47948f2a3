import Experiments
import Foundation

/// Logged sends with known propensities: do intervals of another policy's value hold the value that it has?
package enum OffPolicyScenes {
  package static let all: [Scene] = [Scene(name: "off-policy: the best hour of each segment", run: values)]

  /// Opening chance by segment and hour, before the member's own liking.
  private static let chances = [[0.10, 0.14, 0.20], [0.22, 0.15, 0.08]]
  private static let logging = [[0.6, 0.25, 0.15], [0.2, 0.3, 0.5]]
  private static let best = [2, 0]

  private struct Send {
    var segment: Int
    var hour: Int
    var isOpen: Bool
  }

  private static func values(_ effort: Effort, _ seed: UInt64) -> [Finding] {
    let runs = 4000
    let truth = (chances[0][best[0]] + chances[1][best[1]]) / 2
    let shares = tally(runs: effort.runs(runs), seed: seed) { draws in
      let members = (0..<1500).map { _ in logged(&draws) }
      var cells = (0..<5).map { _ in Array(repeating: MeanSums.zero, count: 6) }
      for (index, sends) in members.enumerated() {
        for send in sends {
          cells[index % 5][send.segment * 3 + send.hour] =
            cells[index % 5][send.segment * 3 + send.hour] + MeanSums([send.isOpen ? 1 : 0])
        }
      }
      let predictions = FoldedCells(sums: cells).predictions()
      let sums = members.enumerated().reduce(PolicySums.zero) { sums, member in
        let model = predictions[member.offset % 5]
        return sums + PolicySums(member: member.element.map { weighed($0, model) })
      }
      guard let value = try? PolicyValue(sums) else { return [false, false, false, false] }
      let isNarrower = value.doublyRobust.standardError < value.inverse.standardError
      return [value.inverse, value.selfNormalised, value.doublyRobust].map { holds($0.interval(), truth) } + [
        isNarrower
      ]
    }
    let setting = "1500 members, 1–8 sends, ICC"
    let bound = Finding.Bound.within(effort.coverage(runs))
    return [
      Finding(setting, "IPS", shares[0], bound), Finding(setting, "self-normalised IPS", shares[1], bound),
      Finding(setting, "doubly robust, cross-fitted", shares[2], bound),
      Finding(setting, "doubly robust is narrower than IPS", shares[3], .limitAtLeast(0.9), effort),
    ]
  }

  private static func logged(_ draws: inout Draws) -> [Send] {
    let (segment, liking) = (draws.below(2), draws.happens(0.5) ? 1.5 : 0.5)
    return (0...draws.below(8)).map { _ in
      let place = draws.uniform()
      let hour = place < logging[segment][0] ? 0 : place < logging[segment][0] + logging[segment][1] ? 1 : 2
      return Send(segment: segment, hour: hour, isOpen: draws.happens(liking * chances[segment][hour]))
    }
  }

  private static func weighed(_ send: Send, _ model: [Double]) -> LoggedSend {
    let target = best[send.segment]
    return LoggedSend(
      propensity: logging[send.segment][send.hour], policyProbability: send.hour == target ? 1 : 0,
      outcome: send.isOpen ? 1 : 0, predictedOfArm: model[send.segment * 3 + send.hour],
      predictedOfPolicy: model[send.segment * 3 + target])
  }
}
