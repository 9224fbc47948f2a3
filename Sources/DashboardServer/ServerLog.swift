import Glibc
import Logging

/// Writes `muster: line` to standard error in one call, so that lines of several threads do not mix.
package func writeToStandardError(_ line: String) {
  let bytes = Array("muster: \(line)\n".utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Hands what the libraries below report as an error to the server's own log.
struct LibraryLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .error
  let log: @Sendable (String) -> Void

  init(_ log: @escaping @Sendable (String) -> Void) {
    self.log = log
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    log("server: \(event.message)")
  }
}
