internal import ArgumentParser
internal import Events

/// Looks at the verbs before anything is parsed: a mistyped one gets the nearest that exists.
enum Spelling {
  static func check(_ words: [String]) throws {
    var command: any ParsableCommand.Type = Muster.self
    for word in words {
      let verbs = verbs(of: command)
      if verbs.isEmpty || word.hasPrefix("-") || word == "help" { return }
      guard let next = verbs.first(where: { $0.name == word }) else {
        let near = nearestWord(to: word, among: verbs.map(\.name)).map { " Did you mean '\($0)'?" } ?? ""
        throw ValidationError(
          "'\(word)' is not a verb.\(near) Known: \(verbs.map(\.name).joined(separator: ", ")).")
      }
      command = next.command
    }
  }

  private struct Verb {
    var name: String
    var command: any ParsableCommand.Type
  }

  private static func verbs(of command: any ParsableCommand.Type) -> [Verb] {
    var verbs: [Verb] = []
    for child in command.configuration.subcommands { verbs.append(Verb(name: child._commandName, command: child)) }
    return verbs
  }
}
