internal import Events

extension Question {
  /// The question as one types it behind `muster query`; words with spaces are quoted for a shell.
  package var commandLine: String {
    switch self {
    case .activity(let question):
      return words([
        "activity", option("granularity", question.granularity == .day ? nil : question.granularity.rawValue),
        option("trailing", question.trailing.map(String.init)),
        option("by", question.by.isEmpty ? nil : question.by.joined(separator: ",")),
        range(question.days), option("where", question.filter?.text),
      ])
    case .retention(let question):
      return words([
        "retention", option("cohort", question.cohort == .day ? nil : question.cohort.rawValue),
        option("periods", question.periods.map(String.init)), range(question.days),
        option("where", question.filter?.text),
      ])
    }
  }

  private func words(_ words: [String?]) -> String { words.compactMap(\.self).joined(separator: " ") }

  private func option(_ name: String, _ value: String?) -> String? {
    value.map { "--\(name) \(shellWord($0))" }
  }

  private func range(_ days: DayRange) -> String? {
    let parts = [option("from", days.from?.description), option("to", days.to?.description)].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  private func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [44, 45, 46, 58, 95].contains($0)
    }
    if isPlain, !text.isEmpty { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$") + "\""
  }
}
