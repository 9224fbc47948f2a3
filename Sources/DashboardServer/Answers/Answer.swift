import NIOCore

/// Statuses that this server sends.
enum Status: Int, CaseIterable, Sendable {
  case ok = 200
  case notModified = 304
  case badRequest = 400
  case unauthorized = 401
  case notFound = 404
  case methodNotAllowed = 405
  case contentTooLarge = 413
  case targetTooLong = 414
  case headTooLarge = 431
  case unavailable = 503

  var reason: String {
    switch self {
    case .ok: "OK"
    case .notModified: "Not Modified"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .contentTooLarge: "Content Too Large"
    case .targetTooLong: "URI Too Long"
    case .headTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    }
  }
}

/// A status with the bytes of its head and body; sharing the bytes, not copying them.
struct Answer: Sendable {
  let status: Status
  /// From the status line to the end of the last field; `Date`, `Connection` and the empty line come when it is sent.
  let head: ByteBuffer
  let body: ByteBuffer?

  /// `fields` are of this answer alone: what all answers carry is added. The length is told, except where a body is out of the question.
  init(_ status: Status, fields: [(name: String, value: String)] = [], body: ByteBuffer?) {
    var lines = "HTTP/1.1 \(status.rawValue) \(status.reason)\r\n" + fieldsOfAllAnswers
    for field in fields { lines += "\(field.name): \(field.value)\r\n" }
    if let body { lines += "Content-Length: \(body.readableBytes)\r\n" }
    self.status = status
    self.head = ByteBuffer(string: lines)
    self.body = body
  }

  private init(status: Status, head: ByteBuffer, body: ByteBuffer?) {
    (self.status, self.head, self.body) = (status, head, body)
  }

  /// The answer to HEAD: the same head.
  var withoutBody: Answer { Answer(status: status, head: head, body: nil) }
}

/// What keeps a page from being framed, sniffed, or given foreign scripts; and every copy revalidated.
private let fieldsOfAllAnswers =
  [
    "Cache-Control: no-cache",
    """
    Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """,
    "Cross-Origin-Resource-Policy: same-origin",
    "Permissions-Policy: camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
  ].joined(separator: "\r\n") + "\r\n"
