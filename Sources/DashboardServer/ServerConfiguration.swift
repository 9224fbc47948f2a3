/// Where the server listens, who may read, and how much one client may ask for.
package struct ServerConfiguration: Sendable {
  /// A name or an address; the default answers this machine only.
  package var host: String
  /// 0: the system picks a free one, and tells it to `onStart`.
  package var port: Int
  /// What `Authorization: Bearer …` has to say for `/api/*` and `/metrics`; nil: they are open.
  package var token: String?
  package var limits: ServerLimits
  /// Whether SIGINT and SIGTERM end `run`.
  package var endsOnSignals: Bool
  /// Takes one line, without its end, for a start, a stop or a warning. Requests are not logged.
  package var log: @Sendable (String) -> Void

  package init(
    host: String = "127.0.0.1", port: Int = 8080, token: String? = nil, limits: ServerLimits = ServerLimits(),
    endsOnSignals: Bool = true, log: @escaping @Sendable (String) -> Void = writeToStandardError
  ) {
    self.host = host
    self.port = port
    self.token = token
    self.limits = limits
    self.endsOnSignals = endsOnSignals
    self.log = log
  }

  /// Whether other machines can reach the server.
  var isOpenToTheNetwork: Bool { !(host == "localhost" || host == "::1" || host.hasPrefix("127.")) }
}
