/// Writes an expression in SQL, with the same truth for every row.
struct FilterSQL {
  let dialect: SQLDialect

  func expression(_ expression: FilterExpression) -> String {
    switch expression {
    case .and(let parts): "(" + parts.map(self.expression).joined(separator: " AND ") + ")"
    case .or(let parts): "(" + parts.map(self.expression).joined(separator: " OR ") + ")"
    case .not(let part): "(NOT \(self.expression(part)))"
    case .condition(let part): condition(part)
    }
  }

  private func condition(_ condition: FilterCondition) -> String {
    switch condition.test {
    case .isNull(let negated): "(\(value(of: condition)) IS \(negated ? "NOT NULL" : "NULL"))"
    case .like(let pattern, let negated):
      "(\(value(of: condition)) \(negated ? "NOT LIKE" : "LIKE") \(literal(pattern)))"
    case .compare(let comparison, let literal):
      "(\(value(of: condition)) \(comparison == .notEqual ? "<>" : comparison.rawValue) \(self.literal(literal)))"
    case .isIn(let literals, let negated):
      "(\(value(of: condition)) \(negated ? "NOT IN" : "IN") (\(literals.map(self.literal).joined(separator: ", "))))"
    }
  }

  /// The operand, converted to the type of the literals that it is compared with.
  private func value(of condition: FilterCondition) -> String {
    let text =
      switch condition.operand {
      case .column(let name): dialect.identifier(name)
      case .property(let keys):
        PropertySQL(dialect: dialect).text(at: keys, numbersAsStored: condition.test.needsNumbersAsStored)
      }
    switch condition.test {
    case .compare(_, .number): return number(text)
    case .compare(_, .boolean): return boolean(text)
    case .isIn(let literals, _):
      switch literals[0] {
      case .number: return number(text)
      case .boolean: return boolean(text)
      case .text: return text
      }
    default: return text
    }
  }

  /// Nothing but the grammar of JSON converts; SQL's own casts take more.
  private func number(_ text: String) -> String {
    let grammar = "-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"
    let matches =
      switch dialect {
      case .duckdb: "regexp_full_match(\(text), \(dialect.literal(grammar)))"
      // `$` would match before a line feed at the end, too.
      case .spark: "\(text) RLIKE \(dialect.literal("\\A\(grammar)\\z"))"
      }
    return "CASE WHEN \(matches) THEN TRY_CAST(\(text) AS DOUBLE) END"
  }

  private func boolean(_ text: String) -> String { "CASE \(text) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END" }

  private func literal(_ literal: FilterLiteral) -> String {
    switch literal {
    case .text(let text): dialect.literal(text)
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .number(let text, _):
      // A decimal literal is not a double in SQL; a short integer is the same in both.
      text.utf8.count <= 15 && text.utf8.allSatisfy { (48...57).contains($0) }
        ? text : "CAST(\(dialect.literal(text)) AS DOUBLE)"
    }
  }

  /// Spark takes a backslash in a pattern for an escape, DuckDB for itself.
  private func literal(_ pattern: LikePattern) -> String {
    guard dialect == .spark else { return dialect.literal(pattern.text) }
    return dialect.literal(pattern.text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\"))
  }
}

extension FilterTest {
  /// Whether the way a number is written, alone or within an object or array, can make a difference.
  ///
  /// A stored number starts with a digit or `-`, an object or array with `{` or `[`; where a text literal starts with
  /// none of these (nor with what sorts between `-` and the digits), its first byte decides.
  fileprivate var needsNumbersAsStored: Bool {
    switch self {
    case .isNull, .compare(_, .number), .compare(_, .boolean): false
    case .compare(_, .text(let text)): Self.mayStartNumber(text)
    case .isIn(let literals, _):
      literals.contains { if case .text(let text) = $0 { Self.mayStartNumber(text) } else { false } }
    case .like(let pattern, _): Self.mayStartNumber(pattern.text) || ["%", "_"].contains(pattern.text.unicodeScalars.first)
    }
  }

  private static func mayStartNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return (0x2D...0x39).contains(first) || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}
