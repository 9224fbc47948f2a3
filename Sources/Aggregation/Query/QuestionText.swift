/// A flag of the command line with its value; without a value it is left out.
package struct QuestionFlag: Sendable, Equatable {
  package var name: String
  package var value: String?

  package init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }

  /// A flag that has no value: it stands there or not.
  package init(_ name: String, _ stands: Bool) {
    self.init(name, stands ? "" : nil)
  }

  /// `--name value`, quoted for a shell where it must be; nil where it is left out.
  var text: String? {
    value.map { $0.isEmpty ? "--\(name)" : "--\(name) \(shellWord($0))" }
  }
}

extension Question {
  /// The question as one types it behind `muster query`; words with spaces are quoted for a shell.
  package var commandLine: String {
    ([metric] + (flags + scope.flags).compactMap(\.text)).joined(separator: " ")
  }

  /// The whole command, from `muster` on.
  package var command: String { "muster query \(commandLine)" }
}

func shellWord(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy {
    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [44, 45, 46, 58, 95].contains($0)
  }
  if isPlain { return text }
  return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "\\$") + "\""
}
