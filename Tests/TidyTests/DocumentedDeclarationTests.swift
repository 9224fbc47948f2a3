import Testing

/// What other targets may use is explained where it is declared.
@Suite struct DocumentedDeclarationTests {
  @Test("Every declaration for other targets has a comment")
  func comments() {
    expectNone(
      Repository.swiftFiles(below: "Sources").flatMap { file in
        undocumented(in: file).map { Offence(path: file.path, line: $0.line, message: "no comment: \($0.text)") }
      })
  }

  @Test(
    "A declaration without a comment is found, and what needs none is left alone",
    arguments: [
      ("package func a() {}", 1), ("/// A.\npackage func a() {}", 0), ("/// A.\n@inlinable\npackage func a() {}", 0),
      ("@inlinable package func a() {}", 1), ("package struct A {\n}", 1), ("func a() {}", 0), ("package import A", 0),
      ("// A.\npackage func a() {}", 1), ("  package init(a: Int) { self.a = a }", 0),
      ("  package init(a: Int) {\n    self.a = a\n  }", 0), ("  package init(of a: Int) { b = load(a) }", 1),
      ("package static func < (a: A, b: A) -> Bool {}", 0), ("package var description: String { \"\" }", 0),
      ("/// A.\npackage struct A {\n  package var count: Int\n}", 0),
      ("/// A.\npackage struct A {\n  package var count: Int { 1 }\n}", 1),
      ("/// A.\n@available(\n  *, unavailable)\npackage func a() {}", 0), ("package extension A {", 0),
      ("extension A: B {\n  package var count: Int { 1 }\n}", 0), ("extension A {\n  package var b: Int { 1 }\n}", 1),
    ])
  func rows(text: String, count: Int) {
    #expect(undocumented(in: SourceFile(path: "A.swift", text: text)).count == count)
  }
}

/// Witnesses: the protocol says what they do.
private let witnesses: Set<String> = [
  "description", "debugDescription", "==", "<", "hash", "encode", "next", "makeIterator", "errorDescription",
]

/// Declarations with `package` or `public` and no `///` above. Left alone are witnesses of protocols, initialisers that only
/// store their arguments, and stored properties, which the comment of their type explains.
private func undocumented(in file: SourceFile) -> [(line: Int, text: String)] {
  file.code.indices.compactMap { index in
    let words = file.code[index].split(separator: " ").flatMap { $0.split(separator: "(", maxSplits: 1) }
    let modifiers = words.prefix { modifierWords.contains(String($0)) || $0.hasPrefix("@") || $0 == "set)" }
    guard modifiers.contains("package") || modifiers.contains("public"),
      let keyword = words.dropFirst(modifiers.count).first, keyword != "import", keyword != "extension"
    else { return nil }
    let name = words.dropFirst(modifiers.count + 1).first.map { $0.hasSuffix(":") ? $0.dropLast() : $0 } ?? ""
    if witnesses.contains(String(name)) || isDocumented(index, in: file) { return nil }
    if isWitness(index, in: file) { return nil }
    if keyword == "init", onlyStores(index, in: file) { return nil }
    let isStored = (keyword == "var" || keyword == "let") && !file.code[index].contains("{")
    if isStored, file.code[index].hasPrefix("  ") { return nil }
    return (index + 1, String(file.lines[index].drop { $0 == " " }))
  }
}

/// Whether the declaration lies in an `extension Type: Protocol`.
private func isWitness(_ index: Int, in file: SourceFile) -> Bool {
  guard file.code[index].hasPrefix(" ") else { return false }
  let opening = file.code[..<index].last { !$0.isEmpty && !$0.hasPrefix(" ") && !$0.hasPrefix("}") }
  return opening.map { $0.contains("extension ") && $0.contains(":") } ?? false
}

/// Whether the nearest line above that is no attribute is a `///`.
private func isDocumented(_ index: Int, in file: SourceFile) -> Bool {
  var line = index - 1
  while line >= 0 {
    let text = file.lines[line].drop { $0 == " " }
    if text.hasPrefix("///") { return true }
    // An attribute, or a later line of one.
    guard text.hasPrefix("@") || (text.hasSuffix(")") && !text.contains("{") && !text.hasPrefix("package")) else {
      return false
    }
    line -= 1
  }
  return false
}

/// Whether the initialiser's body has only assignments of single names.
private func onlyStores(_ index: Int, in file: SourceFile) -> Bool {
  var body = ""
  var depth = 0
  for line in file.code[index...] {
    for letter in line {
      if letter == "}" { depth -= 1 }
      if depth > 0 { body.append(letter) }
      if letter == "{" { depth += 1 }
      if letter == "}", depth == 0 { return isAssignments(body) }
    }
    if depth > 0 { body.append("\n") }
  }
  return false
}

private func isAssignments(_ body: String) -> Bool {
  for line in body.split(whereSeparator: { $0 == "\n" || $0 == ";" }) {
    let words = line.split(separator: " ")
    if words.isEmpty { continue }
    let isTuple = words[0].hasPrefix("(self.") && words.contains("=")
    let isName = words.count == 3 && words[1] == "=" && words[2].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." }
    guard isTuple || isName else { return false }
  }
  return true
}
