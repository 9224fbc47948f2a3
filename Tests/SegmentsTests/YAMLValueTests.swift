import Segments
import Testing

@Suite("YAML values")
struct YAMLValueTests {
  private func error(_ text: String, _ body: (YAMLValue) throws -> Void) -> String {
    do {
      try body(try YAMLValue(text: text, file: "x.yaml"))
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(
    "Complaints name file, line, column and the nearest known key",
    arguments: [
      ("title: a\ntitel: b\n", "x.yaml:2:1: unknown key 'titel'. Did you mean 'title'? Known keys: steps, title."),
      ("- a\n", "x.yaml:1:1: expected keys with values here"),
      ("steps:\n  - a\nzzzzzzz: 1\n", "x.yaml:3:1: unknown key 'zzzzzzz'. Known keys: steps, title."),
    ])
  func unknownKeys(text: String, expected: String) {
    #expect(error(text) { _ = try $0.mapping(knowing: ["title", "steps"]) } == expected)
  }

  @Test("What is not YAML says where", arguments: ["a: [1, 2\n", "a: b: c\n", "\t- x\n"])
  func syntax(text: String) {
    let message = error(text) { _ = try $0.mapping(knowing: ["a"]) }
    #expect(message.hasPrefix("x.yaml:") && message.contains("not valid YAML"))
  }

  @Test("A key that stands twice is an error")
  func duplicateKey() {
    #expect(error("a: 1\na: 2\n") { _ = try $0.mapping(knowing: ["a"]) }.contains("stands twice"))
  }

  @Test("An empty file is an empty mapping, and a key without a value counts as absent")
  func absent() throws {
    #expect(try YAMLValue(text: "", file: "x").mapping(knowing: []).isEmpty)
    #expect(try YAMLValue(text: "a:\n", file: "x").mapping(knowing: ["a"])["a"] == nil)
  }

  @Test("A number out of its range names the range")
  func range() throws {
    let value = try #require(try YAMLValue(text: "a: 12", file: "x").mapping(knowing: ["a"])["a"])
    #expect(throws: StoreError.self) { try value.int(in: 1...10) }
    #expect(try value.int(in: 1...12) == 12)
  }
}
