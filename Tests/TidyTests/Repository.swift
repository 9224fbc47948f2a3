import Foundation
import Testing

/// The repository that these tests lie in, read once.
enum Repository {
  /// The folder with `Package.swift`, found upward from this file.
  static let root: String = {
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder.path
  }()

  /// Paths below the root of all files that git knows or would add; without git, of all outside hidden folders.
  static let files: [String] = gitFiles(["--cached", "--others", "--exclude-standard"]) ?? walk("")

  /// Paths of the files that are committed or staged; nil outside a checkout.
  static let committedFiles: [String]? = gitFiles(["--cached"])

  /// Swift files below `folder`.
  static func swiftFiles(below folder: String) -> [SourceFile] {
    loaded.filter { $0.path.hasPrefix(folder + "/") }
  }

  /// The file at `path`, nil where it is missing or no text.
  static func text(_ path: String) -> String? {
    try? String(contentsOf: URL(filePath: "\(root)/\(path)"), encoding: .utf8)
  }

  /// How many bytes the file at `path` has.
  static func byteCount(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")[.size] as? Int) ?? 0
  }

  /// README.md and the pages of the guides, one text.
  static let documents: String = files.filter { path in
    path == "README.md" || (path.hasPrefix("Sources/") && path.contains(".docc/") && path.hasSuffix(".md"))
  }.compactMap(text).joined(separator: "\n")

  private static let loaded: [SourceFile] = files.filter { $0.hasSuffix(".swift") }
    .compactMap { path in text(path).map { SourceFile(path: path, text: $0) } }

  private static func gitFiles(_ options: [String]) -> [String]? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"] + options
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let names = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    // A file may be listed and be gone from the folder.
    return names.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }.sorted()
  }

  private static func walk(_ folder: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return entries.sorted().filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
      return exists && isFolder.boolValue ? walk(path) : [path]
    }
  }
}

/// A Swift file: its lines, and the same lines with comments and the insides of strings blanked.
struct SourceFile: CustomTestStringConvertible {
  let path: String
  let text: String
  let lines: [Substring]
  let code: [Substring]

  init(path: String, text: String) {
    self.path = path
    self.text = text
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code = codeOnly(text).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// `Ingest` of `Sources/Ingest/Run/IngestRun.swift`.
  var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

  var testDescription: String { path }
}

/// Something that a check found, printed as compilers do so that editors find the place.
struct Offence {
  var path: String
  /// From 1; nil for the whole file.
  var line: Int?
  var message: String

  var text: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// Fails with one line for each offence.
func expectNone(_ offences: [Offence], sourceLocation: SourceLocation = #_sourceLocation) {
  guard !offences.isEmpty else { return }
  let list = offences.map(\.text).joined(separator: "\n")
  Issue.record("\(offences.count) offences:\n\(list)", sourceLocation: sourceLocation)
}
