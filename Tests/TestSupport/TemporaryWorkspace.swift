package import Events
import Foundation
package import Ingest
package import Segments

/// A workspace in a folder of its own that goes when the test ends.
package final class TemporaryWorkspace: Sendable {
  package let workspace: Workspace
  private let folder: String

  /// - Parameters:
  ///   - settings: the text of `muster.yaml`.
  ///   - inMemory: for tests that make many stores: nothing waits for a disk.
  package init(_ settings: String = "time-zone: UTC\n", inMemory: Bool = false) throws {
    let folder = temporaryFolder(inMemory: inMemory) + "/muster-" + UUID().uuidString
    self.folder = folder
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try settings.write(toFile: folder + "/muster.yaml", atomically: true, encoding: .utf8)
      workspace = try Workspace(folder: folder, store: nil, current: "/")
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Replaces `muster.yaml`; `workspace` keeps what it read.
  package func rewriteSettings(_ settings: String) throws {
    try settings.write(toFile: folder + "/muster.yaml", atomically: true, encoding: .utf8)
  }

  /// Writes a plain log of `lines` and loads it; no share of rejected records is too large.
  @discardableResult
  package func ingest(_ lines: [String], name: String = "log.jsonl", arrival: Timestamp = .testArrival) async throws
    -> IngestReport
  {
    let path = folder + "/" + name
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let source = LogSource(description: .plainLog(schema: workspace.settings.schema), path: path)
    return try await IngestRun(workspace, arrival: arrival, rejectLimit: 1).load([source])
  }
}

/// Where tests may make folders; in memory where that is asked for and there is such a place.
func temporaryFolder(inMemory: Bool) -> String {
  let memory = "/dev/shm"
  if inMemory, access(memory, W_OK) == 0 { return memory }
  return URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
}

extension Timestamp {
  /// The instant at which test batches arrive.
  package static let testArrival = Timestamp(iso8601: "2027-01-01T00:00:00Z")!
}
