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
    Case(filter("platform in ('ios', 1)"), "one type", "column 21", "^"),
    Case(filter("platform like 5"), "pattern", "column 15", "^"),
    Case(["query", "activity", "--from", "0001-01-01", "--to", "9999-12-31"], "3652059 days", "shorter"),
    Case(["query", "lifecycle", "--by", "platfrom"], "'platform'?"),
    Case(["query", "hours", "--by", "event,event"], "twice"),
    Case(["query", "funnel", "--steps", "visit"], "two steps", "--steps post_view,comment"),
    Case(["query", "funnel", "--steps", "visit,like", "--window", "soon"], "'soon'", "30m, 24h, 7d"),
    Case(["query", "content", "--top", "1000000"], "--top takes 1 to 100000"),
    Case(["query", "content", "--item", "contnt"], "'content'?"),
    Case(["query", "stickiness", "--window", "0"], "--window"),
    Case(["query", "retention", "--mode", "bracket", "--brackets", "3-1"], "'3-1'", "1-3,4-7"),
    Case(["query", "retention", "--periods", "5000"], "0 to 1000"),
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
    "A question about what nobody did is answered, and says so",
    arguments: [
      (["activity", "--where", "event = 'viist'"], "No member ever did 'viist'. Did you mean 'visit'?"),
      (["funnel", "--steps", "visit,viist"], "No member ever did 'viist'. Did you mean 'visit'?"),
      (["activity", "--where", "properties.lenght > 3"], "No event has the property 'lenght'. Did you mean 'length'?"),
      (["retention", "--where", "platform = 'nokia'"], "Nobody started on these days, so there is no cohort."),
      (["retention", "--start", "recurring:viist"], "Nobody started on these days, so there is no cohort."),
    ])
  func nobody(_ question: [String], _ note: String) throws {
    let workspace = try BinaryWorkspace()
    let line =
      #"{"ts":"2025-03-03T09:00:00Z","user_id":"ben","event":"visit","platform":"ios","properties":{"length":4}}"#
    try workspace.write(line + "\n", to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let run = workspace.start(["query"] + question).wait()
    #expect(run.status == 0)
    #expect(run.complaint.contains("note: \(note)"), "\(run.complaint)")
    let known = workspace.start(["query", "activity", "--where", "properties.length = 4"]).wait()
    #expect(!known.complaint.contains("No event"), "\(known.complaint)")
  }

  @Test("A breakdown into too many groups is refused, and says what to do")
  func tooManyGroups() throws {
    let workspace = try BinaryWorkspace()
    let lines = (0...200).map {
      #"{"ts":"2025-03-03T09:00:00Z","user_id":"ben","event":"visit","content_id":"c\#($0)"}"# + "\n"
    }
    try workspace.write(lines.joined(), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    let run = workspace.muster("query", "hours", "--by", "content")
    #expect(run.status == 64)
    #expect(run.complaint.contains("201 groups") && run.complaint.contains("--where"), "\(run.complaint)")
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
