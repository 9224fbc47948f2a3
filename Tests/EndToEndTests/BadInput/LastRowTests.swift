import TestSupport
import Testing

/// Files of rows whose last row has no line break: finished, or cut off. Where they grow, `--follow` is the way.
@Suite struct LastRowTests {
  private static let rows = ["1,2025-03-03T10:00:00Z,ann,view,first", "2,2025-03-03T11:00:00Z,bob,view,second"]
  private static let header = "event_id,ts,user_id,event,note"
  private static var whole: String { ([header] + rows).joined(separator: "\n") }

  private func notes(_ workspace: BinaryWorkspace) throws -> [String] {
    try workspace.storedRows().map { String($0.split(separator: "\"note\":\"").last?.prefix { $0 != "\"" } ?? "") }
      .sorted()
  }

  @Test("The last row of a finished file counts without a line break, once, also when more rows follow later")
  func finished() throws {
    let workspace = try BinaryWorkspace()
    try workspace.write(Self.whole, to: "log.csv")
    #expect(workspace.ingest("log.csv").account?.stored == 2)
    #expect(workspace.ingest("log.csv").account?.skippedSources.count == 1)
    try workspace.append("\n3,2025-03-03T12:00:00Z,cy,view,third", to: "log.csv")
    let account = workspace.ingest("log.csv").account
    #expect(account?.stored == 1 && account?.rejected == 0 && account?.duplicate == 0)
    #expect(try notes(workspace) == ["first", "second", "third"])
  }

  @Test(
    "A file that was cut within its last row and grows gives every row once, wherever it was cut",
    arguments: [1, 5, 6, 7, 12, 25, 34, 37, 38, 39])
  func cut(byteCount: Int) throws {
    let workspace = try BinaryWorkspace(inMemory: true)
    try workspace.write(String(Self.whole.dropLast(byteCount)), to: "log.csv")
    let (first, account) = workspace.ingest("--reject-limit", "1", "log.csv")
    #expect(first.status == 0 && account?.addsUp == true)
    try workspace.write(Self.whole + "\n", to: "log.csv")
    let (_, grown) = workspace.ingest("--reject-limit", "1", "log.csv")
    #expect(grown?.addsUp == true)
    // Within its last field nothing tells a cut row from a whole one: it counts as it was, and its rest is refused.
    let isInLastField = byteCount < "second".utf8.count + 1
    let kept = isInLastField ? String("second".dropLast(byteCount)) : "second"
    #expect(try notes(workspace).filter { $0 != "first" }.allSatisfy { kept.isEmpty || $0 == kept })
    #expect(try workspace.storedRows().count == 2)
    #expect(grown?.rejected == (isInLastField ? 1 : 0))
  }
}
