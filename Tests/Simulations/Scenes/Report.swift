import Foundation

/// All scenes, in the order of the report.
package let allScenes =
  SequentialScenes.all + SampleRatioScenes.all + CoverageScenes.all + RandomisationScenes.all + DecisionScenes.all
  + OffPolicyScenes.all + LoggedSendScenes.all + LoggedCommunityScenes.all + LoggedDayScenes.all

extension Finding {
  /// A row of a Markdown table.
  package var row: String {
    let limits = low.map { "\(percent($0)) – \(percent(high ?? $0))" } ?? "exact"
    let wanted =
      switch bound {
      case nil: "for contrast"
      case .limitAtMost(let most): "upper limit ≤ \(percent(most))"
      case .limitAtLeast(let least): "lower limit ≥ \(percent(least))"
      case .within(let range): "\(percent(range.lowerBound)) – \(percent(range.upperBound))"
      }
    let answer = bound == nil ? "" : holds ? "yes" : "**NO**"
    return
      "| \(scene) | \(figure) | \(percent(value)) | \(limits) | \(runs == 0 ? "" : "\(runs)") | \(wanted) | \(answer) |"
  }

  package static let header = """
    | setting | figure | share | 98 % interval | runs | wanted | holds |
    |---|---|---|---|---|---|---|
    """
}

/// `4.31 %`.
private func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
