import Foundation
import TestSupport
import Testing

/// Records that cannot be stored: each is counted and kept with its reason and place, and its neighbours live.
@Suite struct BadRecordTests {
  /// A line between two good ones.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var line: [UInt8]
    var reason: String
    /// In the message and in quarantine.
    var detail: String

    init(_ name: String, _ line: String, _ reason: String, _ detail: String) {
      (self.name, self.line, self.reason, self.detail) = (name, Array(line.utf8), reason, detail)
    }

    var testDescription: String { name }
  }

  static func record(ts: String = #""2025-03-03T09:00:00Z""#, member: String = #""ben""#, event: String = #""visit""#)
    -> String
  {
    #"{"event_id":"x","ts":\#(ts),"user_id":\#(member),"event":\#(event)}"#
  }

  static var cases: [Case] {
    var list = [
      Case("no JSON", "nonsense", "not-json", "byte 1"),
      Case("two objects", record() + record(), "not-json", "byte \(record().utf8.count + 1)"),
      Case("an array", "[1]", "not-an-object", "not an object"),
      Case("a number", "12", "not-an-object", "not an object"),
      Case("no closing brace", #"{"ts":"2025-03-03T09:00:00Z""#, "not-json", "byte 29"),
      Case("deep nesting", #"{"a":"# + String(repeating: "[", count: 100), "not-json", "deep"),
      Case("no time", #"{"user_id":"ben","event":"visit"}"#, "missing-time", "'ts'"),
      Case("null time", record(ts: "null"), "missing-time", "'ts'"),
      Case("empty time", record(ts: #""""#), "missing-time", "'ts'"),
      Case("unreadable time", record(ts: #""yesterday""#), "unreadable-time", "'yesterday'"),
      Case("31 February", record(ts: #""2025-02-31T00:00:00Z""#), "unreadable-time", "2025-02-31"),
      Case("year 1", record(ts: #""0001-01-01T00:00:00Z""#), "time-out-of-range", "1990-01-01"),
      Case("1989", record(ts: #""1989-12-31T23:59:59.999999Z""#), "time-out-of-range", "1990-01-01"),
      Case("year 9999", record(ts: #""9999-12-31T23:59:59Z""#), "time-out-of-range", "1990-01-01"),
      Case("a huge unix number", record(ts: "1e300"), "time-out-of-range", "1990-01-01"),
      Case("no member", #"{"ts":"2025-03-03T09:00:00Z","event":"visit"}"#, "missing-member", "'user_id'"),
      Case("an empty member", record(member: #""""#), "missing-member", "'user_id'"),
      Case("a null member", record(member: "null"), "missing-member", "'user_id'"),
      Case("an object as member", record(member: #"{"id":1}"#), "missing-member", "'user_id'"),
      Case("no event", #"{"ts":"2025-03-03T09:00:00Z","user_id":"ben"}"#, "missing-event", "'event'"),
      Case("a NUL written as an escape", record(member: #""be\u0000n""#), "nul-byte", "U+0000"),
      Case("half a surrogate pair", record(member: #""\ud800""#), "invalid-utf8", "surrogate"),
    ]
    var raw = Case("a raw NUL", record(member: #""be?n""#), "nul-byte", "byte")
    raw.line = raw.line.map { $0 == UInt8(ascii: "?") ? 0 : $0 }
    var broken = Case("invalid UTF-8", record(member: #""be?n""#), "invalid-utf8", "byte")
    broken.line = broken.line.map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
    list += [raw, broken]
    return list
  }

  @Test("A bad line is set aside with reason and place, and the lines around it are stored", arguments: cases)
  func badLine(_ bad: Case) throws {
    let before = BinaryLog.line("1", "2025-03-03T08:00:00Z", "anna")
    let after = BinaryLog.line("2", "2025-03-03T10:00:00Z", "cleo")
    let workspace = try BinaryWorkspace()
    try workspace.write(Array(before.utf8) + bad.line + [0x0A] + Array(after.utf8), to: "log.jsonl")

    let refused = workspace.ingest("log.jsonl")
    #expect(refused.run.status == 65)
    #expect(refused.run.output.isEmpty)
    #expect(
      refused.run.complaint.contains("\(workspace.folder)/log.jsonl:2: \(bad.reason)"), "\(refused.run.complaint)")
    #expect(workspace.files(below: ".muster/segments") == [])

    let (run, account) = workspace.ingest("--reject-limit", "0.5", "log.jsonl")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(account?.read == 3 && account?.stored == 2 && account?.rejected == 1 && account?.addsUp == true)
    #expect(run.complaint.contains("\(workspace.folder)/log.jsonl:2: \(bad.reason)"), "\(run.complaint)")

    let set = try workspace.quarantine()
    try #require(set.count == 1)
    #expect(set[0].reason == bad.reason)
    #expect(set[0].line == 2)
    #expect(set[0].byteOffset == before.utf8.count)
    #expect(set[0].source == workspace.path("log.jsonl"))
    #expect(set[0].detail.contains(bad.detail), "\(set[0].detail)")
    #expect(set[0].text == String(decoding: bad.line.prefix(4096), as: UTF8.self))

    let answer = workspace.muster("query", "activity", "--as-of", "2025-03-03", "--format", "csv", "--quiet")
    #expect(answer.output.hasSuffix("2025-03-03,2,2,2,true\n"))
  }

  @Test(
    "Times are accepted up to a day after arrival",
    arguments: zip([-1, 23, 25, 48], [true, true, false, false]))
  func future(_ hoursAhead: Int, _ isAccepted: Bool) throws {
    let workspace = try BinaryWorkspace()
    let instant = Date(timeIntervalSinceNow: Double(hoursAhead) * 3600).formatted(.iso8601)
    try workspace.write(BinaryLog.line("1", instant, "anna"), to: "log.jsonl")
    let (run, account) = workspace.ingest("--reject-limit", "1", "log.jsonl")
    #expect(run.status == 0)
    #expect(account?.stored == (isAccepted ? 1 : 0))
    #expect(try workspace.quarantine().map(\.reason) == (isAccepted ? [] : ["time-out-of-range"]))
  }

  @Test("The earliest instant that is accepted begins 1990")
  func earliest() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.line("1", "1990-01-01T00:00:00Z", "anna"), to: "log.jsonl")
    #expect(workspace.ingest("log.jsonl").account?.stored == 1)
    let answer = workspace.muster("query", "activity", "--as-of", "1990-01-01", "--format", "csv", "--quiet")
    #expect(answer.output.hasSuffix("1990-01-01,1,1,1,true\n"))
  }

  @Test("A last line that was cut off is named so and read again when it is whole")
  func truncated() throws {
    let workspace = try BinaryWorkspace()
    let (first, last) = (
      BinaryLog.line("1", "2025-03-03T08:00:00Z", "anna"), BinaryLog.line("2", "2025-03-03T10:00:00Z", "cleo")
    )
    try workspace.write(first + last.prefix(40), to: "log.jsonl")
    let (run, account) = workspace.ingest("--reject-limit", "0.5", "log.jsonl")
    #expect(account?.read == 2 && account?.stored == 1 && account?.rejected == 1)
    #expect(run.complaint.contains("log.jsonl:2: truncated"))
    let set = try workspace.quarantine()
    #expect(set.map(\.reason) == ["truncated"] && set.first?.byteOffset == first.utf8.count)

    try workspace.write(first + last, to: "log.jsonl")
    #expect(workspace.ingest("log.jsonl").account?.stored == 1)
    let answer = workspace.muster("query", "activity", "--as-of", "2025-03-03", "--format", "csv", "--quiet")
    #expect(answer.output.hasSuffix("2025-03-03,2,2,2,true\n"))
  }

  @Test("A line of 100 MB is skipped while it is read: memory stays small and its neighbours live")
  func longLine() throws {
    let workspace = try BinaryWorkspace()
    let good = BinaryLog.line("1", "2025-03-03T08:00:00Z", "anna")
    try workspace.write(good, to: "first")
    try workspace.write(BinaryLog.line("2", "2025-03-03T10:00:00Z", "cleo"), to: "last")
    #expect(
      workspace.shell(
        #"{ cat first; printf '{"text":"'; head -c 100000000 /dev/zero | tr '\0' x; printf '"}\n'; cat last; } > log.jsonl"#
      ).status == 0)
    let (run, account) = workspace.ingest("--reject-limit", "0.5", "log.jsonl")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(account?.read == 3 && account?.stored == 2 && account?.rejected == 1)
    #expect(run.peakByteCount < 300 << 20, "\(run.peakByteCount)")
    #expect(run.complaint.contains("log.jsonl:2: line-too-long"))
    let set = try workspace.quarantine()
    #expect(set.first?.line == 2 && set.first?.byteOffset == good.utf8.count)
    #expect(set.first?.text.hasPrefix(#"{"text":"xxx"#) == true)
    #expect(set.first.map { $0.text.utf8.count <= 4096 } == true)

    #expect(workspace.shell("gzip -1 < log.jsonl > log.gz").status == 0)
    let zipped = workspace.ingest("--reject-limit", "0.5", "log.gz")
    #expect(zipped.account?.duplicate == 2 && zipped.account?.rejected == 1)
    #expect(zipped.run.peakByteCount < 300 << 20, "\(zipped.run.peakByteCount)")
  }

  @Test("A line that never ends is rejected as one record")
  func endlessLine() throws {
    let workspace = try BinaryWorkspace()
    #expect(workspace.shell("head -c 20000000 /dev/zero | tr '\\0' x > log.jsonl").status == 0)
    let (run, account) = workspace.ingest("--reject-limit", "1", "log.jsonl")
    #expect(run.status == 0)
    #expect(account?.read == 1 && account?.rejected == 1)
  }
}
