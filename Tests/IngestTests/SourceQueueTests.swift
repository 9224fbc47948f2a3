import Foundation
import Ingest
import Segments
import TestSupport
import Testing

/// Sources of one call, of which the next is read while the one before is still consumed, against calls of their own.
@Suite("Several sources in one call")
struct SourceQueueTests {
  private let temporary: TemporaryWorkspace
  private var folder: String { temporary.workspace.folder }

  init() throws { temporary = try TemporaryWorkspace() }

  /// Records without an id, so that one that is read twice is stored twice; every ninth is no record.
  private static func log(_ name: String, _ numbers: Range<Int>) -> String {
    numbers.map { number in
      if number % 9 == 4 { return "\(name) \(number) is no record\n" }
      let clock = String(format: "%02d:%02d:%02d", number / 3600, number / 60 % 60, number % 60)
      return #"{"ts":"2026-01-05T\#(clock)Z","user_id":"\#(name)\#(number % 17)","event":"view"}"# + "\n"
    }.joined()
  }

  private func source(_ name: String, _ text: String) throws -> LogSource {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    return LogSource(
      description: .plainLog(schema: temporary.workspace.settings.schema), path: "\(folder)/\(name)")
  }

  private func load(_ sources: [LogSource]) async throws -> IngestReport {
    try await IngestRun(temporary.workspace, arrival: .testArrival, rejectLimit: 1).load(sources)
  }

  private func content() throws -> (rows: Int, quarantine: [String]) {
    let store = try Store(reading: temporary.workspace)
    #expect(try StoreCheck(store).findings().isEmpty)
    let quarantine = temporary.workspace.storeFolder + "/quarantine"
    let lines = try listFolder(quarantine).flatMap { file in
      try String(contentsOfFile: "\(quarantine)/\(file)", encoding: .utf8).split(separator: "\n").map(String.init)
    }
    return (try store.snapshot().rowCount, lines)
  }

  /// Long ones are read beside one another; a short one may be the beginning of any.
  private func sources() throws -> [LogSource] {
    let (long, other, short) = (Self.log("a", 0..<400), Self.log("b", 0..<60_000), Self.log("c", 0..<5))
    return try [
      source("1", long), source("2", other), source("3 is 2", other),
      source("4 goes on with 1", long + Self.log("a", 400..<500)),
      source("5", short), source("6 goes on with 5", short + Self.log("c", 5..<300)), source("7 is 1", long),
      source("8", Self.log("d", 0..<300)), source("9", Self.log("e", 0..<300) + "{\"ts\":\"2026"),
      source("10", Self.log("f", 0..<300)),
    ]
  }

  @Test("They give what calls of their own give: records, rejected lines and their places, and what is known again")
  func together() async throws {
    let sources = try sources()
    let report = try await load(sources)
    let together = try content()
    #expect(report.skippedSources.map { $0.dropFirst(folder.count + 1) } == ["3 is 2", "7 is 1"])
    // None of it is read again.
    #expect(try await load(sources).totals.read == 0)

    let alone = try SourceQueueTests()
    var totals = BatchTotals()
    for source in try alone.sources() {
      let report = try await alone.load([source])
      totals.read += report.totals.read
      totals.stored += report.totals.stored
      totals.rejected += report.totals.rejected
    }
    #expect(report.totals.read == totals.read && report.totals.stored == totals.stored)
    #expect(report.totals.rejected == totals.rejected)
    let apart = try alone.content()
    #expect(together.rows == apart.rows && together.rows == report.totals.stored)
    #expect(together.quarantine.count == apart.quarantine.count)
    let difference = zip(together.quarantine, apart.quarantine).first { line, other in
      line != other.replacingOccurrences(of: alone.folder, with: folder)
    }
    #expect(difference == nil)
  }
}
