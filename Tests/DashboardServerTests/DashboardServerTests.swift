import DashboardServer
import Glibc
import Testing

@Suite(.serialized) struct DashboardServerTests {
  @Test func `a port in use is a clear error`() async throws {
    try await TestServer.run { server async throws in
      let second = DashboardServer(
        ServerConfiguration(port: server.port, endsOnSignals: false, log: { _ in }), site: [:],
        published: FakePublication(nil), now: { 0 })
      do {
        try await second.run { _, _ in Issue.record("started twice") }
        Issue.record("ran twice")
      } catch let error as ServerError {
        #expect(error.code == .addressInUse)
        #expect(
          error.description
            == "port \(server.port) of 127.0.0.1 is in use. stop the other process, or choose another port")
      }
    }
  }

  @Test(arguments: [
    ("192.0.2.1", 0, ServerError.Code.cannotListen), ("127.0.0.1", 70_000, .configuration),
    ("no.such.host.invalid", 0, .cannotListen),
  ])
  func `where it cannot listen it says so`(host: String, port: Int, code: ServerError.Code) async throws {
    let server = DashboardServer(
      ServerConfiguration(host: host, port: port, endsOnSignals: false, log: { _ in }), site: [:],
      published: FakePublication(nil), now: { 0 })
    await #expect { try await server.run { _, _ in } } throws: { ($0 as? ServerError)?.code == code }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal ends it after the request that is being read`(signal: Int32) async throws {
    let lines = TestServer.Lines()
    try await TestServer.run(endsOnSignals: true) { server async throws in
      let answer = try await server.talk { connection in
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        let idle = try RawConnection(port: server.port)
        var metrics = ""
        while !metrics.contains("muster_http_requests_in_flight 2") {
          try idle.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
          metrics = try idle.answer().text
        }
        kill(getpid(), signal)
        let isClosed = try idle.isClosedByServer()
        #expect(isClosed)
        try connection.send("b")
        let answer = try connection.answer()
        let isLast = try connection.isClosedByServer()
        #expect(isLast)
        return answer
      }
      #expect(answer.status == 200)
      for _ in 0..<3000 where server.lines.all.last != "stopped" { try await Task.sleep(for: .milliseconds(10)) }
      for line in server.lines.all { lines.append(line) }
    }
    #expect(lines.all.count == 2)
    #expect(lines.all.last == "stopped")
  }

  @Test func `the end of its task ends it`() async throws {
    let lines = TestServer.Lines()
    try await TestServer.run { server async throws in
      #expect(try await server.ask("GET", "/").status == 200)
      lines.append("ran")
    }
    #expect(lines.all == ["ran"])
  }
}
