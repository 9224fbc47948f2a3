import Columns
import Events
import Segments
import TestSupport
import Testing

@Suite("Skipping by statistics")
struct SegmentSkippingTests {
  private static let names = ["a", "b", "ba", "é", "long-" + String(repeating: "x", count: 90), "z"]

  /// A segment of many pages.
  private func segment() throws -> (TemporaryWorkspace, SegmentReader) {
    let temporary = try TemporaryWorkspace("dimensions: [platform, none]\n")
    var batch = try BatchWriter(temporary.workspace, arrival: .testArrival)
    var rows = SegmentRows(dimensionCount: 2, keepsEventID: false)
    var random = SeededNumbers(seed: 5)
    for row in 0..<70_000 {
      rows.ts.append(Timestamp(iso8601: "2026-03-01T00:00:00Z")!.microseconds + Int64(row))
      rows.member.append(Int32(row % 5000))
      rows.event.append(Self.names[Int.random(in: 0..<5, using: &random)])
      rows.dimensions[0].append(row % 9 == 0 ? nil : "p\(row % 3)")
      rows.dimensions[1].append(nil)
      rows.properties.append(nil)
    }
    for member in 0..<5000 { _ = try Array("m\(member)".utf8).withUnsafeBytes { try batch.members.key(for: $0) } }
    try batch.append(rows, day: CommunityDay("2026-03-01")!, sources: [])
    var totals = BatchTotals()
    (totals.read, totals.stored) = (rows.count, rows.count)
    try batch.commit(totals, sources: [])
    let store = try Store(reading: temporary.workspace)
    return (temporary, try SegmentReader(store.snapshot().segments[0], of: store))
  }

  private static let tests: [ColumnCondition.Test] =
    names.flatMap { [.isAmong([$0]), .isNot($0), .isAtLeast($0), .isAbove($0), .isAtMost($0), .isBelow($0)] }
    + [.isAmong([]), .isAmong(["0", "zz"]), .isNull, .isNotNull, .isAtLeast("zz"), .isBelow("a")]

  private func meets(_ test: ColumnCondition.Test, _ value: String?) -> Bool {
    if test == .isNull { return value == nil }
    guard let value else { return false }
    let bytes = Array(value.utf8)
    func before(_ text: String) -> Bool { bytes.lexicographicallyPrecedes(Array(text.utf8)) }
    return switch test {
    case .isAmong(let texts): texts.contains(value)
    case .isNot(let text): value != text
    case .isAtLeast(let text): !before(text)
    case .isAbove(let text): !before(text) && value != text
    case .isAtMost(let text): before(text) || value == text
    case .isBelow(let text): before(text)
    case .isNotNull: true
    case .isNull, .isWithin: false
    }
  }

  @Test("No row that meets a condition is ever skipped, and rows that cannot are where events are sorted")
  func sound() throws {
    let (temporary, segment) = try segment()
    defer { withExtendedLifetime(temporary) {} }
    var skippedRows = 0
    for column in ["event", "platform", "none", "absent"] {
      let values = try segment.text(column, rowGroup: 0)
      for test in Self.tests {
        let conditions = [ColumnCondition(column, test)]
        let wanted = (0..<segment.rowCount(ofGroup: 0)).filter { meets(test, values?[$0]) }
        let reason = segment.reasonToSkip(rowGroup: 0, conditions)
        if reason != nil { #expect(wanted.isEmpty, "\(conditions): \(reason ?? "")") }
        let kept = try segment.candidateRows(rowGroup: 0, conditions)
        let keptRows = kept.reduce(0) { $0 + $1.count }
        skippedRows += segment.rowCount(ofGroup: 0) - keptRows
        let isComplete = wanted.allSatisfy { row in kept.contains { $0.contains(row) } }
        #expect(isComplete, "\(conditions)")
      }
    }
    #expect(skippedRows > 500_000)
  }

  @Test("Members and instants are skipped by range, several conditions by what is left of all")
  func ranges() throws {
    let (temporary, segment) = try segment()
    defer { withExtendedLifetime(temporary) {} }
    let start = Timestamp(iso8601: "2026-03-01T00:00:00Z")!.microseconds
    #expect(segment.reasonToSkip(rowGroup: 0, [.init("ts", .isWithin(0...start - 1))]) != nil)
    #expect(segment.reasonToSkip(rowGroup: 0, [.init("ts", .isWithin(start...start))]) == nil)
    #expect(segment.reasonToSkip(rowGroup: 0, [.init("member", .isWithin(5000...9000))]) == "member is 0 … 4999")
    let first = try segment.candidateRows(rowGroup: 0, [.init("event", .isAmong(["a"]))])
    let both = try segment.candidateRows(
      rowGroup: 0, [.init("event", .isAmong(["a"])), .init("member", .isWithin(0...1))])
    #expect(first.allSatisfy { $0.lowerBound < 20_000 })
    #expect(both.reduce(0) { $0 + $1.count } <= first.reduce(0) { $0 + $1.count } && !both.isEmpty)
    let all = try segment.extent(rowGroup: 0, columns: ["event", "member"], rows: [0..<70_000])
    let some = try segment.extent(rowGroup: 0, columns: ["event", "member"], rows: first)
    #expect(all.readPageCount == all.pageCount && all.readByteCount == all.byteCount)
    #expect(some.readPageCount < all.pageCount && some.readByteCount < all.byteCount && some.pageCount == all.pageCount)
  }
}
