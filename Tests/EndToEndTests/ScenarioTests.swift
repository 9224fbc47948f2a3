import Foundation
import TestSupport
import Testing

/// Each folder of `Scenarios/` is a workspace, `commands` to run in it one after another, and the transcript that
/// comes out: `expected`. Files called `worked.md` say how its figures were found by hand.
///
/// `RECORD_SNAPSHOTS=1` writes transcripts anew; that run fails, so that somebody looks at them.
@Suite struct ScenarioTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Scenarios"

  static var names: [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return found.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/commands") }.sorted()
  }

  @Test("A scenario says what it said before", arguments: names)
  func scenario(_ name: String) throws {
    let original = "\(Self.folder)/\(name)"
    let workspace = try BinaryWorkspace(copyOf: original, leavingOut: ["commands", "expected", "worked.md"])
    let commands = try String(contentsOfFile: "\(original)/commands", encoding: .utf8)
    var said = ""
    for command in commands.split(separator: "\n") where !command.hasPrefix("#") {
      let run = workspace.shell(String(command))
      #expect(!run.crashed, "\(command)")
      said += Transcript(of: run, command: String(command), in: workspace).text
    }
    let golden = "\(original)/expected"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try said.write(toFile: golden, atomically: true, encoding: .utf8)
      Issue.record("recorded \(golden): look at it, then run again without RECORD_SNAPSHOTS")
      return
    }
    let expected = try? String(contentsOfFile: golden, encoding: .utf8)
    #expect(expected == said, "\(Self.difference(expected ?? "", said))")
  }

  @Test("The figures of the hand-worked scenario are those that were worked out")
  func worked() throws {
    let worked = try String(contentsOfFile: "\(Self.folder)/plain-log/worked.md", encoding: .utf8)
    let expected = try String(contentsOfFile: "\(Self.folder)/plain-log/expected", encoding: .utf8)
    let rows = worked.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
    #expect(rows.count > 50)
    let said = expected.split(separator: "\n").filter { $0.hasPrefix("2025-") || $0.hasPrefix(",") }
    let (byHand, byMuster) = (rows.map(Self.shortened), said.map(Self.shortened))
    let difference = Self.difference(byHand.joined(separator: "\n"), byMuster.joined(separator: "\n"))
    #expect(byHand == byMuster, "\(difference)")
  }

  /// Rates to six digits: the last ones depend on the order of additions.
  private static func shortened(_ row: Substring) -> String {
    row.split(separator: ",", omittingEmptySubsequences: false).map { field in
      guard field.contains("."), let value = Double(field) else { return String(field) }
      return String((value * 1e6).rounded() / 1e6)
    }.joined(separator: ",")
  }

  /// The first line in which two texts differ.
  private static func difference(_ expected: String, _ said: String) -> String {
    let (old, new) = (expected.split(separator: "\n"), said.split(separator: "\n"))
    for row in 0..<max(old.count, new.count) where row >= old.count || row >= new.count || old[row] != new[row] {
      let before = row < old.count ? String(old[row]) : "(nothing)"
      let after = row < new.count ? String(new[row]) : "(nothing)"
      return "line \(row + 1)\n  expected: \(before)\n  said:     \(after)"
    }
    return "no difference but line breaks"
  }
}

/// One command and what it said, without what differs from run to run.
struct Transcript {
  let text: String

  init(of run: BinaryRun, command: String, in workspace: BinaryWorkspace) {
    let complaint = run.complaint.split(separator: "\n").filter { !Self.isProgress($0) }.map { "! \($0)\n" }.joined()
    var text = "$ \(command)\n\(run.output)"
    if !text.hasSuffix("\n") { text += "\n" }
    text += complaint + (run.status == 0 ? "" : "exit \(run.status)\n") + "\n"
    self.text = Self.settled(text.replacing(workspace.folder, with: "WORKSPACE"))
  }

  /// Shown only where the machine is slow.
  private static func isProgress(_ line: Substring) -> Bool {
    line.hasPrefix("reading ") && line.hasSuffix(" records") || line.hasPrefix("checking segment ")
      || line.hasPrefix("overview: ")
  }

  /// Elapsed times and instants of this run.
  private static func settled(_ text: String) -> String {
    text
      .replacing(/"elapsed_ms":[0-9.]+/, with: "\"elapsed_ms\":0")
      .replacing(/"(published_at|fresh_until)":"[^"]+"/, with: { "\"\($0.output.1)\":\"NOW\"" })
      .replacing(/and 20[0-9-]+T[0-9:.]+Z/, with: "and TOMORROW")
      .replacing(/last       20[0-9-]+T[0-9:.]+Z/, with: "last       NOW")
      .replacing(/muster.arrived_at = .*/, with: "muster.arrived_at = NOW")
      // A segment's footer holds its source's path and instant of arrival: its length is not the same everywhere.
      .replacing(/"segment_bytes":[0-9]+/, with: "\"segment_bytes\":0")
      .replacing(/(parquet: [0-9]+ rows), [0-9.]+ [kM]?B/, with: { "\($0.output.1)" })
  }
}
