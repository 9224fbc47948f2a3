package import Dashboards
import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Serves a page, its assets and the published documents from memory.
///
/// ```
///  published folder ──every second──▶ HeldRelease ─┐
///  site files ─────────prepared once──────────────┤
///                                                  ▼
///  socket ▶ HTTPRequestDecoder ▶ ConnectionHandler ▶ Responder ▶ Answer ▶ socket
/// ```
///
/// Hummingbird accepts, counts and quiesces connections. All answers are ready in memory, so a connection
/// answers on its event loop: no task, no copy of a document and no allocation beyond the head.
package struct DashboardServer: Sendable {
  let configuration: ServerConfiguration
  let site: [String: ServedFile]
  let published: any PublishedSource
  let now: @Sendable () -> Int64

  /// A server of `site` (by URL path) and of what `published` holds; `now` tells unix seconds.
  package init(
    _ configuration: ServerConfiguration, site: [String: ServedFile], published: any PublishedSource,
    now: @escaping @Sendable () -> Int64
  ) {
    self.configuration = configuration
    self.site = site
    self.published = published
    self.now = now
  }

  /// Listens until SIGINT, SIGTERM or the cancellation of the task; open requests are answered before it returns.
  ///
  /// `onStart` hears once where the server listens. Throws `ServerError` when it cannot.
  package func run(onStart: @escaping @Sendable (_ host: String, _ port: Int) -> Void) async throws {
    try check()
    let metrics = ServerMetrics(startedAtSeconds: now())
    let held = HeldRelease(of: published, limits: configuration.limits, metrics: metrics, log: configuration.log)
    held.refresh(atMilliseconds: monotonicMilliseconds())
    let responder = Responder(
      site: site, held: held, token: configuration.token, limits: configuration.limits, metrics: metrics, now: now)

    let (host, log) = (configuration.host, configuration.log)
    let logger = Logger(label: "server") { _ in LibraryLog(configuration.log) }
    let server = ConnectionSetup(responder: responder, limits: configuration.limits).server(
      configuration: HummingbirdCore.ServerConfiguration(
        address: .hostname(host, port: configuration.port), backlog: 1024,
        availableConnectionsDelegate: .maximum(connectionCountMax(), logger: logger)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        onStart(host, port)
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)

    var services = ServiceGroupConfiguration(
      services: [ReleaseWatch(held: held, everyMilliseconds: configuration.limits.releaseCheckMilliseconds), server],
      gracefulShutdownSignals: configuration.endsOnSignals ? [.sigint, .sigterm] : [],
      logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
    services.maximumGracefulShutdownDuration = .milliseconds(configuration.limits.shutdownMilliseconds)
    services.maximumCancellationDuration = .milliseconds(configuration.limits.shutdownMilliseconds)
    do {
      try await ServiceGroup(configuration: services).run()
    } catch {
      guard Task.isCancelled || error is CancellationError else {
        throw ServerError(listeningOn: host, configuration.port, failedWith: error)
      }
    }
    log("stopped")
  }

  /// Refuses what would look guarded and is not; warns of what anyone can read.
  private func check() throws(ServerError) {
    if let token = configuration.token {
      guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw ServerError(
          .configuration, "the token is empty or holds a space, a control or a non-ASCII character",
          hint: "leave the token away, or set it to letters and digits")
      }
    } else if configuration.isOpenToTheNetwork {
      configuration.log(
        "warning: serving on \(configuration.host) without a token: whoever reaches it can read the dashboards")
    }
    guard (0...65535).contains(configuration.port) else {
      throw ServerError(
        .configuration, "\(configuration.port) is not a port", hint: "use 1 to 65535, or 0 for any free one")
    }
  }

  /// Accepting a connection that the process has no file descriptor for would end the server.
  private func connectionCountMax() -> Int {
    var files = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0, files.rlim_cur < 1 << 31 else {
      return configuration.limits.connectionCountMax
    }
    return max(1, min(configuration.limits.connectionCountMax, Int(files.rlim_cur) - 64))
  }
}

/// Milliseconds of a clock that only goes forward.
func monotonicMilliseconds() -> Int64 {
  Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
}
