/// A word of the filter language.
enum FilterToken {
  /// A keyword or a name with its parts; only the first part can be a keyword.
  case name([FilterNamePart])
  case text(String)
  case number(String, Double)
  /// `= != < <= > >= ( ) ,`
  case symbol(String)
  case end
}

/// One part of a dotted name.
struct FilterNamePart {
  var text: String
  var isQuoted: Bool
  /// Byte offset in the filter.
  var offset: Int
}

/// Cuts the text of a filter into tokens.
struct FilterLexer {
  let source: String
  private let bytes: [UInt8]
  private var place = 0

  init(_ source: String) throws(AggregationError) {
    self.source = source
    bytes = Array(source.utf8)
    if bytes.count > FilterLimits.textByteCountMax {
      throw AggregationError(
        .filter, "the filter is \(bytes.count) bytes long",
        hint: "A filter has at most \(FilterLimits.textByteCountMax) bytes.")
    }
    if let offset = bytes.firstIndex(of: 0) { throw error("a NUL character", at: offset) }
  }

  /// An error at a byte offset.
  func error(
    _ message: String, at offset: Int, code: AggregationError.Code = .filter, hint: String = ""
  ) -> AggregationError {
    let before = String(decoding: bytes[..<min(offset, bytes.count)], as: UTF8.self)
    return AggregationError(code, message, position: before.count + 1, text: source, hint: hint)
  }

  /// The next token and the byte offset where it starts.
  mutating func next() throws(AggregationError) -> (token: FilterToken, offset: Int) {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    let start = place
    guard start < bytes.count else { return (.end, start) }
    let byte = bytes[start]
    if byte == UInt8(ascii: "'") { return (.text(try quoted("'", missing: "the text has no closing quote")), start) }
    if byte == UInt8(ascii: "-") || Self.isDigit(byte) { return (try number(), start) }
    if byte == UInt8(ascii: "\"") || Self.isWordByte(byte) { return (try name(), start) }
    return (try symbol(), start)
  }

  /// Letters, digits, `_`, and all beyond ASCII.
  static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || isDigit(byte) || (97...122).contains(byte | 0x20) && byte >= 65
  }

  private static let oddKeyHint =
    "A key with other signs than letters, digits and _ goes in double quotes: properties.\"odd key\""

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private mutating func name() throws(AggregationError) -> FilterToken {
    var parts: [FilterNamePart] = []
    repeat {
      if !parts.isEmpty { place += 1 }
      let start = place
      if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
        let text = try quoted("\"", missing: "the name has no closing quote")
        if text.isEmpty { throw error("a name is empty", at: start) }
        parts.append(FilterNamePart(text: text, isQuoted: true, offset: start))
      } else {
        while place < bytes.count, Self.isWordByte(bytes[place]) { place += 1 }
        if place == start {
          throw error("a name is missing after '.'", at: start, hint: Self.oddKeyHint)
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        parts.append(FilterNamePart(text: text, isQuoted: false, offset: start))
      }
    } while place < bytes.count && bytes[place] == UInt8(ascii: ".")
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") {
      throw error("'-' cannot stand in a name", at: place, hint: Self.oddKeyHint)
    }
    return .name(parts)
  }

  /// What stands between two quotes, where a doubled quote is one.
  private mutating func quoted(_ quote: Unicode.Scalar, missing: String) throws(AggregationError) -> String {
    let start = place
    let quote = UInt8(ascii: quote)
    var content: [UInt8] = []
    place += 1
    while place < bytes.count {
      if bytes[place] == quote {
        place += 1
        guard place < bytes.count, bytes[place] == quote else { return String(decoding: content, as: UTF8.self) }
      }
      content.append(bytes[place])
      place += 1
    }
    throw error(missing, at: start)
  }

  private mutating func number() throws(AggregationError) -> FilterToken {
    let start = place
    place += JSONNumber.prefixCount(bytes[start...])
    let follows = place < bytes.count ? bytes[place] : UInt8(ascii: " ")
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard place > start, !Self.isWordByte(follows), follows != UInt8(ascii: "."), let value = Double(text) else {
      throw error("this is not a number", at: start, hint: "Numbers are written as in JSON: 18, -0.5, 1e6")
    }
    guard value.isFinite else { throw error("the number \(text) is too large", at: start) }
    return .number(text, value)
  }

  private mutating func symbol() throws(AggregationError) -> FilterToken {
    let start = place
    let two = String(decoding: bytes[start..<min(start + 2, bytes.count)], as: UTF8.self)
    place += 2
    switch two {
    case "!=", "<=", ">=": return .symbol(two)
    case "<>": return .symbol("!=")
    case "==": throw error("'==' is not a comparison", at: start, hint: "Write one '=' for equal.")
    default: place -= 1
    }
    let one = String(Unicode.Scalar(bytes[start]))
    if ["=", "<", ">", "(", ")", ","].contains(one) { return .symbol(one) }
    let hints = ["&": "Write 'and'.", "|": "Write 'or'.", "!": "Write 'not'.", ";": "A filter is one expression."]
    throw error("'\(one)' has no meaning here", at: start, hint: hints[one] ?? "")
  }
}
