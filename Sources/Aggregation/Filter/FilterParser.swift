/// Reads a filter.
///
/// ```
/// expression  = conjunction { "or" conjunction }
/// conjunction = factor { "and" factor }
/// factor      = "not" factor | "(" expression ")" | condition
/// condition   = name ( comparison literal
///                    | ["not"] "in" "(" literal { "," literal } ")"
///                    | ["not"] "like" text
///                    | "is" ["not"] "null" )
/// ```
struct FilterParser {
  private static let keywords: Set<String> = ["and", "or", "not", "in", "is", "null", "like", "true", "false"]

  private var lexer: FilterLexer
  private let names: FilterNames
  private var token: FilterToken
  private var offset: Int

  private init(_ text: String, names: FilterNames) throws(AggregationError) {
    var lexer = try FilterLexer(text)
    (token, offset) = try lexer.next()
    self.lexer = lexer
    self.names = names
  }

  /// The expression that the whole of `text` is.
  static func parse(_ text: String, names: FilterNames) throws(AggregationError) -> FilterExpression {
    var parser = try FilterParser(text, names: names)
    let expression = try parser.expression(depth: 0)
    if case .end = parser.token { return expression }
    throw parser.unexpected("'and', 'or' or the end")
  }

  private mutating func expression(depth: Int) throws(AggregationError) -> FilterExpression {
    var parts = [try conjunction(depth: depth)]
    while try take("or") { parts.append(try conjunction(depth: depth)) }
    if parts.count == 1 { return parts[0] }
    return .or(parts.flatMap { if case .or(let inner) = $0 { inner } else { [$0] } })
  }

  private mutating func conjunction(depth: Int) throws(AggregationError) -> FilterExpression {
    var parts = [try factor(depth: depth)]
    while try take("and") { parts.append(try factor(depth: depth)) }
    if parts.count == 1 { return parts[0] }
    return .and(parts.flatMap { if case .and(let inner) = $0 { inner } else { [$0] } })
  }

  private mutating func factor(depth: Int) throws(AggregationError) -> FilterExpression {
    let start = offset
    if keyword == "not" || symbol == "(", depth == FilterLimits.depthMax {
      throw lexer.error("more than \(FilterLimits.depthMax) parentheses and 'not' within each other", at: start)
    }
    if try take("not") { return .not(try factor(depth: depth + 1)) }
    guard symbol == "(" else { return .condition(try condition()) }
    try advance()
    let inner = try expression(depth: depth + 1)
    guard symbol == ")" else { throw unexpected("'and', 'or' or ')'") }
    try advance()
    return inner
  }

  private mutating func condition() throws(AggregationError) -> FilterCondition {
    guard case .name(let parts) = token, keyword == nil else { throw unexpected("a name") }
    let operand = try names.operand(parts, lexer: lexer)
    try advance()
    return FilterCondition(operand: operand, test: try test(of: operand))
  }

  private mutating func test(of operand: FilterOperand) throws(AggregationError) -> FilterTest {
    if let comparison = symbol.flatMap(FilterComparison.init(rawValue:)) {
      try advance()
      return .compare(comparison, try comparand(of: operand, comparison))
    }
    if try take("is") {
      let negated = try take("not")
      guard try take("null") else { throw unexpected(negated ? "'null'" : "'null' or 'not null'") }
      return .isNull(negated: negated)
    }
    let negated = try take("not")
    if try take("in") { return .isIn(try list(), negated: negated) }
    if try take("like") { return .like(try pattern(), negated: negated) }
    throw unexpected(negated ? "'in' or 'like'" : "a comparison")
  }

  private mutating func comparand(
    of operand: FilterOperand, _ comparison: FilterComparison
  ) throws(AggregationError) -> FilterLiteral {
    let start = offset
    if keyword == "null" {
      let test = comparison == .notEqual ? "is not null" : "is null"
      throw lexer.error(
        "no comparison with null is ever true", at: start, hint: "Write '\(operand.text) \(test)'.")
    }
    let literal = try literal()
    if comparison.isOrder, case .boolean = literal {
      throw lexer.error("true and false have no order", at: start, hint: "Compare them with '=' or '!='.")
    }
    return literal
  }

  private mutating func list() throws(AggregationError) -> [FilterLiteral] {
    guard symbol == "(" else { throw unexpected("'('") }
    var literals: [FilterLiteral] = []
    repeat {
      try advance()
      let start = offset
      if keyword == "null" {
        throw lexer.error("null cannot stand in a list", at: start, hint: "Write '… or NAME is null'.")
      }
      let next = try literal()
      if let first = literals.first, first.typeName != next.typeName {
        throw lexer.error(
          "a list has one type: the first value is \(first.typeName), this is \(next.typeName)", at: start)
      }
      literals.append(next)
    } while symbol == ","
    guard symbol == ")" else { throw unexpected("',' or ')'") }
    try advance()
    return literals
  }

  private mutating func pattern() throws(AggregationError) -> LikePattern {
    guard case .text(let text) = token else { throw unexpected("a pattern in single quotes after 'like'") }
    try advance()
    return LikePattern(text)
  }

  private mutating func literal() throws(AggregationError) -> FilterLiteral {
    let literal: FilterLiteral
    switch token {
    case .text(let text): literal = .text(text)
    case .number(let text, let value): literal = .number(text, value)
    case .name where keyword == "true": literal = .boolean(true)
    case .name where keyword == "false": literal = .boolean(false)
    case .name(let parts) where keyword == nil:
      let text = parts.map(\.text).joined(separator: ".")
      let rule = parts[0].isQuoted ? "Text goes" : "Names are compared with values; text goes"
      throw lexer.error(
        "expected a value, found a name", at: offset,
        hint: "\(rule) in single quotes: \(FilterLiteral.text(text).text)")
    default: throw unexpected("a value: text in single quotes, a number, true or false")
    }
    try advance()
    return literal
  }
}

extension FilterParser {
  private mutating func advance() throws(AggregationError) {
    (token, offset) = try lexer.next()
  }

  /// The keyword at hand, in lower case.
  private var keyword: String? {
    guard case .name(let parts) = token, parts.count == 1, !parts[0].isQuoted else { return nil }
    let word = parts[0].text.lowercased()
    return Self.keywords.contains(word) ? word : nil
  }

  private var symbol: String? {
    if case .symbol(let symbol) = token { symbol } else { nil }
  }

  private mutating func take(_ word: String) throws(AggregationError) -> Bool {
    guard keyword == word else { return false }
    try advance()
    return true
  }

  private func unexpected(_ expected: String) -> AggregationError {
    let found =
      switch token {
      case .name(let parts): keyword.map { "'\($0)'" } ?? "the name '\(parts.map(\.text).joined(separator: "."))'"
      case .text: "a text"
      case .number(let text, _): "the number \(text)"
      case .symbol(let symbol): "'\(symbol)'"
      case .end: "the end"
      }
    return lexer.error("expected \(expected), found \(found)", at: offset)
  }
}
