import Foundation
import TestSupport
import Testing

/// Days past the retention period go, and what they meant for the days that stay does not.
@Suite struct ExpireTests {
  @Test("Expiry drops days and their sidecars, keeps who was there before, and adds up")
  func drops() throws {
    let store = try HourlyStore(settings: "grace-period: 1s\n")
    let workspace = store.workspace
    func rest() -> String {
      [["activity"], ["activity", "--by", "event"], ["activity", "--trailing", "3"]].map { question in
        workspace.start(["query"] + question + ["--from", "2025-03-10", "--format", "csv", "--quiet"]).wait().output
      }.joined().split(separator: "\n").filter { !$0.hasPrefix("2025-03-10,") && !$0.hasPrefix("2025-03-11,") }
        .joined(separator: "\n")
    }
    let before = rest()
    let content = try workspace.storeContent()
    let dry = workspace.muster("store", "expire", "--before", "2025-03-08", "--dry-run")
    #expect(dry.output.contains("would drop 5 days (2025-03-03 to 2025-03-07)"), "\(dry.output)")
    #expect(try workspace.storeContent() == content)
    let run = workspace.muster("store", "expire", "--before", "2025-03-08")
    #expect(run.status == 0 && run.output.contains("dropped 5 days"), "\(run.output)\(run.complaint)")
    #expect(rest() == before)
    #expect(store.check().status == 0, "\(store.check().output)")
    #expect(workspace.files(below: ".muster/duplicates").allSatisfy { $0 >= "2025-03-08" })
    #expect(workspace.files(below: ".muster/segments").allSatisfy { $0 >= "day=2025-03-08" })
    let status = workspace.muster("store", "status").output
    #expect(status.contains("before 2025-03-08"), "\(status)")
    let again = workspace.muster("store", "expire", "--before", "2025-03-08")
    #expect(again.output == "the store holds nothing before 2025-03-08\n")
  }

  @Test("Records of an expired day that come again are rejected, with or without an id, and lie in quarantine")
  func comesAgain() throws {
    let store = try HourlyStore()
    let workspace = store.workspace
    #expect(workspace.muster("store", "expire", "--before", "2025-03-08").status == 0)
    let days = workspace.files(below: ".muster/segments")
    let text =
      BinaryLog.line("old", "2025-03-04T10:00:00Z", "m1") + #"{"ts":"2025-03-05","user_id":"z","event":"visit"}"#
    try workspace.write(text + "\n" + BinaryLog.line("new", "2025-03-09T10:00:00Z", "m1"), to: "again.jsonl")
    let (run, account) = workspace.ingest("--reject-limit", "1", "again.jsonl")
    #expect(account?.stored == 1 && account?.rejected == 2, "\(run.complaint)")
    #expect(run.complaint.contains("expired 2"))
    #expect(try workspace.quarantine().map(\.reason) == ["expired", "expired"])
    #expect(workspace.files(below: ".muster/segments").filter { $0 < "day=2025-03-08" } == [])
    #expect(workspace.files(below: ".muster/segments").count == days.count + 1)
    // The logs that were read before are skipped, whatever has expired of them.
    #expect(workspace.ingest("logs/1.jsonl").account?.skippedSources.count == 1)
  }

  @Test("What a published figure rests on is not dropped, unless --force says so")
  func published() throws {
    let store = try HourlyStore()
    let workspace = store.workspace
    let tile =
      "title: T\ntiles:\n  - {id: a, title: A, chart: line, series: [events], last: 4, activity: {granularity: day}}\n"
    try workspace.write(tile, to: "dashboards/d.yaml")
    #expect(workspace.muster("publish").status == 0)
    let content = try workspace.storeContent()
    let refused = workspace.muster("store", "expire", "--before", "2025-03-13")
    #expect(refused.status == 1, "\(refused.output)")
    #expect(refused.complaint.contains("d (from 2025-03-11 on)") && refused.complaint.contains("--force"))
    #expect(try workspace.storeContent() == content)
    #expect(workspace.muster("store", "expire", "--before", "2025-03-11").status == 0)
    #expect(workspace.muster("store", "expire", "--before", "2025-03-13", "--force").status == 0)
    #expect(workspace.files(below: ".muster/segments").allSatisfy { $0 >= "day=2025-03-13" })
  }

  @Test("retention-days counts back from today; without it and without --before nothing is dropped")
  func settings() throws {
    let store = try HourlyStore(settings: "retention-days: 30\n")
    #expect(store.workspace.muster("store", "expire").output.contains("dropped 12 days"))
    #expect(store.segments() == [])
    let other = try BinaryWorkspace()
    try other.write(BinaryLog.lines(5), to: "a.jsonl")
    #expect(other.muster("ingest", "a.jsonl").status == 0)
    let unsaid = other.muster("store", "expire")
    #expect(unsaid.status == 65 && unsaid.complaint.contains("retention-days"))
    let future = other.muster("store", "expire", "--before", "2999-01-01")
    #expect(future.status == 65 && future.complaint.contains("after today"))
  }
}
