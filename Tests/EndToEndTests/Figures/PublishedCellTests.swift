import Foundation
import TestSupport
import Testing

/// What is withheld in a published document cannot be reckoned back from the rest of its tile.
@Suite struct PublishedCellTests {
  /// A retention tile: sizes by cohort where published, and which cohorts each pooled line sums.
  private struct Triangle {
    var sizes: [String: Int] = [:]
    var cohorts: Set<String> = []
    var complete: [Int: Set<String>] = [:]
    var pooled: [Int: Int] = [:]

    init(_ rows: [[Any]]) {
      for row in rows {
        guard let period = row[2] as? Int else { continue }
        guard let cohort = row[0] as? String else {
          if let size = row[1] as? Int { pooled[period] = size }
          continue
        }
        cohorts.insert(cohort)
        if let size = row[1] as? Int { sizes[cohort] = size }
        if row[4] as? Bool == true { complete[period, default: []].insert(cohort) }
      }
    }

    /// Sizes that a reader can find: a sum of cohorts, less another such sum, less all that is known.
    func reckoned() -> [String: Int] {
      var known = sizes
      var sums = pooled.map { (complete[$0.key] ?? [], $0.value) }
      sums += sums.flatMap { one in
        sums.filter { $0.0.isStrictSubset(of: one.0) }.map { (one.0.subtracting($0.0), one.1 - $0.1) }
      }
      while let (cohort, size) = sums.lazy.compactMap({ cohorts, sum -> (String, Int)? in
        let hidden = cohorts.filter { known[$0] == nil }
        guard hidden.count == 1, let only = hidden.first else { return nil }
        return (only, sum - cohorts.reduce(0) { $0 + (known[$1] ?? 0) })
      }).first {
        known[cohort] = size
      }
      return known
    }
  }

  @Test(
    "No cohort under the minimum can be reckoned back from the pooled line",
    arguments: [[8, 3, 6, 7], [8, 3], [3, 8], [9, 9, 2], [2, 9, 9], [4, 4, 20, 20], [6, 1, 7, 1, 8]], [1, 3, 10])
  func cohorts(_ sizes: [Int], _ periods: Int) throws {
    let workspace = try BinaryWorkspace(settings: "published-cell-minimum: 5\n")
    var log = ""
    for (day, size) in sizes.enumerated() {
      for member in 0..<size {
        log += BinaryLog.line("\(day)-\(member)", "2025-03-0\(day + 1)T10:00:00Z", "m\(day)-\(member)")
        if member % 2 == 0 {
          log += BinaryLog.line("\(day)-\(member)-b", "2025-03-0\(day + 2)T10:00:00Z", "m\(day)-\(member)")
        }
      }
    }
    try workspace.write(log, to: "log.jsonl")
    try workspace.write("tiles: [{id: r, retention: {periods: \(periods)}}]\n", to: "dashboards/d.yaml")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    #expect(workspace.muster("publish", "--as-of", "2025-03-0\(sizes.count + 1)").status == 0)
    let bytes = Data(try workspace.bytes(of: ".muster/published/current/dashboards/d.json"))
    let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let tile = try #require((document["tiles"] as? [[String: Any]])?.first)
    let triangle = Triangle(try #require(tile["rows"] as? [[Any]]))
    #expect(triangle.cohorts.count == sizes.count)
    for size in triangle.sizes.values { #expect(size >= 5) }
    // A pooled line of the shown cohorts alone says 0 of every withheld one, whatever its size is.
    for (cohort, size) in triangle.reckoned() {
      #expect(
        size == triangle.sizes[cohort] ?? 0, "the cohort of \(cohort) has \(size) members: pooled sizes give it away")
    }
  }

  @Test("Active members of a breakdown under the minimum are withheld, zero is not")
  func activity() throws {
    let workspace = try BinaryWorkspace(settings: "published-cell-minimum: 3\n")
    var log = ""
    for member in 0..<4 { log += BinaryLog.line("a\(member)", "2025-03-03T10:00:00Z", "m\(member)") }
    for member in 0..<2 { log += BinaryLog.line("b\(member)", "2025-03-05T10:00:00Z", "m\(member)") }
    try workspace.write(log, to: "log.jsonl")
    try workspace.write("tiles: [{id: a, activity: {}}, {id: t, activity: {trailing: 2}}]\n", to: "dashboards/d.yaml")
    #expect(workspace.muster("ingest", "log.jsonl").status == 0)
    #expect(workspace.muster("publish", "--as-of", "2025-03-05").status == 0)
    let document = try workspace.text(of: ".muster/published/current/dashboards/d.json")
    #expect(
      document.contains(
        #"[["2025-03-03",4,4,4,true],["2025-03-04",0,0,0,true],["2025-03-05",null,null,null,true]]"#), "\(document)")
    #expect(
      document.contains(#"[["2025-03-03",4,true],["2025-03-04",4,true],["2025-03-05",null,true]]"#), "\(document)")
  }
}
