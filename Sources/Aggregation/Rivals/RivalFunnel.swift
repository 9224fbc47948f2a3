extension FunnelQuestion {
  /// All of them count members whose window is open.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var funnel = self
    var rules: [String] = []
    var missing: [String] = []
    func change(_ differs: Bool, _ rule: String, _ body: (inout FunnelQuestion) -> Void) {
      guard differs else { return }
      body(&funnel)
      rules.append(rule)
    }
    guard rival != .discourse else {
      return RivalQuestion(self, missing: ["Discourse has no rule for funnel that is known here"])
    }
    change(openWindows != .include, "members whose window is open count as not converted") { $0.openWindows = .include }
    change(ties != .either, "events of one instant may stand in either order") { $0.ties = .either }
    switch rival {
    case .amplitude:
      change(entry != .any, "every first step opens a window, and the longest path counts") { $0.entry = .any }
      missing.append("events within one second of each other count as of one instant")
    case .mixpanel:
      change(entry != .first, "the window opens with the member's first step-1 event alone") { $0.entry = .first }
      missing.append("a step may be two seconds too early")
      if !exclude.isEmpty { missing.append("an exclusion stops a member at its own step, and drops nobody") }
    case .posthog, .discourse: break
    }
    return RivalQuestion(funnel, rules: rules, missing: missing)
  }
}

extension RivalQuestion {
  /// A question, with what differs and what cannot be had.
  fileprivate init(_ question: any Question, rules: [String] = [], missing: [String]) {
    self.init(question)
    (self.rules, self.missing) = (rules, missing)
  }
}
