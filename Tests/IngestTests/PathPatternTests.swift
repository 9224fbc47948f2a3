import Foundation
import Ingest
import Segments
import TestSupport
import Testing

@Suite("Files of a dataset")
struct PathPatternTests {
  static let files = [
    "export/general/2024-01-01.json", "export/general/2024-01-02.json.gz", "export/[x] *?/2024-01-01.json",
    "export/users.json",
    "export/general/.hidden.json", "export/a/b/c/deep.json",
  ]

  static let patterns: [(String, [String])] = [
    ("export/*/*.json", ["export/[x] *?/2024-01-01.json", "export/general/2024-01-01.json"]),
    ("export/*.json", ["export/users.json"]), ("export/**/deep.json", ["export/a/b/c/deep.json"]),
    (
      "**/*.json",
      [
        "export/[x] *?/2024-01-01.json", "export/a/b/c/deep.json", "export/general/2024-01-01.json",
        "export/users.json",
      ]
    ),
    ("**/general/*", ["export/general/2024-01-01.json", "export/general/2024-01-02.json.gz"]),
    ("export/general", []), ("nothing/**/x", []), ("export/\\[x\\]*/*", ["export/[x] *?/2024-01-01.json"]),
  ]

  @Test("A pattern names files, in sub-folders where it says so", arguments: patterns)
  func pattern(pattern: String, expected: [String]) throws {
    let workspace = try BinaryWorkspace()
    for file in Self.files { try workspace.write("[]", to: "[odd] folder/\(file)") }
    try FileManager.default.createSymbolicLink(
      atPath: workspace.path("[odd] folder/export/a/loop"), withDestinationPath: workspace.path("[odd] folder/export"))
    let folder = workspace.path("[odd] folder")
    let found = LogSource.files(of: try documents("path: '\(pattern)'"), folder: folder).map {
      String($0.path.dropFirst(folder.count + 1))
    }
    #expect(found == expected)
  }

  @Test("The path of a log can be mapped, and makes equal files different sources")
  func pathFields() async throws {
    let temporary = try TemporaryWorkspace()
    let workspace = try BinaryWorkspace()
    let line = #"{"ts":"2026-08-01","u":"a","e":"x"}"#
    for folder in ["one", "two"] { try workspace.write("[\(line)]", to: "\(folder)/2026-08-01.x.json.gz.json") }
    let description = try documents("path: \"*/*.json\"\ndimensions: {community: $folder, content: [$file]}")
    let sources = LogSource.files(of: description, folder: workspace.folder)
    let log = try parseFile(sources[1].path, description)
    #expect(log.rows.map { $0.dimensions[0] } == ["two"])
    #expect(log.rows.map { $0.dimensions[2] } == ["2026-08-01.x.json.gz"])
    let run = IngestRun(temporary.workspace, arrival: testArrival)
    #expect(try await run.load(sources).totals.stored == 2)
    #expect(try await run.load(sources).skippedSources == sources.map(\.path))
  }
}
