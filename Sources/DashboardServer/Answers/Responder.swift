import Dashboards
import NIOCore
import NIOHTTP1

/// Finds the answer to a request: a look-up in memory, without input or output.
struct Responder: Sendable {
  private let site: [String: PreparedFile]
  private let held: HeldRelease
  private let token: BearerToken?
  private let limits: ServerLimits
  private let now: @Sendable () -> Int64
  let metrics: ServerMetrics

  init(
    site: [String: ServedFile], held: HeldRelease, token: String?, limits: ServerLimits, metrics: ServerMetrics,
    now: @escaping @Sendable () -> Int64
  ) {
    self.site = site.mapValues(PreparedFile.init)
    self.held = held
    self.token = token.map(BearerToken.init)
    self.limits = limits
    self.metrics = metrics
    self.now = now
  }

  /// Unix seconds.
  var seconds: Int64 { now() }

  /// The answer to a request, and its route for the metrics. A body that is too large does not matter where the method is at fault.
  func answer(_ request: HTTPRequestHead, bodyIsTooLarge: Bool = false) -> (route: Route, answer: Answer) {
    guard request.uri.utf8.count <= limits.targetByteCountMax else {
      return (.other, targetTooLong())
    }
    guard let path = decodedPath(ofTarget: request.uri), hasOneHost(request) else {
      return (.invalid, Answer.invalidRequest)
    }
    let route = Route(path: path)
    let answer = answer(request, path: path, route: route, bodyIsTooLarge: bodyIsTooLarge)
    return (route, request.method == .HEAD ? answer.withoutBody : answer)
  }

  private func answer(_ request: HTTPRequestHead, path: String, route: Route, bodyIsTooLarge: Bool) -> Answer {
    guard request.method == .GET || request.method == .HEAD else {
      return Answer(
        .methodNotAllowed, code: "method-not-allowed", "\(request.method.rawValue) is not answered",
        hint: "use GET or HEAD", fields: [(name: "Allow", value: "GET, HEAD")])
    }
    guard !bodyIsTooLarge else {
      return Answer(
        .contentTooLarge, code: "content-too-large", "a request has no use for a body", hint: "send none")
    }
    if let token, Route.isGuarded(path: path), !token.isShown(by: request.headers["Authorization"]) {
      return Answer(
        .unauthorized, code: "unauthorized", "\(shortened(path)) needs the token of this server",
        hint: "send Authorization: Bearer TOKEN", fields: [(name: "WWW-Authenticate", value: "Bearer")])
    }
    switch route {
    case .health: return Answer(.ok, fields: [jsonMediaType], body: ByteBuffer(string: "{\"status\":\"ok\"}\n"))
    case .ready: return readiness()
    case .metrics: return metrics.answer(held.contents, atSeconds: now())
    case .dashboards, .dashboard, .manifest: return document(request, path: path)
    case .page, .asset, .other, .invalid:
      guard let file = site[path] else { return notFound(path) }
      return file.answer(to: request)
    }
  }

  private func document(_ request: HTTPRequestHead, path: String) -> Answer {
    switch held.contents {
    case .nothingPublished: return nothingPublished()
    case .unreadable: return unreadable()
    case .release(let release):
      if let file = release.files[path] { return file.answer(to: request) }
      guard let name = Route.dashboardName(path: path) else { return notFound(path) }
      let names = release.dashboardNames
      let known = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
      return Answer(
        .notFound, code: "unknown-dashboard", "no dashboard is named \(shortened(name))",
        hint: names.isEmpty ? "none is published" : "known are \(known)")
    }
  }

  private func readiness() -> Answer {
    switch held.contents {
    case .nothingPublished: return nothingPublished()
    case .unreadable: return unreadable()
    case .release(let release):
      guard release.isFresh(atSeconds: now()) else {
        return Answer(
          .unavailable, code: "stale",
          "release \(release.name) was to be replaced by \(httpDate(release.freshUntilSeconds ?? 0))",
          hint: "run muster publish, or look why the pipeline did not")
      }
      let freshUntil = release.freshUntilSeconds.map(String.init) ?? "null"
      let body = """
        {"status":"ready","release":\(jsonString(release.name)),"published_at":\(release.publishedAtSeconds),\
        "fresh_until":\(freshUntil)}

        """
      return Answer(.ok, fields: [jsonMediaType], body: ByteBuffer(string: body))
    }
  }

  /// HTTP/1.1 wants exactly one `Host`, older clients send none.
  private func hasOneHost(_ request: HTTPRequestHead) -> Bool {
    let count = request.headers["Host"].count
    return count == 1 || count == 0 && request.version.minor == 0
  }
}

extension PreparedFile {
  fileprivate func answer(to request: HTTPRequestHead) -> Answer {
    answer(acceptEncoding: request.headers["Accept-Encoding"], ifNoneMatch: request.headers["If-None-Match"])
  }
}

extension Responder {
  private func nothingPublished() -> Answer {
    Answer(.unavailable, code: "nothing-published", "nothing was published yet", hint: "run muster publish")
  }

  private func unreadable() -> Answer {
    Answer(
      .unavailable, code: "publication-unreadable", "what is published cannot be read",
      hint: "see the log of the server, then run muster publish")
  }

  private func notFound(_ path: String) -> Answer {
    Answer(
      .notFound, code: "not-found", "nothing is at \(shortened(path))",
      hint: "the page is at /, the list of dashboards at /api/v1/dashboards")
  }

  private func targetTooLong() -> Answer {
    Answer(
      .targetTooLong, code: "target-too-long", "the request target is longer than \(limits.targetByteCountMax) bytes",
      hint: "ask for a shorter path")
  }

  /// Enough of what the client sent to recognise it.
  private func shortened(_ text: String) -> String {
    text.count <= 80 ? text : text.prefix(80) + "…"
  }
}
