import DashboardServer
import Dashboards
import Synchronization
import Testing

/// A published folder in memory, whose content the test changes.
final class FakePublication: PublishedSource {
  struct Broken: Error {}
  struct State {
    var release: ServedRelease?
    var isBroken = false
    var loadCount = 0
  }
  let state: Mutex<State>

  init(_ release: ServedRelease?) { state = Mutex(State(release: release)) }

  func publish(_ release: ServedRelease, isBroken: Bool = false) {
    state.withLock { ($0.release, $0.isBroken) = (release, isBroken) }
  }
  func currentName() -> String? { state.withLock { $0.release?.name } }
  func load() throws -> ServedRelease? {
    try state.withLock {
      $0.loadCount += 1
      if $0.isBroken { throw Broken() }
      return $0.release
    }
  }
}

/// 2026-11-21 13:00:44 UTC.
let nowSeconds: Int64 = 1_795_266_044

func file(_ text: String, tag: String = "\"t\"", gzip: String? = nil, zstd: String? = nil) -> ServedFile {
  ServedFile(
    mediaType: "application/json", etag: tag, identity: Array(text.utf8), gzip: gzip.map { Array($0.utf8) },
    zstd: zstd.map { Array($0.utf8) })
}

/// A release with an `overview` in all forms and a `plain` dashboard in one.
func release(_ name: String = "r1", overview: String = "overview", freshUntilSeconds: Int64? = nil) -> ServedRelease {
  ServedRelease(
    name: name,
    files: [
      "/api/v1/dashboards": file("[list]"),
      "/api/v1/dashboards/overview.json": file(overview, tag: "\"o\"", gzip: "gzipped", zstd: "zstd"),
      "/api/v1/dashboards/plain.json": file("plain", tag: "\"p\""),
      "/api/v1/manifest.json": file("manifest"),
    ], publishedAtSeconds: nowSeconds - 100, freshUntilSeconds: freshUntilSeconds)
}

let site = ["/": file("page"), "/assets/style.css": file("style"), "/assets/größe.css": file("umlaut")]

/// A server on a port of its own, for as long as `body` runs.
struct TestServer: Sendable {
  let port: Int
  let publication: FakePublication
  let lines: Lines

  /// What the server logged.
  final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
  }

  static func run(
    _ release: ServedRelease? = release(), isBroken: Bool = false, token: String? = nil, host: String = "127.0.0.1",
    endsOnSignals: Bool = false, limits: ServerLimits = ServerLimits(),
    body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    let publication = FakePublication(release)
    publication.state.withLock { $0.isBroken = isBroken }
    let lines = Lines()
    var limits = limits
    limits.releaseCheckMilliseconds = 20
    let configuration = ServerConfiguration(
      host: host, port: 0, token: token, limits: limits, endsOnSignals: endsOnSignals, log: { lines.append($0) })
    let server = DashboardServer(configuration, site: site, published: publication, now: { nowSeconds })
    let (ports, started) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { started.finish() }
        try await server.run { _, port in started.yield(port) }
      }
      if let port = await ports.first(where: { _ in true }) {
        try await body(TestServer(port: port, publication: publication, lines: lines))
      }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// One request on a connection of its own; `fields` are whole lines.
  func ask(_ method: String = "GET", _ target: String, _ fields: String...) async throws -> RawAnswer {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + fields
    return try await talk {
      try $0.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
      return try $0.answer(hasBody: method != "HEAD")
    }
  }

  /// The answer to bytes that the test writes itself.
  func answer(to bytes: String) async throws -> RawAnswer {
    try await talk {
      try $0.send(bytes)
      return try $0.answer()
    }
  }

  func talk<Value: Sendable>(_ work: @escaping @Sendable (RawConnection) throws -> Value) async throws -> Value {
    try await onThread { [port] in try work(RawConnection(port: port)) }
  }
}

/// The usual limits but for one.
func limits<Value>(_ limit: WritableKeyPath<ServerLimits, Value>, _ value: Value) -> ServerLimits {
  var limits = ServerLimits()
  limits[keyPath: limit] = value
  return limits
}

/// Checks the status and the one shape of errors.
func expectError(
  _ answer: RawAnswer, _ status: Int, _ code: String, hint: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(answer.status == status, sourceLocation: sourceLocation)
  #expect(answer["Content-Type"] == "application/json; charset=utf-8", sourceLocation: sourceLocation)
  let start = "{\"error\":{\"code\":\"\(code)\",\"message\":\""
  #expect(answer.text.hasPrefix(start), "\(answer.text)", sourceLocation: sourceLocation)
  #expect(answer.text.contains(",\"hint\":"), sourceLocation: sourceLocation)
  if let hint { #expect(answer.text.contains(hint), "\(answer.text)", sourceLocation: sourceLocation) }
}
