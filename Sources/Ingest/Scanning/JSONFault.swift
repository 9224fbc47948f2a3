/// What is wrong with a JSON text, and at which byte.
///
/// Sendable because errors must be; it never leaves the call that knows the bytes.
struct JSONFault: Error, @unchecked Sendable {
  enum Problem {
    case expected(StaticString)
    case openString, controlCharacter, escape, loneSurrogate, number, depth, moreText
  }

  var problem: Problem
  var place: UnsafePointer<UInt8>

  init(_ problem: Problem, _ place: UnsafePointer<UInt8>) {
    self.problem = problem
    self.place = place
  }

  var reason: RejectionReason {
    if case .loneSurrogate = problem { .invalidUTF8 } else { .notJSON }
  }

  /// One sentence with the byte's number, from 1, in the text that begins at `start`.
  func detail(from start: UnsafePointer<UInt8>) -> String {
    let what =
      switch problem {
      case .expected(let what): "\(what) expected"
      case .openString: "the text is not closed"
      case .controlCharacter: "a control character stands unescaped in a text"
      case .escape: "unknown escape in a text"
      case .loneSurrogate: "a \\u escape is half of a surrogate pair"
      case .number: "not a JSON number"
      case .depth: "nested deeper than \(IngestLimits.jsonDepthMax)"
      case .moreText: "more text follows the end of the object"
      }
    return "\(what) at byte \(place - start + 1)"
  }
}
