import DashboardServer
import Dashboards
import Synchronization
import Testing

@Suite struct PublicationTests {
  private static let overview = "/api/v1/dashboards/overview.json"

  /// Asks until the answer is as wanted, for half a minute.
  private static func eventually(_ isWanted: @Sendable () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
      if try await isWanted() { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  @Test func `the first publication is picked up`() async throws {
    try await TestServer.run(nil) { server async throws in
      #expect(try await server.ask("GET", "/readyz").status == 503)
      server.publication.publish(release())
      #expect(try await Self.eventually { try await server.ask("GET", "/readyz").status == 200 })
      #expect(try await server.ask("GET", Self.overview).text == "overview")
    }
  }

  @Test func `a new release replaces the old one as a whole, on open connections too`() async throws {
    try await TestServer.run { server async throws in
      let texts = try await onThread { [port = server.port, publication = server.publication] in
        let connection = try RawConnection(port: port)
        let request = "GET \(Self.overview) HTTP/1.1\r\nHost: a\r\n\r\n"
        try connection.send(request)
        var texts = [try connection.answer().text]
        publication.publish(release("r2", overview: "newer"))
        let deadline = ContinuousClock.now + .seconds(30)
        while texts.last != "newer", .now < deadline {
          try connection.send(request)
          let text = try connection.answer().text
          if text != texts.last { texts.append(text) }
        }
        return texts
      }
      #expect(texts == ["overview", "newer"])
      #expect(server.publication.state.withLock { $0.loadCount } == 2)
      #expect(
        server.lines.all.filter { $0.hasPrefix("release ") } == [
          "release r1: 2 dashboards", "release r2: 2 dashboards",
        ]
      )
    }
  }

  @Test func `a release that cannot be read leaves the old one, is logged once and counted`() async throws {
    try await TestServer.run(limits: limits(\.releaseRetryMilliseconds, 40)) { server async throws in
      server.publication.publish(release("r2", overview: "newer"), isBroken: true)
      #expect(try await Self.eventually { server.publication.state.withLock { $0.loadCount } >= 4 })
      #expect(try await server.ask("GET", Self.overview).text == "overview")
      #expect(server.lines.all.filter { $0.hasPrefix("warning: release r2 cannot be read") }.count == 1)
      #expect(try await !server.ask("GET", "/metrics").text.contains("load_failures_total 0"))
      server.publication.publish(release("r2", overview: "newer"))
      #expect(try await Self.eventually { try await server.ask("GET", Self.overview).text == "newer" })
    }
  }

  @Test func `an unreadable first release is not taken for none`() async throws {
    try await TestServer.run(isBroken: true) { server async throws in
      expectError(try await server.ask("GET", "/readyz"), 503, "publication-unreadable", hint: "log of the server")
      expectError(try await server.ask("GET", Self.overview), 503, "publication-unreadable")
      server.publication.publish(release("r2"))
      #expect(try await Self.eventually { try await server.ask("GET", "/readyz").status == 200 })
    }
  }

  @Test(arguments: [(0, 200), (1, 200), (-1, 503), (-86_400, 503)] as [(Int64, Int)])
  func `a release is ready until its promise is over`(secondsLeft: Int64, status: Int) async throws {
    try await TestServer.run(release(freshUntilSeconds: nowSeconds + secondsLeft)) { server async throws in
      let answer = try await server.ask("GET", "/readyz")
      if status == 200 {
        #expect(answer.status == 200)
      } else {
        expectError(answer, 503, "stale", hint: "muster publish")
      }
      #expect(try await server.ask("GET", Self.overview).status == 200)
      let metrics = try await server.ask("GET", "/metrics").text
      #expect(metrics.contains("\nmuster_publication_fresh \(status == 200 ? 1 : 0)\n"))
    }
  }
}
