import Foundation
import TestSupport
import Testing

/// Logs of real communities give the figures that others published or that were found by other means.
/// They may not be copied into the project: they lie in `MUSTER_REAL_LOGS`, or in `../shared/datasets`.
@Suite struct RealLogTests {
  static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let logs: String? = {
    let named = ProcessInfo.processInfo.environment["MUSTER_REAL_LOGS"]
    let folder = named.map { URL(fileURLWithPath: $0, relativeTo: repository).path }
    let found = folder ?? repository.deletingLastPathComponent().appendingPathComponent("shared/datasets").path
    return FileManager.default.fileExists(atPath: "\(found)/collegemsg/CollegeMsg.txt") ? found : nil
  }()

  /// A workspace with the repository's own descriptions, `log` loaded through that of `dataset`.
  private func loaded(_ dataset: String, _ log: String, count: Int) throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace(settings: "time-zone: UTC\n")
    let description = Self.repository.appendingPathComponent("datasets/\(dataset)/dataset.yaml").path
    try workspace.write(String(contentsOfFile: description, encoding: .utf8), to: "datasets/\(dataset)/dataset.yaml")
    let (run, account) = workspace.ingest("--dataset", dataset, "\(try #require(Self.logs))/\(dataset)/\(log)")
    #expect(run.status == 0, "\(run.complaint)")
    #expect(account?.read == count && account?.stored == count, "\(run.output)")
    return workspace
  }

  private func rows(_ workspace: BinaryWorkspace, _ question: String...) -> [[String]] {
    let run = workspace.start(["query"] + question + ["--format", "csv", "--quiet"]).wait()
    #expect(run.status == 0, "\(run.complaint)")
    return run.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// `returned of size` of the pooled line.
  private func pooled(_ workspace: BinaryWorkspace) -> [Int: String] {
    let lines = rows(workspace, "retention", "--periods", "30").filter { $0[0].isEmpty }
    return Dictionary(uniqueKeysWithValues: lines.map { (Int($0[2]) ?? -1, "\($0[3]) of \($0[1])") })
  }

  @Test("CollegeMsg: senders, days, retention", .enabled(if: logs != nil, "no real logs: set MUSTER_REAL_LOGS"))
  func collegeMsg() throws {
    let workspace = try loaded("collegemsg", "CollegeMsg.txt", count: 59_835)
    let days = rows(workspace, "activity")
    #expect(days.reduce(0) { $0 + (Int($1[1]) ?? 0) } == 59_835)
    #expect(days.reduce(0) { $0 + (Int($1[3]) ?? 0) } == 1_350)
    #expect(days.filter { $0[1] != "0" }.count == 193)
    let pooled = pooled(workspace)
    #expect(pooled[1] == "590 of 1349" && pooled[7] == "354 of 1346" && pooled[30] == "144 of 1330", "\(pooled)")
    // Equal lines are messages of their own.
    #expect(workspace.muster("store", "check").status == 0)
  }

  @Test(
    "Zulip of the Lean community: users, streams, retention",
    .enabled(if: logs != nil, "no real logs: set MUSTER_REAL_LOGS"))
  func zulip() throws {
    let workspace = try loaded("zulip-lean", "messages.csv.gz", count: 956_250)
    let days = rows(workspace, "activity")
    #expect(days.reduce(0) { $0 + (Int($1[1]) ?? 0) } == 956_250)
    #expect(days.reduce(0) { $0 + (Int($1[3]) ?? 0) } == 5_479)
    #expect(Set(rows(workspace, "activity", "--granularity", "month", "--by", "community").map { $0[1] }).count == 95)
    let pooled = pooled(workspace)
    #expect(pooled[1] == "1426 of 5478" && pooled[7] == "386 of 5454" && pooled[30] == "187 of 5380", "\(pooled)")
  }

  @Test(
    "GH Archive: events, actors, opened pull requests", .enabled(if: logs != nil, "no real logs: set MUSTER_REAL_LOGS"))
  func ghArchive() throws {
    let workspace = try loaded("gharchive", "2015-01-01-12.json.gz", count: 8_273)
    #expect(rows(workspace, "activity").map { Array($0[1...2]) } == [["8273", "3886"]])
    let opened = rows(
      workspace, "activity", "--where", "event = 'PullRequestEvent' and properties.action = 'opened'")
    #expect(opened.map { $0[1] } == ["189"])
  }

  @Test(
    "Cookie Cats: players by arm and outcome of an outside test",
    .enabled(if: logs != nil, "no real logs: set MUSTER_REAL_LOGS"))
  func cookieCats() throws {
    let workspace = try loaded("cookie-cats", "cookie_cats.csv.gz", count: 90_189)
    // One event a player, so that players can be counted.
    let players = workspace.shell(
      "zcat '\(try #require(Self.logs))/cookie-cats/cookie_cats.csv.gz' | sed 1d | cut -d, -f1 "
        + #"| sed 's/.*/{"ts":"2020-01-01T00:00:00Z","user_id":"&","event":"install"}/' > players.jsonl"#)
    #expect(players.status == 0)
    #expect(workspace.ingest("players.jsonl").account?.stored == 90_189)
    func members(_ attributes: String) -> [String] {
      rows(workspace, "activity", "--by", attributes).map { $0[1...].dropLast(2).joined(separator: " ") }
    }
    #expect(members("member.arm") == ["gate_30 44700", "gate_40 45489"])
    #expect(
      members("member.arm,member.retained_1") == [
        "gate_30 FALSE 24666", "gate_30 TRUE 20034", "gate_40 FALSE 25370", "gate_40 TRUE 20119",
      ])
    #expect(
      members("member.arm,member.retained_7") == [
        "gate_30 FALSE 36198", "gate_30 TRUE 8502", "gate_40 FALSE 37210", "gate_40 TRUE 8279",
      ])
    #expect(
      rows(workspace, "activity", "--where", "member.arm = 'gate_40' and member.retained_7 = 'TRUE'").map { $0[2] } == [
        "8279"
      ])
  }
}
