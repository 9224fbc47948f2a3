import TestSupport
import Testing

/// Rows of CSV that are not what the header says, and rows that only look so.
@Suite struct BadRowTests {
  static let header = "event_id,ts,user_id,event,platform,properties\n"

  @Test("Line breaks inside quotes belong to the field, and lines are still counted")
  func quotedLineBreaks() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(
      Self.header + "1,2025-03-03T08:00:00Z,anna,visit,\"a\nb\r\nc\",\n"
        + "2,2025-03-03T09:00:00Z,ben,visit\n" + "3,2025-03-03T10:00:00Z,cleo,visit,web,\n", to: "log.csv")
    let (run, account) = workspace.ingest("--reject-limit", "0.5", "log.csv")
    #expect(account?.read == 3 && account?.stored == 2 && account?.rejected == 1)
    #expect(run.complaint.contains("log.csv:5: ragged-row: 4 fields where there are 6 columns"), "\(run.complaint)")
    let set = try workspace.quarantine()
    #expect(set.first?.line == 5)
    #expect(
      set.first?.byteOffset == Self.header.utf8.count + "1,2025-03-03T08:00:00Z,anna,visit,\"a\nb\r\nc\",\n".utf8.count)
    #expect(set.first?.text == "2,2025-03-03T09:00:00Z,ben,visit")
    let answer = workspace.muster(
      "query", "activity", "--by", "platform", "--as-of", "2025-03-03", "--format", "csv", "--quiet")
    #expect(answer.output.contains("2025-03-03,\"a\nb\r\nc\",1,1,true\n"), "\(answer.output)")
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var row: String
    var reason: String
    init(_ row: String, _ reason: String) { (self.row, self.reason) = (row, reason) }
    var testDescription: String { row }
  }

  @Test(
    "A bad row is set aside, and the rows around it are stored",
    arguments: [
      Case("2,2025-03-03T09:00:00Z,ben,visit,web,,surplus", "ragged-row"), Case("2", "ragged-row"),
      Case("2,2025-03-03T09:00:00Z,\"ben,visit,web,", "unclosed-quote"),
      Case("2,2025-03-03T09:00:00Z,\"ben\"x,visit,web,", "unclosed-quote"), Case("2,,ben,visit,web,", "missing-time"),
      Case("2,03/03/2025,ben,visit,web,", "unreadable-time"),
      Case("2,2025-03-03T09:00:00Z,,visit,web,", "missing-member"),
      Case("2,2025-03-03T09:00:00Z,\"\",visit,web,", "missing-member"),
      Case("2,2025-03-03T09:00:00Z,ben,visit,web,\"{\"\"a\"\":\"", "not-json"),
      Case("2,2025-03-03T09:00:00Z,b\u{0}en,visit,web,", "nul-byte"),
    ])
  func badRow(_ bad: Case) throws {
    let workspace = try BinaryWorkspace()
    let first = "1,2025-03-03T08:00:00Z,anna,visit,web,\n"
    try workspace.write(
      Self.header + first + bad.row + "\n3,2025-03-03T10:00:00Z,cleo,visit,web,\n", to: "log.csv")
    #expect(workspace.ingest("log.csv").run.status == 65)
    let (run, account) = workspace.ingest("--reject-limit", "0.5", "log.csv")
    #expect(run.status == 0)
    #expect(account?.read == 3 && account?.stored == 2 && account?.rejected == 1, "\(run.output)\(run.complaint)")
    let set = try workspace.quarantine()
    #expect(set.map(\.reason) == [bad.reason])
    #expect(set.first?.line == 3 && set.first?.byteOffset == (Self.header + first).utf8.count)
    #expect(set.first?.text == bad.row)
  }

  @Test("A byte order mark before the header is none of its name")
  func byteOrderMark() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("\u{FEFF}ts,user_id,event\n2025-03-03T08:00:00Z,anna,visit\n", to: "log.csv")
    #expect(workspace.ingest("log.csv").account?.stored == 1)
    try workspace.write("\u{FEFF}" + BinaryLog.line("1", "2025-03-03T09:00:00Z", "ben"), to: "log.jsonl")
    #expect(workspace.ingest("log.jsonl").account?.stored == 1)
  }

  @Test("A header without a column that is needed is an error that suggests the nearest")
  func header() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("ts,userid,event\n2025-03-03T08:00:00Z,anna,visit\n", to: "log.csv")
    let run = workspace.ingest("log.csv").run
    #expect(run.status == 65)
    #expect(
      run.complaint.contains("log.csv:1: there is no column 'user_id'. Did you mean 'userid'?"), "\(run.complaint)")
  }

  @Test(
    "Without a line break at its end a file of rows counts its last row as whole; the rest is rejected when it grows")
  func grownRow() throws {
    let workspace = try BinaryWorkspace()
    let whole = "ts,user_id,event\n2025-03-03T08:00:00Z,anna,visit\n2025-03-03T09:00:00Z,ben,visit\n"
    try workspace.write(String(whole.dropLast(4)), to: "log.csv")
    #expect(workspace.ingest("log.csv").account?.stored == 2)
    try workspace.write(whole, to: "log.csv")
    let (run, account) = workspace.ingest("--reject-limit", "1", "log.csv")
    #expect(account?.rejected == 1 && account?.stored == 0, "\(run.complaint)")
    #expect(try workspace.quarantine().map(\.reason) == ["ragged-row"])
  }
}
