import Testing

/// What every file looks like, whatever it says.
@Suite struct FileShapeTests {
  @Test("A Swift file has at most 400 lines")
  func lengths() {
    expectNone(
      swift.filter { $0.lines.count - 1 > 400 }.map { file in
        Offence(path: file.path, line: 401, message: "the file has \(file.lines.count - 1) lines; split it by concept")
      })
  }

  @Test("A function has at most 60 lines")
  func functionLengths() {
    expectNone(
      swift.flatMap { file in
        functions(in: file).filter { $0.lineCount > 60 }.map { function in
          Offence(path: file.path, line: function.line, message: "\(function.name) has \(function.lineCount) lines")
        }
      })
  }

  @Test(
    "A function is measured from its declaration to the brace that closes it",
    arguments: [
      ("func a() {\n  b\n}", ["a 3"]), ("func a() {}", ["a 1"]), ("func a(\n  b: C\n) {\n}", ["a 4"]),
      ("struct A {\n  init?() { nil }\n  private static func b<C>() {\n    if c { d }\n  }\n}", ["init 1", "b 3"]),
      ("protocol A {\n  func b()\n}", []), ("func a() { \"}\" } // }", ["a 1"]), ("let func1 = 1", []),
    ])
  func measured(text: String, expected: [String]) {
    let found = functions(in: SourceFile(path: "A.swift", text: text))
    #expect(found.map { "\($0.name) \($0.lineCount)" } == expected)
  }

  @Test("A text ends with one line end")
  func ends() {
    expectNone(
      texts.compactMap { path, text in
        let bytes = Array(text.utf8.suffix(2))
        return bytes.last == 10 && bytes != [10, 10]
          ? nil : Offence(path: path, line: nil, message: "the file has to end with one line end")
      })
  }

  @Test("No line has tabs, carriage returns or blanks at its end")
  func blanks() {
    expectNone(
      texts.flatMap { path, text in
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
          let bytes = line.utf8
          let fault =
            bytes.contains(9)
            ? "a tab" : bytes.contains(13) ? "a carriage return" : bytes.last == 32 ? "a blank at the end" : nil
          return fault.map { Offence(path: path, line: index + 1, message: $0) }
        }
      })
  }

  @Test("What is made is not committed, and no file is larger than 1 MB")
  func committed() {
    guard let files = Repository.committedFiles else { return }  // an unpacked archive
    expectNone(
      files.compactMap { path in
        let folders = path.split(separator: "/")
        if folders.contains(".build") || folders.contains(".muster") || folders.last == "Package.resolved" {
          return Offence(path: path, line: nil, message: "this is made, not written; take it out of git")
        }
        let count = Repository.byteCount(path)
        return count > 1 << 20 ? Offence(path: path, line: nil, message: "the file has \(count) bytes") : nil
      })
  }

  private var swift: [SourceFile] { Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests") }

  /// What people write: code and prose, not the data of tests.
  private var texts: [(path: String, text: String)] {
    let kinds = ["swift", "h", "c", "md", "yaml", "yml", "py", "sh", "js", "css", "html"]
    return Repository.files.filter { path in kinds.contains { path.hasSuffix(".\($0)") } }
      .compactMap { path in Repository.text(path).map { (path, $0) } }
  }
}

/// A function, initialiser or subscript with a body.
struct FunctionBody {
  var name: String
  /// The line of its declaration, from 1.
  var line: Int
  /// From the declaration to the closing brace.
  var lineCount: Int
}

/// The functions of a file, found by `func`, `init` or `subscript` at the start of a declaration and by their braces.
func functions(in file: SourceFile) -> [FunctionBody] {
  file.code.indices.compactMap { start in
    let words = file.code[start].split { $0 == " " || $0 == "(" || $0 == "<" || $0 == "?" }
    let modifiers = words.prefix { modifierWords.contains(String($0)) || $0.hasPrefix("@") || $0.hasSuffix(")") }
    guard let keyword = words.dropFirst(modifiers.count).first, ["func", "init", "subscript"].contains(keyword)
    else { return nil }
    var depth = 0
    var hasBody = false
    for line in start..<file.code.count {
      for byte in file.code[line].utf8 {
        if byte == UInt8(ascii: "{") { (depth, hasBody) = (depth + 1, true) }
        if byte == UInt8(ascii: "}") { depth -= 1 }
        if depth < 0 { return nil }  // a requirement of a protocol
        if hasBody, depth == 0 {
          let name = words.dropFirst(modifiers.count + 1).first.map(String.init) ?? String(keyword)
          return FunctionBody(
            name: keyword == "func" ? name : String(keyword), line: start + 1, lineCount: line - start + 1)
        }
      }
    }
    return nil
  }
}

/// Words that may stand before the keyword of a declaration.
let modifierWords: Set<String> = [
  "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "override", "mutating",
  "nonmutating", "consuming", "borrowing", "nonisolated", "indirect", "convenience", "required", "lazy", "weak",
  "unowned", "open", "isolated", "distributed",
]
