import NIOCore
import Synchronization

/// Why a connection was closed without waiting for the client.
enum Cut: String, CaseIterable, Sendable {
  /// The request did not arrive in time.
  case request
  /// The answer was not taken in time.
  case answer
}

/// Counts what the server does. All labels come from enumerations, so there are at most a hundred or so lines.
final class ServerMetrics: Sendable {
  private struct Counts {
    /// By route and status: `route × statuses + status`.
    var answers = [UInt64](repeating: 0, count: Route.allCases.count * Status.allCases.count)
    var bodyBytes = [UInt64](repeating: 0, count: Route.allCases.count)
    var cuts: [Cut: UInt64] = [:]
    var loadFailures: UInt64 = 0
  }

  private let startedAtSeconds: Int64
  private let counts = Mutex(Counts())
  private let requestsInFlight = Atomic(0)
  private let openConnections = Atomic(0)

  init(startedAtSeconds: Int64) {
    self.startedAtSeconds = startedAtSeconds
  }

  func requestBegan() { requestsInFlight.add(1, ordering: .relaxed) }
  func requestEnded() { requestsInFlight.subtract(1, ordering: .relaxed) }
  func connectionOpened() { openConnections.add(1, ordering: .relaxed) }
  func connectionClosed() { openConnections.subtract(1, ordering: .relaxed) }
  func countCut(_ cut: Cut) { counts.withLock { $0.cuts[cut, default: 0] += 1 } }
  func countLoadFailure() { counts.withLock { $0.loadFailures += 1 } }

  func count(_ answer: Answer, of route: Route) {
    let (route, status) = (indexOf(route), indexOf(answer.status))
    counts.withLock {
      $0.answers[route * Status.allCases.count + status] += 1
      $0.bodyBytes[route] += UInt64(answer.body?.readableBytes ?? 0)
    }
  }

  /// The text format of Prometheus, version 0.0.4.
  func answer(_ contents: HeldRelease.Contents, atSeconds now: Int64) -> Answer {
    let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    let text = text(contents, atSeconds: now)
    return Answer(.ok, fields: [(name: "Content-Type", value: mediaType)], body: ByteBuffer(string: text))
  }

  private func text(_ contents: HeldRelease.Contents, atSeconds now: Int64) -> String {
    let counts = counts.withLock { $0 }
    var text = MetricsText()
    text.family("muster_http_requests_total", "counter", "Answers by route and status.")
    for (route, name) in Route.allCases.enumerated() {
      for (status, code) in Status.allCases.enumerated() {
        let count = counts.answers[route * Status.allCases.count + status]
        if count > 0 { text.sample("{route=\"\(name)\",status=\"\(code.rawValue)\"}", count) }
      }
    }
    text.family("muster_http_response_body_bytes_total", "counter", "Bytes of answer bodies by route, as sent.")
    for (route, name) in Route.allCases.enumerated() where counts.bodyBytes[route] > 0 {
      text.sample("{route=\"\(name)\"}", counts.bodyBytes[route])
    }
    text.family("muster_http_requests_in_flight", "gauge", "Requests that are not answered yet, this one included.")
    text.sample("", requestsInFlight.load(ordering: .relaxed))
    text.family("muster_http_connections_open", "gauge", "Open connections.")
    text.sample("", openConnections.load(ordering: .relaxed))
    text.family("muster_http_connections_cut_total", "counter", "Connections of too slow clients, by what was late.")
    for cut in Cut.allCases { text.sample("{late=\"\(cut)\"}", counts.cuts[cut] ?? 0) }
    text.family("muster_publication_load_failures_total", "counter", "Releases that could not be read.")
    text.sample("", counts.loadFailures)

    text.family(
      "muster_publication_fresh", "gauge", "1 until the promised next publication, 0 after it or before the first.")
    if case .release(let release) = contents {
      text.sample("", release.isFresh(atSeconds: now) ? 1 : 0)
      text.family("muster_publication_age_seconds", "gauge", "Since the served release was published.")
      text.sample("", now - release.publishedAtSeconds)
    } else {
      text.sample("", 0)
    }
    text.family("process_start_time_seconds", "gauge", "Start of the server, unix seconds.")
    text.sample("", startedAtSeconds)
    return text.lines
  }
}

/// Position in the declaration; the lists are short.
private func indexOf<Case: CaseIterable & Equatable>(_ value: Case) -> Int where Case.AllCases == [Case] {
  Case.allCases.firstIndex(of: value)!
}

private struct MetricsText {
  private(set) var lines = ""
  private var name = ""

  mutating func family(_ name: String, _ type: String, _ help: String) {
    self.name = name
    lines += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ labels: String, _ value: some BinaryInteger) {
    lines += "\(name)\(labels) \(value)\n"
  }
}
