import Foundation
import TestSupport
import Testing

/// `read = stored + duplicate + rejected`, whatever comes in and in whatever order.
@Suite struct AccountTests {
  /// Good, repeated, conflicting and broken lines, mixed.
  static func dirt(seed: UInt64) -> [String] {
    var random = BinaryRandom(seed: seed)
    let good = BinaryLog.lines(400, seed: seed).split(separator: "\n").map(String.init)
    return (0..<600).map { _ in
      let line = good[random.below(good.count)]
      switch random.below(12) {
      case 0: return String(line.prefix(random.below(line.count)))
      case 1: return line.replacing("\"visit\"", with: "\"other\"")
      case 2: return line.replacing("2025", with: "1925")
      case 3: return ""
      case 4: return line.replacing("\"user_id\":\"m", with: "\"user\":\"m")
      default: return line
      }
    }
  }

  @Test(
    "Every record is stored, a duplicate or rejected; totals of the store are the sums of its calls",
    arguments: [1, 2, 3])
  func addsUp(_ seed: Int) throws {
    let workspace = try BinaryWorkspace()
    var sums = [0, 0, 0, 0, 0]
    let lines = Self.dirt(seed: UInt64(seed))
    // All of it once more, turned round: else it would count as the first file, grown.
    let parts = [Array(lines[..<200]), Array(lines[100..<450]), Array(lines[300...]), lines.reversed()]
    for (number, part) in parts.enumerated() {
      try workspace.write(part.joined(separator: "\n") + "\n", to: "\(number).jsonl")
      let (run, account) = workspace.ingest("--reject-limit", "1", "\(number).jsonl")
      try #require(run.status == 0 && account != nil, "\(run.complaint)")
      guard let account else { return }
      #expect(account.addsUp)
      // Blank lines are no records.
      #expect(account.read == part.filter { !$0.isEmpty }.count)
      let counts = [account.read, account.stored, account.duplicate, account.rejected, account.conflicts]
      sums = zip(sums, counts).map(+)
    }
    #expect(try workspace.quarantine().count == sums[3])
    let status = workspace.muster("store", "status", "--format", "json").output
    let names = ["read", "stored", "duplicate", "rejected", "conflicts"]
    for (name, sum) in zip(names, sums) {
      #expect(status.contains("\"\(name)\":\(sum)"), "\(name) \(sum) in \(status)")
    }
    #expect(status.contains("\"rows\":\(sums[1]),"))
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test("The order and the partition of arrival change no answer", arguments: [4, 5])
  func order(_ seed: Int) throws {
    let lines = Self.dirt(seed: UInt64(seed))
    let (one, other) = (try BinaryWorkspace(), try BinaryWorkspace())
    try one.write(lines.joined(separator: "\n") + "\n", to: "all.jsonl")
    #expect(one.muster("ingest", "--reject-limit", "1", "all.jsonl").status == 0)
    for (number, part) in [lines[400...], lines[..<250], lines[150..<420]].enumerated() {
      try other.write(part.reversed().joined(separator: "\n") + "\n", to: "\(number).jsonl")
      #expect(other.muster("ingest", "--reject-limit", "1", "\(number).jsonl").status == 0)
    }
    #expect(one.answers(asOf: "2025-03-20") == other.answers(asOf: "2025-03-20"))
    #expect(one.answers(asOf: "2025-03-08T12:00:00Z") == other.answers(asOf: "2025-03-08T12:00:00Z"))
  }
}
