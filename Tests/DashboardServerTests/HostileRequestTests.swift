import DashboardServer
import Glibc
import Testing

@Suite struct HostileRequestTests {
  @Test(arguments: [
    ("rubbish\r\n\r\n", 400, "invalid-request"),
    ("GET /\r\n\r\n", 400, "invalid-request"),
    ("FETCH / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400, "invalid-request"),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
      "invalid-request"
    ),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n\r\n", 400, "invalid-request"),
    ("GET index.html HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET /%+1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n", 413, "content-too-large"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400, "invalid-request"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n", 405, "method-not-allowed"),
    ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalid-request"),
  ])
  func `what cannot be meant is refused`(bytes: String, status: Int, code: String) async throws {
    try await TestServer.run { server async throws in
      expectError(try await server.answer(to: bytes), status, code)
      #expect(try await server.ask("GET", "/").status == 200)
    }
  }

  @Test(arguments: [(2048, 404), (2049, 414), (8000, 414), (9000, 431), (1_000_000, 431)])
  func `a long target is refused`(byteCount: Int, status: Int) async throws {
    try await TestServer.run { server async throws in
      let target = "/" + String(repeating: "a", count: byteCount - 1)
      let code = [404: "not-found", 414: "target-too-long", 431: "head-too-large"][status]!
      expectError(
        try await server.talk { connection in
          // A refused client may be cut off while it still sends.
          try? connection.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
          return try connection.answer()
        }, status, code)
    }
  }

  @Test(arguments: [(1, 8000, 200), (1, 8200, 431), (3, 7000, 431), (90, 1, 200), (101, 1, 431), (1, 5_000_000, 431)])
  func `large fields are refused`(fieldCount: Int, byteCount: Int, status: Int) async throws {
    try await TestServer.run { server async throws in
      let fields = (0..<fieldCount).map { "X-\($0): " + String(repeating: "x", count: byteCount) + "\r\n" }.joined()
      let answer = try await server.talk { connection in
        try? connection.send("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        return try connection.answer()
      }
      if status == 200 { #expect(answer.status == 200) } else { expectError(answer, status, "head-too-large") }
    }
  }

  @Test func `a small body is thrown away and the connection goes on`() async throws {
    try await TestServer.run { server async throws in
      let statuses = try await server.talk { connection in
        let body = String(repeating: "b", count: 1024)
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1024\r\n\r\n\(body)")
        let first = try connection.answer().status
        try connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n")
        let second = try connection.answer().status
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return [first, second, try connection.answer().status]
      }
      #expect(statuses == [200, 405, 200])
    }
  }

  @Test func `an endless body ends the connection`() async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.talk { connection in
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "400\r\n" + String(repeating: "b", count: 1024) + "\r\n"
        let all = (0..<100_000).first { _ in (try? connection.send(chunk)) == nil }
        #expect(all != nil, "100 MB were taken")
        return try connection.answer()
      }
      expectError(answer, 413, "content-too-large")
      #expect(answer["Connection"] == "close")
    }
  }

  @Test(arguments: [
    "", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbo",
  ])
  func `a request that does not end is cut off`(bytes: String) async throws {
    try await TestServer.run(limits: limits(\.requestMilliseconds, 200)) { server async throws in
      let isClosed = try await server.talk { connection in
        try connection.send(bytes)
        return try connection.isClosedByServer()
      }
      #expect(isClosed)
    }
  }

  @Test func `a request that trickles is cut off`() async throws {
    try await TestServer.run(limits: limits(\.requestMilliseconds, 300)) { server async throws in
      let sentCount = try await onThread { [port = server.port] in
        let connection = try RawConnection(port: port, timeoutSeconds: 1)
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
        return (0..<100).first { _ in
          usleep(50_000)
          return (try? connection.send("x")) == nil
        }
      }
      #expect(sentCount != nil)
    }
  }

  @Test func `an idle connection is closed, a busy one is not`() async throws {
    try await TestServer.run(limits: limits(\.idleMilliseconds, 300)) { server async throws in
      let isClosed = try await server.talk { connection in
        for _ in 0..<5 {
          try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
          let status = try connection.answer().status
          #expect(status == 200)
        }
        return try connection.isClosedByServer()
      }
      #expect(isClosed)
    }
  }

  @Test func `a client that takes no answers is not read from and is cut off`() async throws {
    let large = release(overview: String(repeating: "o", count: 1_000_000))
    try await TestServer.run(large, limits: limits(\.stallMilliseconds, 400)) { server async throws in
      try await onThread { [port = server.port] in
        let connection = try RawConnection(port: port, receiveByteCount: 4096)
        let request = "GET /api/v1/dashboards/overview.json HTTP/1.1\r\nHost: a\r\n\r\n"
        let refused = (0..<1_000_000).first { _ in (try? connection.send(request)) == nil }
        #expect(refused != nil, "all requests were taken")
      }
      let text = try await server.ask("GET", "/metrics").text
      #expect(text.contains("muster_http_connections_cut_total{late=\"answer\"} 1"))
    }
  }

  @Test func `a client that closes its side gets what it asked for`() async throws {
    let large = release(overview: String(repeating: "o", count: 3_000_000))
    try await TestServer.run(large) { server async throws in
      let answer = try await server.talk { connection in
        try connection.send("GET /api/v1/dashboards/overview.json HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.finishSending()
        let answer = try connection.answer()
        let isClosed = try connection.isClosedByServer()
        #expect(isClosed)
        return answer
      }
      #expect(answer.body.count == 3_000_000)
    }
  }

  @Test func `older clients are closed on unless they ask`() async throws {
    try await TestServer.run { server async throws in
      let (fields, isClosed) = try await server.talk { connection in
        try connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let first = try connection.answer()["Connection"]
        try connection.send("GET / HTTP/1.0\r\n\r\n")
        let second = try connection.answer()["Connection"]
        return ([first, second], try connection.isClosedByServer())
      }
      #expect(fields == ["keep-alive", "close"])
      #expect(isClosed)
    }
  }

  @Test func `another protocol is not switched to`() async throws {
    try await TestServer.run { server async throws in
      let answer = try await server.answer(
        to: "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
      #expect(answer.status == 200)
      #expect(answer["Connection"] == "close")
    }
  }

  @Test func `further connections wait for a free place`() async throws {
    try await TestServer.run(limits: limits(\.connectionCountMax, 2)) { server async throws in
      let statuses = try await onThread { [port = server.port] in
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        var first: RawConnection? = try RawConnection(port: port)
        let second = try RawConnection(port: port)
        for connection in [first!, second] {
          try connection.send(request)
          _ = try connection.answer()
        }
        let third = try RawConnection(port: port, timeoutSeconds: 1)
        try third.send(request)
        #expect(throws: RawConnection.Failure.self) { try third.answer() }
        first = nil
        return [try third.answer().status]
      }
      #expect(statuses == [200])
    }
  }
}
