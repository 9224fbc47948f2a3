import Events
import Segments
import Testing

@Suite("Which segments are merged")
struct CompactionRuleTests {
  private func segment(_ day: Int32, _ rows: Int, _ name: String = "a") -> SegmentRecord {
    SegmentRecord(
      day: CommunityDay(day), file: "day=\(CommunityDay(day))/\(name)-\(rows).parquet", rowCount: rows, byteCount: rows,
      content: "", tailOffset: 0, tail: "", timestamps: 0...1)
  }

  @Test(
    "Small segments of a day are put together up to a row group",
    arguments: [
      ([], []), ([5], []), ([5, 7], [12]), ([5, 600_000], []), ([300_000, 300_000, 300_000, 300_000], [900_000]),
      ([500_000, 500_000, 500_000], [1_000_000]), ([1, 2, 3, 2_000_000], [6]),
      ([400_000, 400_000, 400_000, 400_000], [800_000, 800_000]),
    ] as [([Int], [Int])])
  func groups(_ rows: [Int], _ merged: [Int]) {
    let segments = rows.enumerated().map { segment(1, $0.element, "\($0.offset)") }
    #expect(Compaction.groups(segments, rule: .all).map(\.rowCount) == merged)
  }

  @Test("Days are never mixed")
  func days() {
    let groups = Compaction.groups([segment(1, 5), segment(2, 6), segment(2, 7)], rule: .all)
    #expect(groups.map(\.day.number) == [2] && groups[0].segments.count == 2)
  }

  @Test(
    "The nightly step leaves a few late records alone",
    arguments: [
      ([1000, 10], false), ([1000, 10, 10, 10], false), ([1000, 10, 10, 10, 10], true), ([1000, 300], true),
      ([100, 100], true), ([100], false),
    ] as [([Int], Bool)])
  func worthwhile(_ rows: [Int], _ isMerged: Bool) {
    let segments = rows.enumerated().map { segment(1, $0.element, "\($0.offset)") }
    #expect(Compaction.groups(segments, rule: .worthwhile).isEmpty != isMerged)
  }

  @Test("Whatever sizes a day has, merging ends: afterwards at most one segment is small")
  func ends() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<200 {
      var segments = (0..<next(40)).map { segment(1, 1 + next(700_000), "\(round)-\($0)") }
      var number = 0
      for _ in 0..<3 {
        let groups = Compaction.groups(segments, rule: .all)
        let merged = Set(groups.flatMap(\.segments).map(\.file))
        segments.removeAll { merged.contains($0.file) }
        for group in groups {
          #expect(group.rowCount <= 1 << 20)
          number += 1
          segments.append(segment(1, group.rowCount, "merged-\(number)"))
        }
      }
      #expect(segments.filter { $0.rowCount < StoreLimits.smallSegmentRowCountMax }.count <= 1, "round \(round)")
    }
  }
}
