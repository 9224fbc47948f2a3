import TestSupport
import Testing

/// Mistyped verbs, options and expressions: exit 64, what is wrong, and what was probably meant.
@Suite struct UsageTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var said: [String]
    init(_ arguments: [String], _ said: String...) { (self.arguments, self.said) = (arguments, said) }
    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static func filter(_ condition: String) -> [String] { ["query", "activity", "--where", condition] }

  static let cases = [
    Case(["qeury"], "qeury"), Case(["query", "activty"], "activty"),
    Case(["ingest", "--rejct-limit", "1", "x"], "--reject-limit"),
    Case(["query", "activity", "--granularty", "day"], "--granularity"),
    Case(["query", "activity", "--granularity", "hour"], "hour", "day", "week", "month"),
    Case(["query", "activity", "--from", "2025-13-01"], "2025-13-01"),
    Case(["query", "activity", "--from", "2025-02-30"], "2025-02-30"),
    Case(["query", "activity", "--from", "2025-03-05", "--to", "2025-03-04"], "2025-03-05", "2025-03-04"),
    Case(["query", "retention", "--from", "2025-03-05", "--to", "2025-03-04"], "2025-03-05", "2025-03-04"),
    Case(["query", "activity", "--as-of", "noon"], "'noon'"),
    Case(["query", "activity", "--trailing", "0"], "--trailing"),
    Case(["query", "activity", "--trailing", "7", "--granularity", "week"], "--granularity"),
    Case(["query", "activity", "--by", "platfrom"], "'platfrom'", "'platform'?"),
    Case(["query", "activity", "--by", "event,event"], "twice"),
    Case(["query", "retention", "--periods", "-1"], "--periods"),
    Case(["query", "retention", "--periods", "many"], "many"),
    Case(["query", "activity", "--format", "xml"], "xml", "json"),
    Case(["ingest", "--format", "csv", "x"], "table or json"),
    Case(["ingest", "--reject-limit", "7", "x"], "--reject-limit"),
    Case(filter("platfrom = 'ios'"), "'platfrom'", "platform", "column 1", "^"),
    Case(filter("platform = 'ios"), "column 12", "^"), Case(filter("platform == 'ios'"), "column 10", "^"),
    Case(filter("platform = 'ios' and"), "column 21", "^"), Case(filter("(platform = 'ios'"), "column 18", "^"),
    Case(filter("platform in ()"), "column 14", "^"), Case(filter(""), "column 1"),
    Case(filter("platform = ios"), "column 12", "^"), Case(["new"], "dir"), Case(["run"], "pipeline"),
    Case(["serve", "--port", "70000"], "--port"), Case(["simulate", "log", "--days", "0"], "day"),
  ]

  @Test("A mistyped command is exit 64 and says what is wrong", arguments: cases)
  func usage(_ bad: Case) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(30), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let run = workspace.start(bad.arguments).wait()
    #expect(run.status == 64, "\(run.status): \(run.complaint)")
    #expect(run.output.isEmpty)
    for said in bad.said { #expect(run.complaint.contains(said), "\(said) in: \(run.complaint)") }
  }

  @Test(
    "A misspelt verb suggests the right one",
    arguments: [("ingets", "ingest"), ("qeury", "query"), ("publsh", "publish")])
  func verb(_ wrong: String, _ right: String) throws {
    let run = try BinaryWorkspace().muster(wrong)
    #expect(run.status == 64)
    #expect(run.complaint.contains(right), "\(run.complaint)")
  }

  @Test("The position in an expression counts characters, also wide ones")
  func position() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(3), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let run = workspace.muster("query", "activity", "--where", "platform = '网页' andd event = 'x'")
    #expect(run.status == 64)
    #expect(run.complaint.contains("column 17"), "\(run.complaint)")
  }

  @Test("Help and version are answers, on standard output")
  func help() throws {
    let workspace = try BinaryWorkspace(settings: nil)
    for arguments in [["--help"], ["--version"], ["ingest", "--help"], ["query", "retention", "--help"]] {
      let run = workspace.start(arguments).wait()
      #expect(run.status == 0 && !run.output.isEmpty && run.complaint.isEmpty, "\(arguments)")
    }
  }
}
