import Foundation
import Testing

/// What a person can type, write into a file or fetch stands in the README or the guides.
@Suite struct DocumentedWordsTests {
  @Test("Every verb of the command line is in README.md")
  func verbs() {
    let readme = Repository.text("README.md") ?? ""
    let verbs = commandVerbs()
    #expect(verbs.count >= 10, "the reader of the commands finds too few")
    expectNone(
      verbs.filter { !containsWord(readme, $0.words) }.map {
        Offence(path: $0.path, line: $0.line, message: "README.md does not show '\($0.words)'")
      })
  }

  @Test("Every key of the YAML files is in README.md or a guide")
  func keys() {
    let keys = yamlKeys()
    #expect(keys.count >= 25, "the reader of the keys finds too few")
    expectNone(
      keys.filter { !containsWord(Repository.documents, $0.key) }.map {
        Offence(path: $0.path, line: $0.line, message: "no document explains the key '\($0.key)'")
      })
  }

  @Test(
    "Every file of the workspace has its list of keys",
    arguments: [
      ("WorkspaceSettings", "time-zone"), ("DatasetFile", "member"), ("DashboardDescription", "tiles"),
      ("DashboardDescription", "chart"), ("PipelineDescription", "fresh-within"), ("PipelineDescription", "publish"),
    ])
  func listsOfKeys(file: String, key: String) {
    let isListed = yamlKeys().contains { $0.path.hasSuffix("/\(file).swift") && $0.key == key }
    #expect(isListed, "'\(key)' is not found in a list of \(file).swift")
  }

  @Test("Every route of the server is in README.md")
  func routes() {
    let readme = Repository.text("README.md") ?? ""
    let routes = serverRoutes()
    #expect(routes.count >= 7, "the reader of the routes finds too few")
    expectNone(
      routes.filter { !readme.contains($0.route) }.map {
        Offence(path: $0.path, line: $0.line, message: "README.md does not name '\($0.route)'")
      })
  }

  @Test(
    "A word is found whole, not within another",
    arguments: [
      ("run it", "run", true), ("rerun it", "run", false), ("`muster run`", "muster run", true), ("runs", "run", false),
      ("week-start: monday", "week-start", true), ("a week-start-day", "week-start", false), ("", "run", false),
      ("title\n", "title", true), ("subtitle, title", "title", true),
    ])
  func rows(text: String, word: String, isFound: Bool) {
    #expect(containsWord(text, word) == isFound)
  }
}

/// `muster VERB`, and `muster VERB SUBVERB` where a verb has verbs of its own: the types under `Commands/` that have a
/// `CommandConfiguration`, by `commandName:` or else by their name as swift-argument-parser spells it.
private func commandVerbs() -> [(path: String, line: Int, words: String)] {
  var names: [String: (path: String, line: Int, name: String)] = [:]
  var children: [String: [String]] = [:]
  for file in Repository.swiftFiles(below: "Sources/muster") {
    var type = ""
    var isListing = false
    for (index, line) in file.lines.enumerated() {
      let words = line.split { " :{".contains($0) }
      if let keyword = words.firstIndex(of: "struct"), keyword + 1 < words.count, line.contains("ParsableCommand") {
        type = String(words[keyword + 1])
        names[type] = (file.path, index + 1, type == "SQL" ? "sql" : hyphenated(type))
      }
      if let name = line.range(of: "commandName: \"") {
        names[type]?.name = String(line[name.upperBound...].prefix { $0 != "\"" })
      }
      if line.contains("subcommands: [") { isListing = true }
      guard isListing else { continue }
      if line.contains("]") { isListing = false }
      let listed = line.split { !($0.isLetter || $0.isNumber || $0 == ".") }.filter { $0.hasSuffix(".self") }
      children[type, default: []] += listed.map { String($0.dropLast(".self".count)) }
    }
  }
  func verbs(of type: String, after words: String) -> [(path: String, line: Int, words: String)] {
    children[type, default: []].filter { names[$0] != nil }.flatMap { child in
      let (path, line, name) = names[child] ?? ("", 0, "")
      return [(path, line, "\(words) \(name)")] + verbs(of: child, after: "\(words) \(name)")
    }
  }
  return verbs(of: "Muster", after: "muster")
}

/// The strings of every `static let keys = […]` of the sources, also of those called `…Keys` and `stepNames`, and the
/// metrics of questions.
private func yamlKeys() -> [(path: String, line: Int, key: String)] {
  Repository.swiftFiles(below: "Sources").flatMap { file in
    var isInside = false
    return file.lines.enumerated().flatMap { index, line -> [(path: String, line: Int, key: String)] in
      let opens = ["let keys = [", "Keys = [", "let stepNames = ["].contains { line.contains($0) }
      if opens, line.contains("static let ") { isInside = true }
      // A question stands under its metric in a tile.
      let isMetric = line.contains("static var metric: String { \"")
      guard isInside || isMetric else { return [] }
      if line.contains("]") { isInside = false }
      let quoted = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      return quoted.filter { $0.offset % 2 == 1 }.map { (file.path, index + 1, String($0.element)) }
    }
  }
}

/// The strings of the server's route table that are paths.
private func serverRoutes() -> [(path: String, line: Int, route: String)] {
  Repository.swiftFiles(below: "Sources/DashboardServer").filter { $0.path.hasSuffix("/Route.swift") }.flatMap { file in
    file.lines.enumerated().filter { $0.element.contains("case ") || $0.element.contains("static let") }
      .flatMap { index, line in
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 1 && $0.element.hasPrefix("/") && $0.element != "/" }
          .map { (file.path, index + 1, String($0.element)) }
      }
  }
}

/// `StoreLayout` as `store-layout`.
private func hyphenated(_ name: String) -> String {
  name.reduce(into: "") { $0 += ($1.isUppercase && !$0.isEmpty ? "-" : "") + $1.lowercased() }
}

/// Whether `word` stands in `text` with no letter, digit, `-` or `_` beside it.
private func containsWord(_ text: String, _ word: String) -> Bool {
  func joins(_ letter: Character?) -> Bool {
    letter.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } ?? false
  }
  return text.ranges(of: word).contains { range in
    let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
    let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
    return !joins(before) && !joins(after)
  }
}
