/// A product whose rules a question can go by.
package enum Rival: String, Sendable, CaseIterable {
  case amplitude, mixpanel, posthog, discourse

  /// Its name as it writes it.
  var name: String {
    switch self {
    case .amplitude: "Amplitude"
    case .mixpanel: "Mixpanel"
    case .posthog: "PostHog"
    case .discourse: "Discourse"
    }
  }
}

/// What a rival's rules make of a question.
package struct RivalQuestion {
  /// The question under rules that Muster has too.
  var question: any Question
  /// The rules that differ, in words.
  var rules: [String] = []
  /// What the log lacks for the rest of them.
  var missing: [String] = []
  /// Rules that only change the figures of the answer.
  var finish: (@Sendable (inout Answer) -> Void)?

  init(_ question: any Question) { self.question = question }

  /// Of a breakdown its rules are not applied.
  func withoutGroups() -> RivalQuestion {
    var adapted = self
    adapted.missing = ["its rules are applied to all events, not to groups; leave out --by"]
    return adapted
  }
}

extension Question {
  /// Nothing is known of a rival's rules, unless the question says.
  package func adapted(to rival: Rival) -> RivalQuestion {
    var adapted = RivalQuestion(self)
    adapted.missing = ["\(rival.name) has no rule for \(metric) that is known here"]
    return adapted
  }
}
