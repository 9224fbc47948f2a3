import Foundation
import TestSupport
import Testing

/// Facts of members through the binary: what is loaded last holds, and any store stays whole.
@Suite struct MemberFactsTests {
  private func workspace() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write("kind: members\nmember: id\n", to: "datasets/crm/dataset.yaml")
    try workspace.write(
      ["ann", "bob", "cy"].enumerated().map { BinaryLog.line("e\($0)", "2025-03-03T10:00:00Z", $1) }.joined(),
      to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    return workspace
  }

  /// `value: members` of the days' breakdown by an attribute.
  private func members(_ workspace: BinaryWorkspace, by attribute: String = "member.arm") -> [String] {
    let run = workspace.muster("query", "activity", "--by", attribute, "--format", "csv", "--quiet")
    #expect(run.status == 0, "\(run.complaint)")
    return run.output.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return "\(cells[1]): \(cells[3])"
    }
  }

  @Test("A later load replaces what it gives; what it leaves empty stays; a repeat is a duplicate")
  func replaces() throws {
    let workspace = try workspace()
    try workspace.write("id,arm,city\nann,a,Rome\nbob,a,\ndan,b,Oslo\nann,a,Rome\n", to: "1.csv")
    let (_, first) = workspace.ingest("--dataset", "crm", "1.csv")
    #expect(first?.stored == 3 && first?.duplicate == 1 && first?.addsUp == true && first?.days == [])
    #expect(members(workspace) == ["a: 2", ": 1"])
    try workspace.write("id,arm,city\nann,b,\nbob,a,\n", to: "2.csv")
    let (run, second) = workspace.ingest("--dataset", "crm", "2.csv")
    #expect(second?.stored == 1 && second?.duplicate == 1)
    #expect(run.complaint.contains("1 rows of member facts replaced what was known"))
    #expect(members(workspace) == ["a: 1", "b: 1", ": 1"])
    #expect(members(workspace, by: "member.city") == ["Rome: 1", ": 2"])
    let status = workspace.muster("store", "status")
    #expect(status.output.contains("members    4; facts of 3; 1 were never active"), "\(status.output)")
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test(
    "Facts come back with a lost catalog, with and without the record of the last commit", arguments: [true, false])
  func recovered(hasRecord: Bool) throws {
    let workspace = try workspace()
    for (number, arm) in ["a", "b"].enumerated() {
      try workspace.write("id,arm,city\nann,\(arm),Rome\nbob,a,\n", to: "\(number).csv")
      #expect(workspace.ingest("--dataset", "crm", "\(number).csv").run.status == 0)
    }
    // The catalog names no file of this batch: it was never committed.
    let newest = try #require(workspace.files(below: ".muster/members").filter { $0.hasPrefix("facts-") }.max())
    let stray = hasRecord ? "facts-000099.parquet" : nil
    if let stray {
      try workspace.write(try workspace.bytes(of: ".muster/members/\(newest)"), to: ".muster/members/\(stray)")
    }
    for file in workspace.files(below: ".muster") where file.hasPrefix("catalog.sqlite") {
      try workspace.remove(".muster/\(file)")
    }
    if !hasRecord { try workspace.remove(".muster/committed.json") }
    let run = workspace.muster("store", "recover")
    #expect(run.status == 0 && run.output.contains("facts of 2"), "\(run.output)\(run.complaint)")
    #expect(run.output.contains("lost       which files of member facts were read"))
    #expect(run.output.contains("unproven") != hasRecord, "\(run.output)")
    #expect(members(workspace) == ["a: 1", "b: 1", ": 1"])
    #expect(workspace.muster("store", "check").status == 0, "\(workspace.muster("store", "check").output)")
    #expect(workspace.ingest("--dataset", "crm", "1.csv").account?.duplicate == 2)
    try workspace.write("id,arm\ncy,c\n", to: "2.csv")
    #expect(workspace.ingest("--dataset", "crm", "2.csv").account?.stored == 1)
    #expect(members(workspace) == ["a: 1", "b: 1", "c: 1"])
    if let stray { #expect(!workspace.files(below: ".muster/members").contains(stray)) }
  }

  @Test("A file that goes back to what it was before is read again; one that did not change is not")
  func back() throws {
    let workspace = try workspace()
    for (arm, stored) in [("a", 1), ("b", 1), ("a", 1), ("a", 0)] {
      try workspace.write("id,arm\nann,\(arm)\n", to: "crm.csv")
      let (_, account) = workspace.ingest("--dataset", "crm", "crm.csv")
      #expect(account?.stored == stored && account?.skippedSources.count == 1 - stored)
      #expect(members(workspace) == ["\(arm): 1", ": 2"])
    }
    try workspace.append("bob,c\n", to: "crm.csv")
    #expect(workspace.ingest("--dataset", "crm", "crm.csv").account?.read == 1)
    #expect(members(workspace) == ["a: 1", "c: 1", ": 1"])
  }

  @Test("An attribute that no member has is an error with the nearest; without facts it says so")
  func unknown() throws {
    let workspace = try workspace()
    let none = workspace.muster("query", "activity", "--where", "member.arm = 'a'")
    #expect(none.status == 64 && none.complaint.contains("This store has no facts of members"))
    try workspace.write("id,arm\nann,a\n", to: "crm.csv")
    workspace.muster("ingest", "--dataset", "crm", "crm.csv")
    for words in [
      ["query", "activity", "--where", "event = 'visit' and member.amr = 'a'"],
      ["query", "activity", "--by", "member.amr"],
      ["sql", "retention", "--where", "member.amr = 'a'"],
    ] {
      let run = workspace.start(words).wait()
      #expect(run.status == 64 && run.output.isEmpty)
      #expect(run.complaint.contains("members have no attribute 'amr'"), "\(run.complaint)")
      #expect(run.complaint.contains("Did you mean 'member.arm'?"))
    }
  }

  @Test("A zone that does not exist is rejected with its place, and read again once it is mended")
  func zone() throws {
    let workspace = try workspace()
    try workspace.write("id,time-zone\nann,Asia/Shanghai\nbob,Mars/City\ncy,\n", to: "crm.csv")
    let (_, account) = workspace.ingest("--dataset", "crm", "--reject-limit", "1", "crm.csv")
    #expect(account?.stored == 2 && account?.rejected == 1 && account?.addsUp == true)
    let rejected = try workspace.quarantine()
    #expect(rejected.map(\.reason) == ["unknown-time-zone"] && rejected.map(\.line) == [3])
    #expect(rejected.first?.text == "bob,Mars/City" && rejected.first?.byteOffset == 31)
    #expect(members(workspace, by: "member.time-zone") == ["Asia/Shanghai: 1", ": 2"])
    try workspace.write("kind: members\nmember: id\nattributes: {zone: time-zone}\n", to: "datasets/crm/dataset.yaml")
    #expect(workspace.ingest("--replay-quarantine").account?.stored == 1)
    #expect(members(workspace, by: "member.zone") == ["Mars/City: 1", ": 2"])
  }

  @Test("Events and facts of one call are committed together, or not at all")
  func together() throws {
    let workspace = try workspace()
    try workspace.write("kind: members\nmember: id\npath: crm.csv\n", to: "datasets/crm/dataset.yaml")
    try workspace.write(
      "time: ts\nmember: user_id\nevent: event\npath: ../../more.jsonl\n", to: "datasets/web/dataset.yaml")
    try workspace.write("id,arm\nann,a\n", to: "datasets/crm/crm.csv")
    try workspace.write(BinaryLog.line("m1", "2025-03-04T10:00:00Z", "ann") + "bad\nbad\n", to: "more.jsonl")
    let (refused, _) = workspace.ingest()
    #expect(refused.status == 65)
    #expect(workspace.muster("query", "activity", "--by", "member.arm").status == 64)
    #expect(workspace.ingest("--reject-limit", "1").account?.stored == 2)
    #expect(members(workspace) == ["a: 1", ": 2", "a: 1"])
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test(
    "Damage to the facts is found, named, and stops an answer that needs them", arguments: ["gone", "short", "byte"])
  func damage(_ kind: String) throws {
    let workspace = try workspace()
    try workspace.write("id,arm\nann,a\n", to: "crm.csv")
    workspace.muster("ingest", "--dataset", "crm", "crm.csv")
    let file = ".muster/members/facts-000002.parquet"
    var bytes = try workspace.bytes(of: file)
    if kind == "byte" { bytes[bytes.count / 3] ^= 1 } else { bytes.removeLast(7) }
    if kind == "gone" { try workspace.remove(file) } else { try workspace.write(bytes, to: file) }
    let check = workspace.muster("store", "check")
    #expect(check.status == 1 && check.output.contains("members/facts-000002.parquet"), "\(check.output)")
    let run = workspace.muster("query", "activity", "--by", "member.arm")
    #expect(run.status == 65 && !run.crashed, "\(run.status) \(run.complaint)")
    #expect(run.complaint.contains("facts-000002.parquet"))
    #expect(workspace.muster("query", "activity").status == 0, "what needs no facts is answered")
  }

  @Test("Killed at any instant, the same command again gives what an undisturbed run gives", arguments: 0..<6)
  func killed(_ attempt: Int) throws {
    let workspace = try workspace()
    let rows = (0..<40_000).map { "m\($0),\($0 % 3),\($0 % 11)\n" }.joined()
    try workspace.write("id,arm,city\nann,a,x\n", to: "1.csv")
    try workspace.write("id,arm,city\nann,9,y\n" + rows, to: "2.csv")
    workspace.muster("ingest", "--dataset", "crm", "1.csv")
    let process = workspace.start(["ingest", "--dataset", "crm", "2.csv"])
    usleep(UInt32(5_000 + attempt * 15_000))
    process.kill()
    let run = process.wait()
    #expect(run.status == 0 || run.status == -9)
    #expect([["a: 1", ": 2"], ["9: 1", ": 2"]].contains(members(workspace)))
    #expect(workspace.muster("ingest", "--dataset", "crm", "2.csv").status == 0)
    #expect(members(workspace) == ["9: 1", ": 2"])
    let check = workspace.muster("store", "check")
    #expect(check.status == 0, "\(check.output)")
    let status = workspace.muster("store", "status").output
    #expect(status.contains("members    40,003; facts of 40,001; 40,000 were never active"), "\(status)")
  }
}
