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
      case .fact: dialect.identifier(condition.operand.column)
      case .property(let keys):
        PropertySQL(dialect: dialect).text(at: keys, numbersAsStored: condition.test.needsNumbersAsStored(in: dialect))
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

  /// Nothing but the grammar of JSON converts, SQL's own casts take more; '' of no match is cast to null.
  func number(_ text: String) -> String {
    let grammar = #"\A-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?\z"#
    return "TRY_CAST(regexp_extract(\(text), \(dialect.literal(grammar)), 0) AS DOUBLE)"
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
    return dialect.literal(pattern.text.unicodeScalars.map { $0 == "\\" ? "\\\\" : String($0) }.joined())
  }
}

extension FilterTest {
  /// Whether the way a number is written, alone or within an object or array, can make a difference.
  ///
  /// A stored number starts with a digit or `-`, an object or array with `{` or `[`. Where a text literal starts with
  /// none of these, nor with what sorts between `-` and the digits, its first byte decides. Spark may show a number
  /// as Infinity, in quotes or without, so that there the number and order of a value do depend on it.
  fileprivate func needsNumbersAsStored(in dialect: SQLDialect) -> Bool {
    let isSpark = dialect == .spark
    func mayBeNumber(_ literal: FilterLiteral) -> Bool {
      switch literal {
      case .boolean: false
      case .number: isSpark
      case .text(let text):
        text.utf8.first.map { first in
          (0x2D...0x39).contains(first) || (isSpark ? "{[I\"" : "{[").utf8.contains(first)
        } ?? false
      }
    }
    switch self {
    case .isNull: return false
    case .compare(let comparison, let literal):
      if case .text = literal, isSpark, comparison.isOrder { return true }
      return mayBeNumber(literal)
    case .isIn(let literals, _): return literals.contains(where: mayBeNumber)
    case .like(let pattern, _):
      return mayBeNumber(.text(pattern.text)) || ["%", "_"].contains(pattern.text.unicodeScalars.first)
    }
  }
}
