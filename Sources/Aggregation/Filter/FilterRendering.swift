/// The canonical text: keywords in lower case, one space, `!=`, no more parentheses than needed.
/// Reading it again gives the same filter.
extension FilterExpression {
  var text: String {
    switch self {
    case .and(let parts): parts.map { $0.text(within: self) }.joined(separator: " and ")
    case .or(let parts): parts.map(\.text).joined(separator: " or ")
    case .not(let part): "not \(part.text(within: self))"
    case .condition(let condition): condition.text
    }
  }

  /// In parentheses where `outer` binds tighter.
  private func text(within outer: FilterExpression) -> String {
    switch (outer, self) {
    case (.and, .or), (.not, .or), (.not, .and): "(\(text))"
    default: text
    }
  }
}

extension FilterCondition {
  var text: String {
    switch test {
    case .compare(let comparison, let literal): "\(operand.text) \(comparison.rawValue) \(literal.text)"
    case .isIn(let literals, let negated):
      "\(operand.text) \(negated ? "not in" : "in") (\(literals.map(\.text).joined(separator: ", ")))"
    case .isNull(let negated): "\(operand.text) \(negated ? "is not null" : "is null")"
    case .like(let pattern, let negated):
      "\(operand.text) \(negated ? "not like" : "like") \(FilterLiteral.text(pattern.text).text)"
    }
  }
}

extension FilterOperand {
  var text: String {
    switch self {
    case .column(let name): name
    case .fact(let name): "member." + Self.text(ofKey: name)
    case .property(let keys): (["properties"] + keys.map(Self.text(ofKey:))).joined(separator: ".")
    }
  }

  private static func text(ofKey key: String) -> String {
    if !key.isEmpty, key.utf8.allSatisfy(FilterLexer.isWordByte) { return key }
    return doubled("\"", in: key)
  }
}

extension FilterLiteral {
  var text: String {
    switch self {
    case .text(let text): doubled("'", in: text)
    case .number(let text, _): text
    case .boolean(let value): value ? "true" : "false"
    }
  }
}

/// `text` between quotes, a quote within it written twice.
private func doubled(_ quote: Unicode.Scalar, in text: String) -> String {
  var result = String.UnicodeScalarView()
  result.append(quote)
  for scalar in text.unicodeScalars {
    result.append(scalar)
    if scalar == quote { result.append(quote) }
  }
  result.append(quote)
  return String(result)
}
