import Dispatch
import Glibc

/// An answer, field names as they were sent.
struct RawAnswer: Sendable {
  var status = 0
  var fields: [(name: String, value: String)] = []
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The only value of a field; nil where it is missing or there twice.
  subscript(_ name: String) -> String? {
    let values = fields.filter { $0.name.lowercased() == name.lowercased() }
    return values.count == 1 ? values[0].value : nil
  }
}

/// One TCP connection to this machine; calls block, so they belong on a thread of their own.
final class RawConnection {
  struct Failure: Error {
    var call: String
    var errorNumber = errno
  }

  private let descriptor: Int32
  private var received: [UInt8] = []

  /// A call that waits longer than `timeoutSeconds` fails.
  init(port: Int, timeoutSeconds: Int = 10, receiveByteCount: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var receiveByteCount {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveByteCount, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(call: "connect") }
  }

  deinit { close(descriptor) }

  /// Throws when the server has closed or takes no more.
  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(call: "send") }
      sent += count
    }
  }

  /// Tells the server that nothing more will come.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Whether the server closes before it sends anything more.
  func isClosedByServer() throws -> Bool {
    received.isEmpty ? try !receive() : false
  }

  /// The next answer. `hasBody` is false for the answer to HEAD.
  func answer(hasBody: Bool = true) throws -> RawAnswer {
    var end = headEnd()
    while end == nil {
      guard try receive() else { throw Failure(call: "recv: closed after \(received.count) bytes", errorNumber: 0) }
      end = headEnd()
    }
    let lines = String(decoding: received[..<end!], as: UTF8.self).split(separator: "\r\n")
    received.removeSubrange(..<(end! + 4))
    var answer = RawAnswer()
    answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
    answer.fields = lines.dropFirst().map { line in
      let colon = line.firstIndex(of: ":")!
      return (String(line[..<colon]), String(line[line.index(colon, offsetBy: 2)...]))
    }
    guard hasBody, let length = answer["Content-Length"].flatMap({ Int($0) }) else { return answer }
    while received.count < length {
      guard try receive() else { throw Failure(call: "recv: body cut off", errorNumber: 0) }
    }
    answer.body = Array(received[..<length])
    received.removeSubrange(..<length)
    return answer
  }

  private func headEnd() -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard received.count >= 4 else { return nil }
    return (0...(received.count - 4)).first { received[$0..<($0 + 4)].elementsEqual(mark) }
  }

  /// False when the server has closed, with or without a reset.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno != ECONNRESET { throw Failure(call: "recv") }
    guard count > 0 else { return false }
    received += buffer[..<count]
    return true
  }
}

/// Runs blocking work outside the threads that Swift's tasks share.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
  }
}
