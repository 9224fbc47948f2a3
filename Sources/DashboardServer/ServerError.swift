import Glibc
import NIOCore

/// Why the server could not run: what, and what to do.
package struct ServerError: Error, Sendable, CustomStringConvertible {
  /// Why the server does not run.
  package enum Code: String, Sendable {
    /// The configuration says something that cannot be meant.
    case configuration
    /// Another process listens there.
    case addressInUse
    /// The system refused to listen there.
    case cannotListen
  }

  package var code: Code
  package var message: String
  package var hint: String?

  package init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// `message. hint`
  package var description: String { message + (hint.map { ". " + $0 } ?? "") }

  /// The reason why `host` and `port` could not be listened on.
  init(listeningOn host: String, _ port: Int, failedWith error: any Error) {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      self.init(
        .addressInUse, "port \(port) of \(host) is in use",
        hint: "stop the other process, or choose another port")
    case EADDRNOTAVAIL:
      self.init(.cannotListen, "\(host) is not an address of this machine", hint: "use 127.0.0.1, or 0.0.0.0 for all")
    case EACCES:
      self.init(.cannotListen, "port \(port) of \(host) is reserved by the system", hint: "use a port above 1023")
    default:
      self.init(.cannotListen, "cannot listen on port \(port) of \(host): \(error)")
    }
  }
}
