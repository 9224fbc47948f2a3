import Columns
import Events
import Foundation
import Segments
import TestSupport
import Testing

/// Rows of one day: member keys come from `batch`.
private func rows(_ members: [String], day: CommunityDay, in batch: inout BatchWriter) throws -> SegmentRows {
  var rows = SegmentRows(dimensionCount: 5, keepsEventID: false)
  for (index, member) in members.enumerated() {
    let key = try Array(member.utf8).withUnsafeBytes { try batch.members.key(for: $0) }
    rows.ts.append(Int64(day.number) * 86_400_000_000 + Int64(1000 - index))
    rows.member.append(Int32(key.number))
    rows.event.append(index % 2 == 0 ? "view" : "like")
    for dimension in rows.dimensions.indices { rows.dimensions[dimension].append(nil) }
    rows.properties.append(nil)
  }
  return rows
}

private let day = CommunityDay(year: 2026, month: 3, day: 1)

@Suite("A batch")
struct BatchWriterTests {
  private func commit(_ workspace: Workspace, _ members: [String]) throws {
    var batch = try BatchWriter(workspace, arrival: .testArrival)
    let part = try rows(members, day: day, in: &batch)
    try batch.append(part, day: day, sources: [])
    var totals = BatchTotals()
    (totals.read, totals.stored) = (members.count, members.count)
    try batch.commit(totals, sources: [])
  }

  @Test("is visible once committed, and keeps keys over batches")
  func commits() throws {
    let temporary = try TemporaryWorkspace()
    try commit(temporary.workspace, ["ann", "bob", "ann"])
    try commit(temporary.workspace, ["cy", "bob"])
    let store = try Store(reading: temporary.workspace)
    let snapshot = try store.snapshot()
    #expect(snapshot.rowCount == 5 && snapshot.memberCount == 3 && snapshot.batch == 2 && snapshot.days == [day])
    #expect(try store.memberIDs(store.snapshot()).strings == ["ann", "bob", "cy"])
    #expect(try StoreCheck(store).findings().isEmpty)
  }

  @Test("that is dropped leaves nothing behind")
  func dropped() throws {
    let temporary = try TemporaryWorkspace()
    try commit(temporary.workspace, ["ann"])
    do {
      var batch = try BatchWriter(temporary.workspace, arrival: .testArrival)
      let part = try rows(["zoe"], day: day, in: &batch)
      try batch.append(part, day: day, sources: [])
    }
    let store = try Store(reading: temporary.workspace)
    #expect(try store.snapshot().rowCount == 1)
    #expect(listFolder("\(store.folder)/staging").isEmpty)
    try commit(temporary.workspace, ["bob"])
    #expect(try store.memberIDs(store.snapshot()).strings == ["ann", "bob"])
  }

  @Test("clears what a crash left: staged files go, moved but uncommitted segments retire")
  func leftovers() throws {
    let temporary = try TemporaryWorkspace()
    try commit(temporary.workspace, ["ann"])
    let store = try Store(reading: temporary.workspace)
    let segment = try #require(try store.snapshot().segments.first)
    let orphan = "\(store.folder)/segments/day=\(day)/000002-0001.parquet"
    try FileManager.default.copyItem(atPath: store.path(of: segment), toPath: orphan)
    try makeFolder("\(store.folder)/staging/2")
    #expect(try StoreCheck(store).findings().map(\.kind) == [.orphan])
    try commit(temporary.workspace, ["bob"])
    #expect(try StoreCheck(store).findings().isEmpty)
    #expect(listFolder("\(store.folder)/retired") == ["000002-0001.parquet"])
  }

  @Test("excludes another writer, and says who holds the store")
  func locked() throws {
    let temporary = try TemporaryWorkspace()
    let held = try BatchWriter(temporary.workspace, arrival: .testArrival)
    let error = #expect(throws: StoreError.self) { _ = try BatchWriter(temporary.workspace, arrival: .testArrival) }
    #expect(error?.code == .locked)
    #expect(error?.message.contains(String(getpid())) == true)
    _ = consume held
    _ = try BatchWriter(temporary.workspace, arrival: .testArrival)
  }

  @Test("refuses settings that the store was not made with")
  func settings() throws {
    let temporary = try TemporaryWorkspace()
    try commit(temporary.workspace, ["ann"])
    try temporary.rewriteSettings("time-zone: Asia/Shanghai\n")
    let changed = try Workspace(folder: temporary.workspace.folder, store: nil, current: "/")
    #expect(throws: StoreError.self) { try Store(reading: changed) }
    #expect(throws: StoreError.self) { _ = try BatchWriter(changed, arrival: .testArrival) }
  }
}

@Suite("Damage on disk")
struct StoreDamageTests {
  @Test("Every flipped byte of a segment is found, and reading it never answers wrongly")
  func flips() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(
      (0..<40).map {
        "{\"ts\":\"2026-03-01T10:00:\($0 + 10)Z\",\"user_id\":\"m\($0 % 9)\",\"event\":\"view\",\"platform\":\"ios\"}"
      })
    let store = try Store(reading: temporary.workspace)
    let record = try #require(try store.snapshot().segments.first)
    let path = store.path(of: record)
    let good = try readFile(path)
    let right = try SegmentReader(record, of: store).members(rowGroup: 0)
    var byte = 0
    while byte < good.count {
      var bad = good
      bad[byte] ^= 1 << UInt8(byte % 8)
      try Data(bad).write(to: URL(filePath: path))
      let findings = try StoreCheck(store).findings()
      #expect(
        findings.count == 1 && findings[0].kind == .damaged && findings[0].file.contains(record.file), "byte \(byte)")
      if let members = try? SegmentReader(record, of: store).members(rowGroup: 0) {
        #expect(members == right, "byte \(byte)")
      }
      byte += 7
    }
  }

  @Test("A damaged page is named with its column")
  func page() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(
      (0..<40).map { "{\"ts\":\"2026-03-01T10:00:\($0 + 10)Z\",\"user_id\":\"m\($0)\",\"event\":\"view\"}" })
    let store = try Store(reading: temporary.workspace)
    let record = try #require(try store.snapshot().segments.first)
    var bytes = try readFile(store.path(of: record))
    bytes[record.tailOffset / 2] ^= 0x10
    try Data(bytes).write(to: URL(filePath: store.path(of: record)))
    let message = try #require(try StoreCheck(store).findings().first?.message)
    #expect(message.contains("column") && message.contains("page"), "\(message)")
  }

  @Test("A segment that is gone is missing, one that is shorter is damaged")
  func missing() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(["{\"ts\":\"2026-03-01T10:00:00Z\",\"user_id\":\"m\",\"event\":\"view\"}"])
    let store = try Store(reading: temporary.workspace)
    let record = try #require(try store.snapshot().segments.first)
    let bytes = try readFile(store.path(of: record))
    try Data(bytes.dropLast(5)).write(to: URL(filePath: store.path(of: record)))
    #expect(try StoreCheck(store).findings().map(\.kind) == [.damaged])
    try removeFile(store.path(of: record))
    #expect(try StoreCheck(store).findings().map(\.kind) == [.missing])
  }

  @Test("A damaged member dictionary is an error, never other ids")
  func members() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(["{\"ts\":\"2026-03-01T10:00:00Z\",\"user_id\":\"ann\",\"event\":\"view\"}"])
    let store = try Store(reading: temporary.workspace)
    for name in ["ids", "firsts"] {
      let path = "\(store.folder)/members/\(name)"
      let good = try readFile(path)
      for byte in good.indices {
        var bad = good
        bad[byte] ^= 1
        try Data(bad).write(to: URL(filePath: path))
        #expect(throws: StoreError.self, "\(name) byte \(byte)") {
          // First instants are read when the batch looks which of its own are news.
          var batch = try BatchWriter(temporary.workspace, arrival: .testArrival)
          try batch.finishReading()
          try batch.commit(BatchTotals(), sources: [])
        }
      }
      try Data(good).write(to: URL(filePath: path))
    }
  }

  @Test("Without its catalog the store refuses to begin anew over old segments")
  func catalog() async throws {
    let temporary = try TemporaryWorkspace()
    try await temporary.ingest(["{\"ts\":\"2026-03-01T10:00:00Z\",\"user_id\":\"ann\",\"event\":\"view\"}"])
    let folder = temporary.workspace.storeFolder
    for name in listFolder(folder) where name.hasPrefix("catalog.sqlite") { try removeFile("\(folder)/\(name)") }
    #expect(throws: StoreError.self) { _ = try BatchWriter(temporary.workspace, arrival: .testArrival) }
    #expect(throws: StoreError.self) { try Store(reading: temporary.workspace) }
    #expect(listFolder("\(folder)/segments").count == 1)
  }
}
