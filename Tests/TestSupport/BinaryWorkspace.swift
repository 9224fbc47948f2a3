internal import Foundation

/// A workspace in a folder of its own, which goes when the value does.
///
/// ```
/// let workspace = try BinaryWorkspace()
/// try workspace.write(lines, to: "log.jsonl")
/// let run = workspace.muster("ingest", "log.jsonl")
/// ```
package final class BinaryWorkspace: Sendable {
  /// Absolute path, without links in it.
  package let folder: String

  /// An empty folder with `settings` as its `muster.yaml`; none where it is nil.
  /// - Parameter inMemory: for tests that make many stores: nothing waits for a disk.
  package init(settings: String? = "time-zone: UTC\n", inMemory: Bool = false) throws {
    folder = temporaryFolder(inMemory: inMemory) + "/muster-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if let settings { try write(settings, to: "muster.yaml") }
  }

  /// A copy of the files in `original`.
  package convenience init(copyOf original: String, leavingOut names: Set<String> = [], inMemory: Bool = false) throws {
    try self.init(settings: nil, inMemory: inMemory)
    for name in try FileManager.default.contentsOfDirectory(atPath: original) where !names.contains(name) {
      try FileManager.default.copyItem(atPath: "\(original)/\(name)", toPath: "\(folder)/\(name)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  // MARK: Files

  package func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// Writes a file and the folders above it.
  package func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  package func append(_ text: String, to name: String) throws {
    try write(try bytes(of: name) + Array(text.utf8), to: name)
  }

  package func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  package func text(of name: String) throws -> String { String(decoding: try bytes(of: name), as: UTF8.self) }

  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  /// Paths of all files below a folder, relative to it, sorted.
  package func files(below name: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []
    return found.filter { relative in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path(name))/\(relative)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// Every byte of the store that answers rest on: all files but the lock, what was never committed, and the empty
  /// journal that SQLite leaves while somebody reads.
  package func storeContent(_ store: String = ".muster") throws -> [String: [UInt8]] {
    var content: [String: [UInt8]] = [:]
    for file in files(below: store)
    where !["writer.lock", "catalog.sqlite-shm"].contains(file) && !file.hasPrefix("staging/") {
      let bytes = try bytes(of: "\(store)/\(file)")
      if file != "catalog.sqlite-wal" || !bytes.isEmpty { content[file] = bytes }
    }
    return content
  }

  // MARK: Running

  /// Starts the binary here.
  package func start(_ arguments: [String], standardInput: String? = nil) -> BinaryProcess {
    BinaryProcess([Binary.path] + arguments, in: folder, standardInput: standardInput)
  }

  /// Runs the binary here, to its end.
  @discardableResult
  package func muster(_ arguments: String..., standardInput: String? = nil) -> BinaryRun {
    start(arguments, standardInput: standardInput).wait()
  }

  /// Runs a line of shell here, in which `muster` is the binary.
  @discardableResult
  package func shell(_ line: String) -> BinaryRun {
    let script = "muster() { \"$MUSTER\" \"$@\"; }\n" + line
    return BinaryProcess(["/bin/bash", "-c", script], in: folder, environment: ["MUSTER": Binary.path]).wait()
  }
}
