import Testing

@Suite struct RoutesTests {
  @Test(arguments: [
    ("/", "page"), ("/?x=1", "page"), ("/assets/style.css", "style"), ("/assets/gr%C3%B6%c3%9fe.css", "umlaut"),
    ("/api/v1/dashboards", "[list]"), ("/api/v1/dashboards/overview.json", "overview"),
    ("/api/v1/dashboards/%6Fverview.json?at=2", "overview"), ("/api/v1/manifest.json", "manifest"),
    ("http://localhost/api/v1/manifest.json", "manifest"), ("/healthz", "{\"status\":\"ok\"}\n"),
    (
      "/readyz",
      "{\"status\":\"ready\",\"release\":\"r1\",\"published_at\":1795265944,\"fresh_until\":null}\n"
    ),
  ])
  func `a known path is answered`(target: String, body: String) async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.ask("GET", target)
      #expect(answer.status == 200)
      #expect(answer.text == body)
      let head = try await server.ask("HEAD", target)
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
      #expect(head.fields.map(\.name) == answer.fields.map(\.name))
      #expect(head["Content-Length"] == "\(body.utf8.count)")
    }
  }

  @Test(arguments: [
    "/favicon.ico", "/assets", "/assets/", "/assets/none.js", "/api", "/api/v1/", "/api/v1/dashboards/",
    "/API/v1/dashboards",
    "//", "/healthz/", "/assets/../api/v1/manifest.json", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/..%2f..%2fetc%2fpasswd", "/assets/style.css%00.js",
  ])
  func `an unknown path is not found`(target: String) async throws {
    try await TestServer.run { server async throws in
      expectError(try await server.ask("GET", target), 404, "not-found", hint: "/api/v1/dashboards")
    }
  }

  @Test func `an unknown dashboard is answered with the known names`() async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.ask("GET", "/api/v1/dashboards/%22%3Cb%3E.json")
      expectError(answer, 404, "unknown-dashboard", hint: "known are overview, plain")
      #expect(answer.text.contains(#"\"\u003cb>"#))
    }
  }

  @Test(arguments: ["/api/v1/dashboards", "/api/v1/dashboards/overview.json", "/api/v1/manifest.json", "/readyz"])
  func `before the first publication documents are unavailable`(target: String) async throws {
    try await TestServer.run(nil) { server async throws in
      expectError(try await server.ask("GET", target), 503, "nothing-published", hint: "run muster publish")
      #expect(try await server.ask("GET", "/").status == 200)
      #expect(try await server.ask("GET", "/healthz").status == 200)
    }
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
  func `another method than GET and HEAD is refused`(method: String) async throws {
    try await TestServer.run(token: "secret") { server async throws in
      for target in ["/", "/api/v1/dashboards", "/metrics", "/none"] {
        let answer = try await server.ask(method, target)
        expectError(answer, 405, "method-not-allowed", hint: "GET or HEAD")
        #expect(answer["Allow"] == "GET, HEAD")
      }
    }
  }

  @Test func `every answer carries the security headers and its date`() async throws {
    try await TestServer.run(token: "secret") { server async throws in
      let answers = [
        try await server.ask("GET", "/"), try await server.ask("GET", "/", "If-None-Match: *"),
        try await server.ask("GET", "/api/v1/dashboards"), try await server.ask("POST", "/"),
        try await server.ask("GET", "/none"), try await server.ask("GET", "/readyz"),
        try await server.ask("GET", "/metrics", "Authorization: Bearer secret"),
        try await server.answer(to: "rubbish\r\n\r\n"),
        try await server.ask("GET", "/", "X: " + String(repeating: "x", count: 9000)),
      ]
      #expect(answers.map(\.status) == [200, 304, 401, 405, 404, 200, 200, 400, 431])
      for answer in answers {
        #expect(
          answer["Content-Security-Policy"]
            == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(answer["Referrer-Policy"] == "no-referrer")
        #expect(answer["X-Frame-Options"] == "DENY")
        #expect(answer["Cross-Origin-Resource-Policy"] == "same-origin")
        #expect(answer["Permissions-Policy"] != nil)
        #expect(answer["Cache-Control"] == "no-cache")
        #expect(answer["Date"] == "Sat, 21 Nov 2026 13:00:44 GMT")
      }
    }
  }
}
