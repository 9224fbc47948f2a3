import Events
import Foundation
import Ingest
import Segments
import TestSupport
import Testing

/// Records of days whose duplicate check is closed: set aside with their place, and taken back when asked for.
@Suite struct LateRecordTests {
  private static let first = Timestamp(iso8601: "2026-02-01T00:00:00Z")!
  private static let late = Timestamp(iso8601: "2026-06-01T00:00:00Z")!

  private func line(_ id: String, _ second: Int, _ member: String = "m") -> String {
    #"{"event_id":"\#(id)","ts":"2026-01-05T10:00:0\#(second)Z","user_id":"\#(member)","event":"view","n": 1}"#
  }

  private func quarantine(_ workspace: TemporaryWorkspace) throws -> [[String: Any]] {
    let folder = workspace.workspace.storeFolder + "/quarantine"
    return try listFolder(folder).flatMap { file in
      try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }
  }

  private func rowCount(_ workspace: TemporaryWorkspace) throws -> Int {
    let store = try Store(reading: workspace.workspace)
    #expect(try StoreCheck(store).findings().isEmpty)
    return try store.snapshot().rowCount
  }

  /// A store in which the day of the records is closed, and two late records among three lines.
  private func withLateRecords() async throws -> (workspace: TemporaryWorkspace, source: LogSource) {
    let workspace = try TemporaryWorkspace()
    try await workspace.ingest([line("a", 1)], name: "a.jsonl", arrival: Self.first)
    let report = try await workspace.ingest(
      [line("b", 2), #"{"event_id":"x","ts":"2026-05-30T00:00:00Z","user_id":"m","event":"view"}"#, line("c", 3)],
      name: "b.jsonl", arrival: Self.late)
    #expect(report.rejections == [.pastWindow: 2])
    let path = workspace.workspace.folder + "/b.jsonl"
    return (workspace, LogSource(description: .plainLog(schema: workspace.workspace.settings.schema), path: path))
  }

  @Test("A late record is set aside as it stands in its source, with line and byte")
  func places() async throws {
    let (workspace, _) = try await withLateRecords()
    let lines = try quarantine(workspace)
    #expect(lines.map { $0["reason"] as? String } == ["past-window", "past-window"])
    #expect(lines.map { $0["line"] as? Int } == [1, 3])
    #expect(lines.map { $0["text"] as? String } == [line("b", 2), line("c", 3)])
    let log = try String(contentsOfFile: workspace.workspace.folder + "/b.jsonl", encoding: .utf8)
    let offset = try #require(lines[1]["byte_offset"] as? Int)
    #expect(log.utf8.dropFirst(offset).starts(with: line("c", 3).utf8))
  }

  @Test("Without --reopen they stay as they are; with it they are stored, and leave the quarantine")
  func replay() async throws {
    let (workspace, _) = try await withLateRecords()
    let before = try quarantine(workspace) as NSArray
    let closed = try await IngestRun(workspace.workspace, arrival: Self.late).replayQuarantine(dataset: nil)
    #expect(closed.totals == BatchTotals() && closed.leftInQuarantine == ["past-window: add --reopen": 2])
    #expect(try quarantine(workspace) as NSArray == before)
    let run = IngestRun(workspace.workspace, arrival: Self.late, reopensClosedDays: true)
    let report = try await run.replayQuarantine(dataset: nil)
    #expect(report.totals.read == 2 && report.totals.stored == 2)
    #expect(try quarantine(workspace).isEmpty)
    #expect(try rowCount(workspace) == 4)
    #expect(try await run.replayQuarantine(dataset: nil).totals == BatchTotals())
    let status = try StoreStatus(Store(reading: workspace.workspace))
    #expect(status.totals.read == 4 && status.totals.stored == 4 && status.totals.rejected == 0)
  }

  @Test("A known source read with --reopen takes back what was too late in it, and nothing of others")
  func reopen() async throws {
    let (workspace, source) = try await withLateRecords()
    try await workspace.ingest([line("d", 4)], name: "other.jsonl", arrival: Self.late)
    let run = IngestRun(workspace.workspace, arrival: Self.late, reopensClosedDays: true)
    let report = try await run.load([source])
    #expect(report.totals.stored == 2 && report.totals.rejected == 0 && report.skippedSources == [source.path])
    #expect(try quarantine(workspace).map { $0["text"] as? String } == [line("d", 4)])
    #expect(try rowCount(workspace) == 4)
    #expect(try await run.load([source]).totals.read == 0)
  }

  @Test("Of a line that makes several events, the one that was too late is taken back alone")
  func kinds() async throws {
    let workspace = try TemporaryWorkspace()
    let folder = workspace.workspace.folder
    try FileManager.default.createDirectory(atPath: folder + "/datasets/two", withIntermediateDirectories: true)
    let yaml = """
      member: m
      event-id: id
      events:
        - {event: {constant: asked}, time: a}
        - {event: {constant: answered}, time: b}
      """
    try yaml.write(toFile: folder + "/datasets/two/dataset.yaml", atomically: true, encoding: .utf8)
    let description = try DatasetDescription.named("two", in: workspace.workspace)
    func load(_ name: String, _ line: String, _ arrival: Timestamp, reopens: Bool = false) async throws -> IngestReport
    {
      try (line + "\n").write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
      let source = LogSource(description: description, path: "\(folder)/\(name)")
      return try await IngestRun(workspace.workspace, arrival: arrival, rejectLimit: 1, reopensClosedDays: reopens)
        .load([source])
    }
    _ = try await load(
      "1", #"{"id":1,"m":"x","a":"2026-01-05T10:00:00Z","b":"2026-01-05T11:00:00Z"}"#, Self.first)
    let line = #"{"id":2,"m":"x","a":"2026-01-05T12:00:00Z","b":"2026-05-30T11:00:00Z"}"#
    let report = try await load("2", line, Self.late)
    #expect(report.totals.stored == 1 && report.totals.rejected == 1)
    #expect(try quarantine(workspace).map { $0["kind"] as? Int } == [0])
    let again = try await load("2", line, Self.late, reopens: true)
    #expect(again.totals.read == 1 && again.totals.stored == 1 && again.totals.duplicate == 0)
    #expect(try rowCount(workspace) == 4)
  }
}
