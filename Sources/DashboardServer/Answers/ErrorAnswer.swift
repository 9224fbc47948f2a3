import NIOCore

extension Answer {
  /// `{"error":{"code","message","hint"}}`, the one shape of all errors; no hint: null.
  init(
    _ status: Status, code: String, _ message: String, hint: String? = nil, fields: [(name: String, value: String)] = []
  ) {
    let hint = hint.map(jsonString) ?? "null"
    let body = "{\"error\":{\"code\":\(jsonString(code)),\"message\":\(jsonString(message)),\"hint\":\(hint)}}\n"
    self.init(status, fields: fields + [jsonMediaType], body: ByteBuffer(string: body))
  }

  static let invalidRequest = Answer(.badRequest, code: "invalid-request", "the bytes are not an HTTP/1 request")
  static let headTooLarge = Answer(
    .headTooLarge, code: "head-too-large", "the target or the header fields are too large",
    hint: "send fewer or shorter fields")
}

let jsonMediaType = (name: "Content-Type", value: "application/json; charset=utf-8")

/// A JSON string with its quotes. `<` is escaped as well, for readers that put it into a page.
func jsonString(_ text: String) -> String {
  var json = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": json += "\\\""
    case "\\": json += "\\\\"
    case "\n": json += "\\n"
    case "<", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{7F}":
      let digits = String(scalar.value, radix: 16)
      json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: json.unicodeScalars.append(scalar)
    }
  }
  return json + "\""
}
