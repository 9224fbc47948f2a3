import Foundation
import TestSupport
import Testing

/// A plan of next week is loaded today, and read once its days have come.
@Suite struct PlannedWeekTests {
  private static let experiment = """
    design: send-randomised
    arms:
      "08:30": {weight: 0.45, at: "08:30"}
      "20:20": {weight: 0.45, at: "20:20"}
      none: {weight: 0.1}
    control: "08:30"
    holdout: none
    primary: opened
    goals:
      opened: {event: push_open, of: push, within: 24h}
    looks: fixed
    past: false
    plan: {days: [tuesday, friday]}

    """
  private static let memberCount = 600

  /// A day so many days from today, in UTC.
  private static func day(_ offset: Int) -> String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    return formatter.string(from: Date().addingTimeInterval(Double(offset) * 86_400))
  }

  /// A workspace whose members were active on the last three days, yesterday included.
  private func workspace() throws -> BinaryWorkspace {
    let workspace = try BinaryWorkspace()
    try workspace.write(Self.experiment, to: "pipelines/experiments/push_time.yaml")
    let lines = (0..<Self.memberCount).flatMap { member in
      (1...3).map { day in
        "{\"ts\":\"\(Self.day(-day))T12:00:00Z\",\"user_id\":\"m\(member)\",\"event\":\"view\"}\n"
      }
    }
    try workspace.write(lines.joined(), to: "log.jsonl")
    #expect(workspace.muster("ingest", "log.jsonl", "--quiet").status == 0)
    return workspace
  }

  private func rows(_ workspace: BinaryWorkspace, _ words: String...) -> [[String]] {
    let run = workspace.start(["experiment", "analyze", "push_time", "--format", "csv", "--quiet"] + words).wait()
    #expect(run.status == 0, "\(run.complaint)")
    return run.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("What plan writes, ingest loads at once; nothing counts before its day, everything after")
  func week() throws {
    let workspace = try workspace()
    let before = workspace.muster("query", "activity", "--format", "csv", "--quiet").output
    let plan = workspace.muster("experiment", "plan", "push_time", "--show-ids", "--dataset", "plans")
    #expect(plan.status == 0 && plan.complaint.contains("`muster ingest plans` loads them"), "\(plan.complaint)")
    #expect(try workspace.text(of: "datasets/plans/dataset.yaml").contains("ahead: 14d"))
    let file = try #require(workspace.files(below: "datasets/plans/log").first)
    let records = try workspace.text(of: "datasets/plans/log/\(file)").split(separator: "\n").map(String.init)
    #expect(records.count == 2 * Self.memberCount)

    // Every dataset, as the nightly run loads them.
    let load = try #require(BinaryAccount(workspace.muster("ingest", "--format", "json", "--quiet")))
    #expect(load.stored == records.count && load.rejected == 0)
    #expect(workspace.muster("query", "activity", "--format", "csv", "--quiet").output == before)
    #expect(rows(workspace)[1].last == "no units are planned yet")
    let again = workspace.muster("experiment", "plan", "push_time", "--format", "csv", "--quiet")
    #expect(
      again.output.split(separator: "\n").count { $0.hasSuffix(",planned before,600,,,,") } == 2, "\(again.output)")
    #expect(workspace.muster("experiment", "plan", "push_time", "--show-ids", "--dataset", "plans").status == 1)

    // The first day of the two has come, then both are over.
    let days = Set(records.map { field("ts", of: $0).prefix(10) }).sorted()
    #expect(days.count == 2)
    try send(records, in: workspace)
    let first = rows(workspace, "--as-of", String(days[0]))
    #expect(first.filter { $0[0] == "sample-ratio" }.compactMap { Int($0[2]) }.reduce(0, +) == Self.memberCount)
    let all = rows(workspace, "--as-of", Self.day(20))
    for (arm, rate) in [("08:30", 0.25), ("20:20", 0.5)] {
      let planned = records.filter { field("arm", of: $0) == arm }
      let row = try #require(all.first { $0[0] == "delivered" && $0[1] == arm })
      #expect(Int(row[2]) == planned.count && Double(row[3]) == 1)
      let opened = Double(planned.count { opens($0) }) / Double(planned.count)
      let value = try #require(all.first { $0[0] == "opened" && $0[1] == arm }.flatMap { Double($0[3]) })
      #expect(abs(value - opened) < 1e-12 && abs(value - rate) < 0.1)
    }
    let verdict = all[1].joined(separator: ",")
    #expect(verdict.contains("keep running"), "four days are no two weeks: \(verdict)")
  }

  /// Sends what is planned, each a minute after its instant, of which a part is opened.
  private func send(_ records: [String], in workspace: BinaryWorkspace) throws {
    var lines: [String] = []
    for record in records where field("arm", of: record) != "none" {
      let (member, push) = (field("user_id", of: record), field("push_id", of: record))
      let hour = field("send_at", of: record).prefix(13)
      var events = ["\"ts\":\"\(hour):40:00Z\",\"event\":\"push_sent\""]
      if opens(record) { events.append("\"ts\":\"\(hour):50:00Z\",\"event\":\"push_open\"") }
      lines += events.map { "{\($0),\"user_id\":\"\(member)\",\"push_id\":\"\(push)\"}\n" }
    }
    try workspace.write(lines.joined(), to: "datasets/sent/log/sent.jsonl")
    try workspace.write(
      """
      path: log/*
      ahead: 30d
      time: ts
      member: user_id
      event: event
      dimensions: {push: push_id}

      """, to: "datasets/sent/dataset.yaml")
    let load = try #require(BinaryAccount(workspace.muster("ingest", "sent", "--format", "json", "--quiet")))
    #expect(load.stored == lines.count && load.rejected == 0)
  }

  /// A quarter of the morning's sends, half of the evening's.
  private func opens(_ record: String) -> Bool {
    let member = Int(field("user_id", of: record).dropFirst()) ?? 0
    return member % 4 == 0 || field("arm", of: record) == "20:20" && member % 4 == 1
  }

  private func field(_ name: String, of record: String) -> String {
    guard let range = record.firstRange(of: "\"\(name)\":") else { return "" }
    return String(record[range.upperBound...].drop { $0 == "\"" }.prefix { $0 != "\"" && $0 != "," && $0 != "}" })
  }

  @Test("CSV is read back too, and a plan outside its dataset still waits for its day")
  func csv() throws {
    let workspace = try workspace()
    let plan = workspace.muster(
      "experiment", "plan", "push_time", "--show-ids", "--dataset", "plans", "--format", "csv", "--quiet")
    #expect(plan.status == 0, "\(plan.complaint)")
    let load = try #require(BinaryAccount(workspace.muster("ingest", "plans", "--format", "json", "--quiet")))
    #expect(load.stored == 2 * Self.memberCount)
    #expect(
      rows(workspace, "--as-of", Self.day(20)).filter { $0[0] == "delivered" }.compactMap { Int($0[2]) }.reduce(0, +)
        > Self.memberCount)
    _ = workspace.muster("experiment", "plan", "push_time", "--show-ids", "--out", "plan.jsonl", "--week", Self.day(21))
    let refused = workspace.muster("ingest", "plan.jsonl")
    #expect(refused.status == 65 && refused.complaint.contains("time-out-of-range"), "\(refused.complaint)")
  }
}
