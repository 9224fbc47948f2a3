import Columns
import Events
import Foundation
import Segments
import TestSupport
import Testing

/// Ids that are looked up on disk, and first instants of which only the news are written.
@Suite struct MemberDictionaryTests {
  private static let day = CommunityDay(year: 2026, month: 3, day: 1)

  /// Commits one event of each member at `second`, and gives their keys.
  @discardableResult
  private func commit(_ workspace: Workspace, _ ids: [String], event: String = "view", second: Int64 = 100) throws
    -> [UInt32]
  {
    var batch = try BatchWriter(workspace, arrival: .testArrival)
    var texts = RowTexts()
    for id in ids { Array(id.utf8).withUnsafeBytes { texts.append($0) } }
    let hashes = (0..<texts.count).map { row in
      texts.bytes.withUnsafeBytes { byteHash(UnsafeRawBufferPointer(rebasing: $0[texts.range(of: row)])) }
    }
    var keys = [Int32](repeating: -1, count: ids.count)
    try Array(0..<Int32(ids.count)).withUnsafeBufferPointer { rows in
      try keys.withUnsafeMutableBufferPointer {
        try batch.members.keys(for: texts, hashes: hashes, rows: rows, into: $0.baseAddress!)
      }
    }
    var rows = SegmentRows(dimensionCount: 5, keepsEventID: false)
    for key in keys {
      rows.ts.append(Int64(Self.day.number) * 86_400_000_000 + second * 1_000_000)
      rows.member.append(key)
      rows.event.append(event)
      for dimension in rows.dimensions.indices { rows.dimensions[dimension].append(nil) }
      rows.properties.append(nil)
    }
    try batch.append(rows, day: Self.day, sources: [])
    var totals = BatchTotals()
    (totals.read, totals.stored) = (ids.count, ids.count)
    try batch.commit(totals, sources: [])
    return keys.map { UInt32(bitPattern: $0) }
  }

  private func storedIDs(_ workspace: Workspace) throws -> [String] {
    let store = try Store(reading: workspace)
    return try store.memberIDs(store.snapshot()).strings
  }

  @Test(
    "Keys follow first appearance over many batches, whatever is left of the table",
    arguments: ["kept", "removed", "cut", "flipped", "of before"], [UInt64(1), 2, 3])
  func keys(table: String, seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let temporary = try TemporaryWorkspace()
    let path = "\(temporary.workspace.storeFolder)/members/table"
    var expected: [String: UInt32] = [:]
    var old: [UInt8] = []
    for size in [3000, 40, 500, 2, 6000, 1000] {
      let ids = (0..<size).map { _ in "member \(Int.random(in: 0..<12_000, using: &random))" }
      for id in ids where expected[id] == nil { expected[id] = UInt32(expected.count) }
      #expect(try commit(temporary.workspace, ids) == ids.map { expected[$0]! }, "seed \(seed)")
      var bytes = try readFile(path)
      switch table {
      case "removed": try removeFile(path)
      case "cut": try Data(bytes.dropLast(7)).write(to: URL(filePath: path))
      case "flipped":
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 4
        try Data(bytes).write(to: URL(filePath: path))
      case "of before":
        if !old.isEmpty { try Data(old).write(to: URL(filePath: path)) }
        old = bytes
      default: break
      }
    }
    #expect(try storedIDs(temporary.workspace) == expected.sorted { $0.value < $1.value }.map(\.key), "seed \(seed)")
    #expect(try StoreCheck(Store(reading: temporary.workspace)).findings().isEmpty)
  }

  @Test("A table of another store is not searched")
  func strangeTable() throws {
    let (mine, other) = (try TemporaryWorkspace(), try TemporaryWorkspace())
    let ids = (0..<500).map { "mine \($0)" }
    try commit(mine.workspace, ids)
    try commit(other.workspace, ids.reversed())
    let table = try readFile("\(other.workspace.storeFolder)/members/table")
    try Data(table).write(to: URL(filePath: "\(mine.workspace.storeFolder)/members/table"))
    #expect(try commit(mine.workspace, ["mine 7", "new", "mine 499"]) == [7, 500, 499])
  }

  @Test("A damaged block of ids is an error when one of its ids is looked up, and found by the check before")
  func damagedIDs() throws {
    let temporary = try TemporaryWorkspace()
    try commit(temporary.workspace, (0..<500).map { "early \($0)" })
    try commit(temporary.workspace, (0..<20).map { "late \($0)" })
    let path = "\(temporary.workspace.storeFolder)/members/ids"
    var bytes = try readFile(path)
    bytes[60] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    #expect(try commit(temporary.workspace, ["late 3"], second: 200) == [503])
    #expect(throws: StoreError.self) { try commit(temporary.workspace, ["early 3"]) }
    #expect(try StoreCheck(Store(reading: temporary.workspace)).findings().map(\.file) == ["members"])
  }

  @Test("A batch writes only the first instants that are news")
  func news() throws {
    let temporary = try TemporaryWorkspace()
    let workspace = temporary.workspace
    let ids = (0..<3000).map { "member \($0)" }
    func byteCount() -> Int { fileByteCount("\(workspace.storeFolder)/members/firsts") ?? 0 }
    func firsts(_ event: String) throws -> [Int64] {
      let store = try Store(reading: workspace)
      let start = Int64(Self.day.number) * 86_400_000_000
      return try store.firstInstants(ofEvent: event, store.snapshot()).map {
        $0 == .max ? -1 : ($0 - start) / 1_000_000
      }
    }
    try commit(workspace, ids, second: 500)
    let first = byteCount()
    // Neither the same instants nor later ones.
    try commit(workspace, ids, second: 500)
    try commit(workspace, ids.filter { $0.hasSuffix("7") }, second: 900)
    #expect(byteCount() == first)
    try commit(workspace, ["member 0", "member 2999", "member 1500"], second: 400)
    try commit(workspace, ["member 5"], event: "like", second: 700)
    let last = byteCount()
    #expect(last > first)
    try commit(workspace, ["member 0", "member 1500"], second: 400)
    #expect(byteCount() == last)
    #expect(try firsts("view") == ids.indices.map { [0, 1500, 2999].contains($0) ? 400 : 500 })
    #expect(try firsts("like") == ids.indices.map { $0 == 5 ? 700 : -1 })
  }
}
