internal import Foundation

/// How a run of the built `muster` ended, and what it said.
package struct BinaryRun: Sendable {
  /// The exit status; where a signal ended the process, minus its number.
  package var status: Int32
  /// What came on standard output.
  package var output: String
  /// What came on standard error.
  package var complaint: String
  /// The most memory that the process held at once.
  package var peakByteCount: Int

  /// Whether the process crashed: what no input may bring about.
  package var crashed: Bool { status < 0 && status != -SIGKILL }
}

/// The binary under test.
package enum Binary {
  /// `MUSTER_BINARY`, else the nearest `muster` at or above the test bundle.
  package static let path: String = {
    if let named = ProcessInfo.processInfo.environment["MUSTER_BINARY"] { return named }
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      for candidate in ["muster", ".build/release/muster"].map({ folder.appendingPathComponent($0).path }) {
        if isExecutableFile(candidate) { return candidate }
      }
      folder.deleteLastPathComponent()
    }
    preconditionFailure("no built muster above the test bundle: run `swift build -c release`, or set MUSTER_BINARY")
  }()

  /// Its size, for a test that wants to know that there is one.
  package static var exists: Bool { isExecutableFile(path) }

  private static func isExecutableFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && access(path, X_OK) == 0
  }
}
