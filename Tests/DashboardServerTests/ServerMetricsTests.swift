import Testing

@Suite struct ServerMetricsTests {
  @Test func `requests are counted by route and status, not by path`() async throws {
    try await TestServer.run { server async throws in
      for index in 0..<5 { _ = try await server.ask("GET", "/none/\(index)") }
      _ = try await server.ask("GET", "/api/v1/dashboards/plain.json")
      _ = try await server.ask("HEAD", "/api/v1/dashboards/plain.json")
      _ = try await server.ask("GET", "/api/v1/dashboards/none.json")
      _ = try await server.ask("GET", "/", "If-None-Match: *")
      _ = try await server.answer(to: "rubbish\r\n\r\n")
      let answer = try await server.ask("GET", "/metrics")
      #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
      let lines = answer.text.split(separator: "\n").map(String.init)
      let expected = [
        "muster_http_requests_total{route=\"other\",status=\"404\"} 5",
        "muster_http_requests_total{route=\"dashboard\",status=\"200\"} 2",
        "muster_http_requests_total{route=\"dashboard\",status=\"404\"} 1",
        "muster_http_requests_total{route=\"page\",status=\"304\"} 1",
        "muster_http_requests_total{route=\"invalid\",status=\"400\"} 1",
        "muster_http_requests_in_flight 1", "muster_publication_fresh 1", "muster_publication_age_seconds 100",
        "muster_publication_load_failures_total 0", "process_start_time_seconds \(nowSeconds)",
      ]
      for line in expected { #expect(lines.contains(line), "\(answer.text)") }
      for line in lines where !line.hasPrefix("#") {
        #expect(line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[a-z0-9]+"(,[a-z]+="[0-9]+")*\})? -?[0-9]+/) != nil, "\(line)")
      }
    }
  }

  @Test func `what is not published has no age`() async throws {
    try await TestServer.run(nil) { server async throws in
      let text = try await server.ask("GET", "/metrics").text
      #expect(text.contains("\nmuster_publication_fresh 0\n"))
      #expect(!text.contains("muster_publication_age_seconds"))
    }
  }

  @Test func `requests that were broken off are not in flight`() async throws {
    try await TestServer.run { server async throws in
      for bytes in ["", "GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", "x\r\n\r\n"] {
        _ = try await server.talk { connection in
          try connection.send(bytes)
          connection.finishSending()
          while try !connection.isClosedByServer() { _ = try connection.answer() }
        }
      }
      let text = try await server.ask("GET", "/metrics").text
      #expect(text.contains("\nmuster_http_requests_in_flight 1\n"))
    }
  }
}
