internal import Aggregation
internal import Experiments
internal import Segments

extension ExperimentDescription {
  /// What a page has to know besides the figures in order to draw them: which arm is which, which figures are shares,
  /// and how much harm is allowed.
  package var json: String {
    let outcomes = units.outcomes
    let goals = goals.indices.map {
      "{\"name\":\(jsonText(outcomes[$0].name)),\"is_share\":\(outcomes[$0].isProportion)}"
    }
    let guardrails = guardrails.enumerated().map { place, guardrail in
      """
      {"name":\(jsonText(guardrail.name)),"is_share":\(outcomes[self.goals.count + place].isProportion),\
      "harm":"\(guardrail.harm.rawValue)","margin":\(guardrail.margin)}
      """
    }
    return """
      {"name":\(jsonText(name)),"units":"\(unitWord)","control":\(jsonText(control)),\
      "holdout":\(holdout.map(jsonText) ?? "null"),"goals":[\(goals.joined(separator: ","))],\
      "guardrails":[\(guardrails.joined(separator: ","))]}
      """
  }

  /// What is counted as independent.
  private var unitWord: String {
    switch design {
    case .memberRandomised, .sendRandomised: "members"
    case .communityRandomised: "communities"
    case .switchback: "slots"
    }
  }
}
