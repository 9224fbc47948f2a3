import Foundation
import TestSupport
import Testing

/// `ingest --replay-quarantine`: rejected records again, after a mapping was mended.
@Suite struct ReplayTests {
  static let broken = "time: at\nmember: who\nevent: what\nevent-id: id\n"
  static let mended =
    "time: {field: at, format: \"%d/%m/%Y %H:%M\"}\nmember: who\nevent: what\nevent-id: id\n"

  private func workspace(_ rows: String) throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(Self.broken, to: "datasets/f/dataset.yaml")
    try workspace.write("id,at,who,what,note\n" + rows, to: "f.csv")
    let run = workspace.muster("ingest", "--dataset", "f", "--reject-limit", "1", "f.csv")
    #expect(run.status == 0, "\(run.complaint)")
    return workspace
  }

  private func mend(_ workspace: BinaryWorkspace) throws {
    try workspace.write(Self.mended, to: "datasets/f/dataset.yaml")
  }

  private func notes(_ workspace: BinaryWorkspace) -> String {
    workspace.muster(
      "query", "activity", "--by", "event", "--where", "properties.note is not null", "--format", "csv", "--quiet"
    ).output
  }

  @Test("What the mended mapping can read is stored once; what it cannot stays with its reason of now")
  func mends() throws {
    let workspace = try workspace(
      "1,2025-03-01T10:00:00Z,ann,view,x\n2,01/03/2025 10:00,bob,view,\"two\nlines\"\n3,bad,cy,view,x\n"
        + "4,02/03/2025 10:00,,view,x\n")
    #expect(try workspace.quarantine().map(\.reason) == ["unreadable-time", "unreadable-time", "unreadable-time"])
    let (_, before) = workspace.ingest("--replay-quarantine")
    #expect(before?.read == 3 && before?.rejected == 3)
    #expect(workspace.files(below: ".muster/quarantine") == ["000001.jsonl"], "nothing changed, nothing is written")
    try mend(workspace)
    let (run, account) = workspace.ingest("--replay-quarantine", "--dataset", "f")
    #expect(run.status == 0 && account?.read == 3 && account?.stored == 1 && account?.rejected == 2)
    #expect(account?.addsUp == true && account?.days == ["2025-03-01"])
    let left = try workspace.quarantine()
    #expect(left.map(\.reason) == ["unreadable-time", "missing-member"])
    #expect(left.map(\.line) == [5, 6] && left.map(\.source) == Array(repeating: workspace.path("f.csv"), count: 2))
    #expect(notes(workspace).contains("2025-03-01,view,2,2,true"))
    let content = try workspace.storeContent()
    let (_, twice) = workspace.ingest("--replay-quarantine")
    #expect(twice?.stored == 0 && twice?.duplicate == 0 && twice?.rejected == 2)
    #expect(try workspace.storeContent() == content)
    let status = workspace.muster("store", "status").output
    #expect(status.contains("read       4 in 1 sources: stored 2, duplicate 0, rejected 2"), "\(status)")
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("A record that is stored by now leaves the quarantine as a duplicate")
  func duplicate() throws {
    let workspace = try workspace("1,01/03/2025 10:00,ann,view,x\n")
    try mend(workspace)
    try workspace.write(
      "id,at,who,what,note\n2,02/03/2025 10:00,bob,view,x\n1,01/03/2025 10:00,ann,view,x\n", to: "again.csv")
    #expect(workspace.ingest("--dataset", "f", "again.csv").account?.stored == 2)
    let (_, account) = workspace.ingest("--replay-quarantine")
    #expect(account?.read == 1 && account?.duplicate == 1)
    #expect(try workspace.quarantine().isEmpty)
  }

  @Test("Only the named dataset is read again; the lines of others stay byte for byte")
  func oneDataset() throws {
    let workspace = try workspace("1,01/03/2025 10:00,ann,view,x\n")
    try workspace.write("{\"ts\":\"bad\"}\n", to: "plain.jsonl")
    workspace.muster("ingest", "--reject-limit", "1", "plain.jsonl")
    let other = try workspace.text(of: ".muster/quarantine/000002.jsonl")
    try mend(workspace)
    #expect(workspace.ingest("--replay-quarantine", "--dataset", "f").account?.stored == 1)
    #expect(workspace.files(below: ".muster/quarantine") == ["000003.jsonl"])
    #expect(try workspace.text(of: ".muster/quarantine/000003.jsonl") == other)
    let unknown = workspace.muster("ingest", "--replay-quarantine", "--dataset", "ff")
    #expect(unknown.status == 66 && unknown.complaint.contains("no dataset is called 'ff'"))
    #expect(workspace.muster("ingest", "--replay-quarantine", "f.csv").status == 64)
  }

  @Test(
    "A record longer than what is kept comes from its source, as long as that is what it was",
    arguments: [
      ("same", 1), ("grown", 1), ("changed", 0), ("gone", 0),
    ])
  func long(kind: String, stored: Int) throws {
    let note = String(repeating: "long ", count: 2000)
    let workspace = try workspace("1,2025-03-01T10:00:00Z,ann,view,x\n2,01/03/2025 10:00,bob,view,\(note)\n")
    try mend(workspace)
    switch kind {
    case "grown": try workspace.append("3,01/03/2025 11:00,cy,view,x\n", to: "f.csv")
    case "changed": try workspace.write("id,at,who,what,note\n9" + String(repeating: "x", count: 20_000), to: "f.csv")
    case "gone": try workspace.remove("f.csv")
    default: break
    }
    let (run, account) = workspace.ingest("--replay-quarantine")
    #expect(run.status == 0 && account?.stored == stored, "\(run.complaint)")
    #expect(try workspace.quarantine().count == 1 - stored)
    #expect(
      run.complaint.contains("1 records stay in the quarantine unread: longer than the 4096 bytes") == (stored == 0))
    if stored == 1 {
      let found = workspace.muster(
        "query", "activity", "--where", "properties.note = '\(note.dropLast())'", "--quiet", "--format", "csv")
      let exact = workspace.muster(
        "query", "activity", "--where", "properties.note = '\(note)'", "--quiet", "--format", "csv")
      #expect(found.output.contains("2025-03-01,0,0,true") && exact.output.contains("2025-03-01,1,1,true"))
    }
  }

  @Test("Bytes that are no text come back as they were, not mended in secret")
  func bytes() throws {
    let workspace = try workspace("1,2025-03-01T10:00:00Z,ann,view,x\n")
    let line = Array("id,at,who,what,note\n2,2025-03-01T10:00:00Z,bob,view,".utf8) + [0xFF, 0xFE, 0x0A]
    try workspace.write(line, to: "bad.csv")
    workspace.muster("ingest", "--dataset", "f", "--reject-limit", "1", "bad.csv")
    try mend(workspace)
    #expect(workspace.ingest("--replay-quarantine").account?.rejected == 1)
    #expect(try workspace.quarantine().map(\.reason) == ["invalid-utf8"])
  }

  @Test("A cut-off last line is not stored from the quarantine: it comes whole when its source has grown")
  func truncated() throws {
    let workspace = try BinaryWorkspace()
    let whole = BinaryLog.line("a", "2025-03-03T10:00:00Z", "ann")
    try workspace.write(String(whole.prefix(40)), to: "log.jsonl")
    workspace.muster("ingest", "--reject-limit", "1", "log.jsonl")
    let (run, account) = workspace.ingest("--replay-quarantine")
    #expect(account?.read == 0 && run.complaint.contains("1 records stay in the quarantine unread: cut off"))
    try workspace.write(whole, to: "log.jsonl")
    #expect(workspace.ingest("log.jsonl").account?.stored == 1)
  }

  @Test("Facts of members are read again like events")
  func facts() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write("kind: members\nmember: id\nformat: csv\n", to: "datasets/crm/dataset.yaml")
    try workspace.write("id,number,arm\n,7,a\n", to: "crm.csv")
    workspace.muster("ingest", "--dataset", "crm", "--reject-limit", "1", "crm.csv")
    try workspace.write(
      "kind: members\nmember: number\nattributes: [arm]\nformat: csv\n", to: "datasets/crm/dataset.yaml")
    #expect(workspace.ingest("--replay-quarantine").account?.stored == 1)
    #expect(workspace.muster("store", "status").output.contains("facts of 1"))
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("Killed at any instant, the same command again gives what an undisturbed run gives", arguments: 0..<8)
  func killed(_ attempt: Int) throws {
    let rows = (0..<20_000).map {
      "\($0),\($0 % 2 == 0 ? "0\(1 + $0 % 9)/03/2025 10:00" : "bad"),m\($0 % 500),view,x\n"
    }
    let workspace = try workspace(rows.joined())
    try mend(workspace)
    let process = workspace.start(["ingest", "--replay-quarantine"])
    usleep(UInt32(10_000 + attempt * 40_000))
    process.kill()
    let killed = process.wait()
    #expect(killed.status == 0 || killed.status == -9)
    let (run, account) = workspace.ingest("--replay-quarantine")
    #expect(run.status == 0 && account?.addsUp == true, "\(run.complaint)")
    #expect(account?.stored == 10_000 || account?.stored == 0)
    #expect(try workspace.quarantine().count == 10_000)
    let status = workspace.muster("store", "status").output
    #expect(status.contains("stored 10,000, duplicate 0, rejected 10,000"), "\(status)")
    #expect(workspace.muster("store", "check").status == 0)
    #expect(workspace.files(below: ".muster/quarantine") == ["000002.jsonl"])
  }
}
