import Testing

/// The words that the code uses, and those that it does without.
@Suite struct WordsTests {
  @Test("No file or type is named for nothing in particular")
  func noEmptyNames() {
    expectNone(swift.flatMap(emptyNames))
  }

  @Test("A shared thing has its own file: none is called Type+Misc")
  func extensionFiles() {
    expectNone(
      swift.filter { $0.path.contains("+") }.map {
        Offence(path: $0.path, line: nil, message: "name the file for its idea, not for the type it extends")
      })
  }

  @Test("People of a community are members, not users")
  func members() {
    expectNone(sources.flatMap(userNames))
  }

  @Test("Nothing is left for later and nothing traps on a maybe")
  func noLeftovers() {
    expectNone(sources.flatMap(leftovers))
  }

  @Test(
    "Each check finds what it looks for",
    arguments: [
      ("struct DateUtils {}", 1), ("package final class StoreManager: A {", 1), ("enum Database {}", 0),
      ("struct Baseline {}", 0), ("let helper = 1", 0), ("let userCount = 1", 1), ("f(users: 1)", 1), ("user_id", 1),
      ("\"user_id\" // user", 0), ("let isUsed = super.init()", 0), ("a // TODO", 1), ("try! a()", 1), ("a as! B", 1),
      ("try? a() as? B", 0), ("fatalError(\"not yet\")", 1), ("\"try!\"", 0), ("a = b!", 0),
    ])
  func rows(line: String, count: Int) {
    let file = SourceFile(path: "Sources/A/A.swift", text: line)
    #expect(emptyNames(in: file).count + userNames(in: file).count + leftovers(in: file).count == count)
  }

  private var sources: [SourceFile] { Repository.swiftFiles(below: "Sources") }
  private var swift: [SourceFile] { sources + Repository.swiftFiles(below: "Tests") }
}

/// Names of the file and its types that would fit any other.
private func emptyNames(in file: SourceFile) -> [Offence] {
  let banned = ["Utils", "Util", "Utilities", "Helpers", "Helper", "Common", "Manager", "Base", "Misc"]
  var names: [(line: Int?, name: String)] = [(nil, String((file.path.split(separator: "/").last ?? "").dropLast(6)))]
  for (index, line) in file.code.enumerated() {
    if let name = typeName(in: line) { names.append((index + 1, name)) }
  }
  return names.filter { name in camelWords(name.name).contains { banned.contains($0) } }
    .map { Offence(path: file.path, line: $0.line, message: "'\($0.name)' does not say what it is") }
}

/// Identifiers with the word user. `user_id` is a field of logs and stands in strings; SwiftNIO's callbacks have
/// their names from there.
private func userNames(in file: SourceFile) -> [Offence] {
  let foreign: Set<String> = ["userInboundEventTriggered", "fireUserInboundEventTriggered"]
  return file.code.enumerated().flatMap { index, line in
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    let found = words.filter { word in
      !foreign.contains(word) && camelWords(word).contains { ["user", "users"].contains($0.lowercased()) }
    }
    return found.map { Offence(path: file.path, line: index + 1, message: "'\($0)': say member") }
  }
}

/// Marks, in comments too, and forced tries and casts in code.
private func leftovers(in file: SourceFile) -> [Offence] {
  file.lines.indices.flatMap { index in
    let words = file.code[index].split { " (){}[],:;=.".contains($0) }
    let marks = ["TODO", "FIXME", "XXX", "fatalError(\"not"].filter { file.lines[index].contains($0) }
    let forced = ["try!", "as!"].filter { words.contains(Substring($0)) }
    return (marks + forced).map { Offence(path: file.path, line: index + 1, message: $0) }
  }
}

/// The name of the type that a line declares.
private func typeName(in line: Substring) -> String? {
  let words = line.split { " :<{(".contains($0) }
  guard let keyword = words.firstIndex(where: { ["struct", "class", "enum", "actor", "protocol"].contains($0) }),
    keyword + 1 < words.count, words[..<keyword].allSatisfy({ modifierWords.contains(String($0)) || $0.hasPrefix("@") })
  else { return nil }
  let name = String(words[keyword + 1])
  return name.first?.isUppercase == true ? name : nil
}

/// `memberKeyCount` as `member`, `Key`, `Count`; `_` also divides.
private func camelWords(_ name: String) -> [String] {
  var words = [""]
  for letter in name {
    if letter.isUppercase || "_+".contains(letter) { words.append("") }
    if !"_+".contains(letter) { words[words.count - 1].append(letter) }
  }
  return words.filter { !$0.isEmpty }
}
