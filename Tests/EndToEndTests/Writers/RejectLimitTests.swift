import TestSupport
import Testing

/// Past the reject limit nothing is committed, to the byte.
@Suite struct RejectLimitTests {
  @Test("Past the limit exit 65 and the store as before; with a higher limit all that is good is stored")
  func limit() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(200), to: "a.jsonl")
    #expect(workspace.muster("ingest", "a.jsonl").status == 0)
    let (content, answers) = (try workspace.storeContent(), workspace.answers(asOf: "2025-03-20"))

    try workspace.write(
      BinaryLog.lines(90, members: 90, seed: 2) + String(repeating: "bad\n", count: 10), to: "b.jsonl")
    let refused = workspace.muster("ingest", "b.jsonl")
    #expect(refused.status == 65)
    #expect(refused.output.isEmpty)
    #expect(refused.complaint.contains("10 of 100 records (10.0 %)"), "\(refused.complaint)")
    #expect(refused.complaint.contains("limit of 5.0 %") && refused.complaint.contains("b.jsonl:91: not-json"))
    #expect(try workspace.storeContent() == content)
    #expect(workspace.files(below: ".muster/staging") == [])
    #expect(workspace.answers(asOf: "2025-03-20") == answers)
    #expect(workspace.muster("store", "check").status == 0)

    let (run, account) = workspace.ingest("--reject-limit", "0.1", "b.jsonl")
    #expect(run.status == 0)
    #expect(account?.read == 100 && account?.stored == 90 && account?.rejected == 10)
    let set = try workspace.quarantine()
    #expect(set.map(\.line) == (91...100).map(Optional.some))
    #expect(Set(set.map(\.text)) == ["bad"])
    let offsets = set.compactMap(\.byteOffset)
    #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $1 - $0 == 4 })
    #expect(run.complaint.contains(workspace.path(".muster/quarantine/000002.jsonl")), "\(run.complaint)")
  }

  @Test("Exactly at the limit is within it", arguments: zip(["0.05", "0.04", "0", "1"], [0, 65, 65, 0]))
  func atTheLimit(_ limit: String, _ status: Int) throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(95) + String(repeating: "bad\n", count: 5), to: "a.jsonl")
    #expect(Int(workspace.muster("ingest", "--reject-limit", limit, "a.jsonl").status) == status)
  }

  @Test("One bad file among good ones: nothing of the call is stored")
  func together() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(95), to: "a.jsonl")
    try workspace.write(String(repeating: "bad\n", count: 50), to: "b.jsonl")
    #expect(workspace.muster("ingest", "a.jsonl", "b.jsonl").status == 65)
    #expect(workspace.files(below: ".muster/segments") == [])
    #expect(workspace.ingest("a.jsonl").account?.stored == 95)
  }
}
