/// Whether an `If-None-Match` names the entity tag: `*`, or a list in which `W/` does not count (RFC 9110, 13.1.2).
///
/// `tag` is quoted. A list is read up to its first malformed element.
func ifNoneMatch(_ lines: [String], names tag: String) -> Bool {
  lines.contains { line in
    var rest = Substring(line).utf8
    while true {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
      if rest.first == UInt8(ascii: "*") { return true }
      if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
      let quote = UInt8(ascii: "\"")
      guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else { return false }
      if rest[...end].elementsEqual(tag.utf8) { return true }
      rest = rest[rest.index(after: end)...]
    }
  }
}

/// The tag of an encoded form: other bytes than the identity, so another strong tag.
func entityTag(_ identityTag: String, _ coding: ContentCoding) -> String {
  coding == .identity ? identityTag : "\(identityTag.dropLast())-\(coding.rawValue)\""
}
