/// Why a question cannot be asked or answered, and where its text goes wrong.
package struct AggregationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of complaint it is.
  package enum Code: String, Sendable {
    /// The question's own arguments contradict each other.
    case usage
    /// A name that the workspace does not know.
    case unknownName
    /// A filter that is not in the language of `--where`.
    case filter
    /// A question that would need more memory than it may.
    case limit
  }

  package var code: Code
  package var message: String
  /// The column in `text`, from 1, counted in characters.
  package var position: Int?
  /// What was being read.
  package var text: String?
  package var hint: String

  package init(_ code: Code, _ message: String, position: Int? = nil, text: String? = nil, hint: String = "") {
    self.code = code
    self.message = message
    self.position = position
    self.text = text
    self.hint = hint
  }

  /// The message; the text with a caret under the place, where there is one; the hint.
  package var description: String {
    var lines = [position.map { "\(message), at column \($0)" } ?? message]
    if let text, let position { lines += Self.caret(under: position, in: text) }
    if !hint.isEmpty { lines.append(hint) }
    return lines.joined(separator: "\n")
  }

  /// The part of `text` around `position`, on one line, and a caret below it.
  private static func caret(under position: Int, in text: String) -> [String] {
    let widthMax = 72
    let first = max(0, position - 1 - widthMax / 2)
    let excerpt = text.dropFirst(first).prefix(widthMax).map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined()
    let before = first > 0 ? "…" : ""
    let after = text.dropFirst(first + widthMax).isEmpty ? "" : "…"
    let margin = String(repeating: " ", count: 2 + before.count + position - 1 - first)
    return ["  \(before)\(excerpt)\(after)", "\(margin)^"]
  }
}
