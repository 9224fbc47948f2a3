internal import Experiments

/// Reads estimates out of sums: of all units at once, or within plan versions.
struct LookReader {
  private let frame: UnitFrame
  private let isAdjusted: Bool
  private let isProportion: Bool
  /// Within a version little is asked for: the whole is held to the rule.
  private let least = SampleRequirement(units: 2, events: 1, nonEvents: 1)

  init(_ frame: UnitFrame, isAdjusted: Bool, isProportion: Bool) {
    (self.frame, self.isAdjusted, self.isProportion) = (frame, isAdjusted, isProportion)
  }

  private func name(_ arm: Int) -> String { frame.experiment.arms[arm].name }

  func estimate(_ arm: Int, _ total: MomentSums) throws(InsufficientData) -> Estimate {
    try total.estimate(arm, named: name(arm), adjusting: isAdjusted, isProportion: isProportion)
  }

  /// Of plan versions those that hold both arms.
  func estimates(_ arm: Int, _ total: MomentSums, _ parts: [MomentSums]) throws(InsufficientData) -> TwoEstimates {
    let control = frame.experiment.controlPlace
    let pair = ((place: arm, name: name(arm)), (place: control, name: name(control)))
    let whole = try total.estimates(
      treatment: pair.0, control: pair.1, adjusting: isAdjusted, isProportion: isProportion)
    if parts.isEmpty { return whole }
    var versions: [TwoEstimates] = []
    for part in parts {
      if let version = try? part.estimates(
        treatment: pair.0, control: pair.1, adjusting: isAdjusted, isProportion: isProportion, requirement: least)
      {
        versions.append(version)
      }
    }
    return try PlanVersions.combined(versions)
  }
}
