import DashboardServer
import Testing

@Suite struct BearerTokenTests {
  @Test(arguments: [
    "Authorization: Bearer secret", "authorization: bearer secret", "Authorization: Bearer   secret  ",
  ])
  func `the token opens the interface`(field: String) async throws {
    try await TestServer.run(token: "secret") { server async throws in
      for target in ["/api/v1/dashboards", "/api/v1/dashboards/plain.json", "/api/v1/manifest.json", "/metrics"] {
        #expect(try await server.ask("GET", target, field).status == 200)
      }
    }
  }

  @Test(arguments: [
    "Accept: */*", "Authorization: secret", "Authorization: Basic secret", "Authorization: Bearer",
    "Authorization: Bearer ",
    "Authorization: Bearer secre", "Authorization: Bearer secrets", "Authorization: Bearer secretsecret",
    "Authorization: Bearer SECRET", "Authorization: Bearer secret\r\nAuthorization: Bearer secret",
  ])
  func `anything else does not`(field: String) async throws {
    try await TestServer.run(token: "secret") { server async throws in
      let guarded = [
        "/api", "/api/v1/dashboards", "/api/v1/dashboards/plain.json", "/api/v1/dashboards/none.json",
        "/api/v1/manifest.json",
        "/api/none", "/metrics", "/%61pi/v1/dashboards", "/%6Detrics", "http://localhost/api/v1/dashboards",
      ]
      for target in guarded {
        let answer = try await server.ask("GET", target, field, "If-None-Match: *")
        expectError(answer, 401, "unauthorized", hint: "Bearer TOKEN")
        #expect(answer["WWW-Authenticate"] == "Bearer")
        #expect(answer["ETag"] == nil)
      }
    }
  }

  @Test func `the page, its assets and the probes stay open`() async throws {
    try await TestServer.run(token: "secret") { server async throws in
      for target in ["/", "/assets/style.css", "/healthz", "/readyz"] {
        #expect(try await server.ask("GET", target).status == 200)
      }
      expectError(try await server.ask("GET", "/none"), 404, "not-found")
    }
  }

  @Test(arguments: ["", " ", "two words", "line\nbreak", "schlüssel"])
  func `a token that cannot be sent is refused`(token: String) async throws {
    await #expect { try await TestServer.run(token: token) { _ in } } throws: {
      ($0 as? ServerError)?.code == .configuration
    }
  }

  @Test(
    arguments: [(nil, "127.0.0.1", false), (nil, "0.0.0.0", true), ("secret", "0.0.0.0", false)]
      as [(String?, String, Bool)])
  func `an open server on the network is warned of`(token: String?, host: String, isWarned: Bool) async throws {
    try await TestServer.run(token: token, host: host) { server async throws in
      #expect(server.lines.all.contains { $0.contains("without a token") } == isWarned)
    }
  }
}
