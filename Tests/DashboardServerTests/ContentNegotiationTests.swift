import Testing

@Suite struct ContentNegotiationTests {
  private static let overview = "/api/v1/dashboards/overview.json"

  @Test(
    arguments: [
      (nil, "identity"), ("", "identity"), ("identity", "identity"), ("br", "identity"), ("gzip", "gzip"),
      ("x-gzip", "gzip"),
      ("zstd", "zstd"), ("gzip, deflate, br, zstd", "zstd"), ("gzip;q=1.0, zstd;q=0.5", "gzip"),
      ("GZIP ; Q=0.5", "gzip"),
      ("gzip;q=0.5, zstd;q=0.501", "zstd"), ("zstd;q=0, gzip", "gzip"), ("zstd;q=0.000, gzip;q=0", "identity"),
      ("*", "zstd"),
      ("*;q=0.1, gzip", "gzip"), ("*, zstd;q=0", "gzip"), ("identity, gzip;q=0.5", "identity"),
      ("identity;q=0.4, gzip;q=0.5", "gzip"), ("identity;q=0", "identity"), ("*;q=0", "identity"),
      ("gzip;q=2", "identity"),
      ("gzip;q=0.5555", "identity"), ("gzip;q=high", "identity"), ("gzip;q=", "identity"), (",,gzip,", "gzip"),
      ("gzip;level=1", "gzip"),
    ] as [(String?, String)])
  func `the client's favourite form is sent`(accepted: String?, coding: String) async throws {
    try await TestServer.run { server async throws in
      let answer =
        if let accepted { try await server.ask("GET", Self.overview, "Accept-Encoding: \(accepted)") } else {
          try await server.ask("GET", Self.overview)
        }
      #expect(answer.status == 200)
      #expect(answer["Vary"] == "Accept-Encoding")
      #expect(answer["Content-Encoding"] == (coding == "identity" ? nil : coding))
      #expect(answer.text == ["identity": "overview", "gzip": "gzipped", "zstd": "zstd"][coding])
      #expect(answer["ETag"] == ["identity": "\"o\"", "gzip": "\"o-gzip\"", "zstd": "\"o-zstd\""][coding])
    }
  }

  @Test func `a file without compressed forms is sent as it is`() async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.ask("GET", "/api/v1/dashboards/plain.json", "Accept-Encoding: zstd, gzip")
      #expect(answer.text == "plain")
      #expect(answer["Content-Encoding"] == nil)
      #expect(answer["ETag"] == "\"p\"")
    }
  }

  @Test func `several lines count as one list`() async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.ask("GET", Self.overview, "Accept-Encoding: br", "Accept-Encoding: gzip")
      #expect(answer["Content-Encoding"] == "gzip")
      #expect(try await server.ask("GET", Self.overview, "If-None-Match: \"x\"", "If-None-Match: \"o\"").status == 304)
    }
  }

  @Test(
    arguments: [
      ("\"o\"", nil, 304), ("W/\"o\"", nil, 304), ("*", nil, 304), ("\"x\", \"o\"", nil, 304),
      ("\"a,b\",W/\"o\"", nil, 304),
      (" ,\"o\"", nil, 304), ("\"x\"", nil, 200), ("o", nil, 200), ("\"o", nil, 200), ("\"O\"", nil, 200),
      ("", nil, 200),
      ("\"o-gzip\"", nil, 200), ("\"o-gzip\"", "gzip", 304), ("\"o\"", "gzip", 200),
      ("\"o-gzip\", \"o-zstd\"", "zstd", 304),
      ("w/\"o\"", nil, 200), ("x, \"o\"", nil, 200),
    ] as [(String, String?, Int)])
  func `a form that the client has is not sent again`(tags: String, accepted: String?, status: Int) async throws {
    try await TestServer.run { server async throws in
      for method in ["GET", "HEAD"] {
        let answer = try await server.ask(
          method, Self.overview, "If-None-Match: \(tags)", "Accept-Encoding: \(accepted ?? "identity")")
        #expect(answer.status == status)
        #expect(answer["ETag"] == (accepted.map { "\"o-\($0)\"" } ?? "\"o\""))
        #expect(answer["Cache-Control"] == "no-cache")
        #expect(answer["Vary"] == "Accept-Encoding")
        if status == 304 {
          #expect(answer["Content-Length"] == nil)
          #expect(answer["Content-Type"] == nil)
        }
      }
    }
  }

  @Test func `nothing follows an answer without body`() async throws {
    try await TestServer.run { server async throws in
      let statuses = try await server.talk { connection in
        try connection.send(
          "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        return [
          try connection.answer(hasBody: false).status, try connection.answer(hasBody: false).status,
          try connection.answer().status,
        ]
      }
      #expect(statuses == [304, 200, 200])
    }
  }
}
