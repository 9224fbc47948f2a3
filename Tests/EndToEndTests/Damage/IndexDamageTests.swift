import Foundation
import TestSupport
import Testing

/// Files under `index/` that are missing, torn or changed: answers stay, and are said to rest on segments.
@Suite struct IndexDamageTests {
  private func stored() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(BinaryLog.lines(900, members: 300), to: "log.jsonl")
    try workspace.write(BinaryLog.lines(900, members: 500, seed: 2), to: "more.jsonl")
    try #require(workspace.muster("ingest", "log.jsonl").status == 0)
    return workspace
  }

  private func indexes(_ workspace: BinaryWorkspace) -> [String] {
    workspace.files(below: ".muster/index").filter { $0.hasSuffix(".index") }.map { ".muster/index/\($0)" }
  }

  private func ask(_ workspace: BinaryWorkspace) -> String {
    workspace.start(["query", "activity", "--by", "platform", "--as-of", "2025-03-20", "--format", "json"]).wait()
      .output
  }

  /// How a file is changed.
  enum Change: String, CaseIterable, Sendable { case gone, empty, torn, flipped, another }

  @Test("Every answer stays, a note says why it took longer, and both ways of repair work", arguments: Change.allCases)
  func changed(_ change: Change) throws {
    let workspace = try stored()
    let files = indexes(workspace)
    let whole = try files.map { try workspace.bytes(of: $0) }
    let right = workspace.answers(asOf: "2025-03-20")
    #expect(ask(workspace).contains("\"from_index\":true"))
    #expect(ask(workspace).contains("\"segments_read\":0"))
    func damage() throws {
      switch change {
      case .gone: try workspace.remove(files[1])
      case .empty: try workspace.write([], to: files[1])
      case .torn: try workspace.write(Array(whole[1].prefix(whole[1].count / 2)), to: files[1])
      case .flipped:
        var bytes = whole[1]
        for place in stride(from: 100, to: bytes.count, by: 40) { bytes[place] ^= 16 }
        try workspace.write(bytes, to: files[1])
      case .another: try workspace.write(whole[0], to: files[1])
      }
    }
    try damage()
    #expect(workspace.answers(asOf: "2025-03-20") == right)
    let answer = ask(workspace)
    #expect(answer.contains("\"from_index\":false") && answer.contains("\"segments_read\":1"), "\(answer)")
    #expect(answer.contains("The activity index of 2025-03-"), "\(answer)")
    let check = workspace.muster("store", "check")
    let kind = change == .gone ? "missing" : "damaged"
    #expect(check.status == 1 && check.output.contains("\(kind)  index/"), "\(check.output)")
    let repair = workspace.muster("store", "check", "--repair")
    #expect(repair.status == 0, "\(repair.output)\(repair.complaint)")
    #expect(try workspace.bytes(of: files[1]) == whole[1])
    try damage()
    let reindex = workspace.muster("store", "reindex")
    #expect(reindex.status == 0 && reindex.output.contains("made 1 "), "\(reindex.output)\(reindex.complaint)")
    #expect(try workspace.bytes(of: files[1]) == whole[1] || change == .flipped)
    #expect(workspace.answers(asOf: "2025-03-20") == right)
  }

  @Test("A store without any index answers the same, and the next batch makes what is missing")
  func none() throws {
    let (workspace, calm) = (try stored(), try stored())
    let files = indexes(workspace)
    let whole = try files.map { try workspace.bytes(of: $0) }
    try workspace.remove(".muster/index")
    #expect(workspace.answers(asOf: "2025-03-20") == calm.answers(asOf: "2025-03-20"))
    #expect(workspace.ingest("more.jsonl").account == calm.ingest("more.jsonl").account)
    #expect(indexes(workspace).count >= min(files.count, 8))
    #expect(workspace.muster("store", "reindex").status == 0)
    #expect(indexes(workspace) == indexes(calm))
    #expect(try files.map { try workspace.bytes(of: $0) } == whole)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("An index of no segment is found, and the next writer removes it")
  func orphan() throws {
    let workspace = try stored()
    try workspace.write([1, 2], to: ".muster/index/000009-0001.index")
    let check = workspace.muster("store", "check")
    #expect(check.status == 1 && check.output.contains("orphan  index/000009-0001.index"), "\(check.output)")
    #expect(workspace.muster("ingest", "more.jsonl").status == 0)
    #expect(workspace.muster("store", "check").status == 0)
    #expect(!indexes(workspace).contains(".muster/index/000009-0001.index"))
  }

  @Test("Compaction and expiry take the indexes with the segments")
  func upkeep() throws {
    let workspace = try stored()
    try #require(workspace.muster("ingest", "more.jsonl").status == 0)
    #expect(workspace.muster("store", "compact").status == 0)
    #expect(indexes(workspace).allSatisfy { $0.hasPrefix(".muster/index/u") })
    #expect(workspace.muster("store", "expire", "--before", "2025-03-09").status == 0)
    let segments = workspace.files(below: ".muster/segments").count
    #expect(indexes(workspace).count == segments && segments > 0)
    #expect(workspace.files(below: ".muster/retired").count { $0.hasSuffix(".index") } > 0)
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("First days that are gone or changed are computed, found and made anew", arguments: [true, false])
  func firstDays(isGone: Bool) throws {
    let workspace = try stored()
    let file = ".muster/index/first-days"
    let whole = try workspace.bytes(of: file)
    let right = workspace.answers(asOf: "2025-03-20")
    var bytes = whole
    bytes[bytes.count - 1] ^= 1
    if isGone { try workspace.remove(file) } else { try workspace.write(bytes, to: file) }
    #expect(workspace.answers(asOf: "2025-03-20") == right)
    #expect(workspace.muster("store", "check").status == (isGone ? 0 : 1))
    #expect(workspace.muster("store", "check", "--repair").status == 0)
    #expect(try workspace.bytes(of: file) == whole)
  }
}
