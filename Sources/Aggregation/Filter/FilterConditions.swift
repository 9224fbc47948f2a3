package import Segments

extension Filter {
  /// Conditions that every row for which the filter holds must meet: those on columns that it joins with `and`.
  /// What they leave out need not be read; what they let through must still be evaluated.
  package var conditions: [ColumnCondition] { expression.conditions }

  /// Names that it compares events with for equality.
  var eventNames: [String] { expression.eventNames }
}

extension FilterExpression {
  fileprivate var conditions: [ColumnCondition] {
    switch self {
    case .and(let parts): parts.flatMap(\.conditions)
    case .or, .not: []
    case .condition(let condition): condition.columnCondition.map { [$0] } ?? []
    }
  }
}

extension FilterExpression {
  fileprivate var eventNames: [String] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.eventNames)
    case .not(let part): part.eventNames
    case .condition(let condition):
      if case .isAmong(let names) = condition.columnCondition?.test, case .column("event") = condition.operand {
        names
      } else {
        []
      }
    }
  }
}

extension FilterCondition {
  /// Nil for properties, numbers and patterns: statistics are of the columns' texts.
  fileprivate var columnCondition: ColumnCondition? {
    guard case .column(let column) = operand else { return nil }
    switch test {
    case .compare(let comparison, .text(let text)): return ColumnCondition(column, comparison.test(text))
    case .isNull(let negated): return ColumnCondition(column, negated ? .isNotNull : .isNull)
    case .isIn(let literals, negated: false):
      let texts = literals.compactMap { literal -> String? in
        if case .text(let text) = literal { return text }
        return nil
      }
      return texts.count == literals.count ? ColumnCondition(column, .isAmong(texts)) : nil
    default: return nil
    }
  }
}

extension FilterComparison {
  fileprivate func test(_ text: String) -> ColumnCondition.Test {
    switch self {
    case .equal: .isAmong([text])
    case .notEqual: .isNot(text)
    case .less: .isBelow(text)
    case .lessOrEqual: .isAtMost(text)
    case .greater: .isAbove(text)
    case .greaterOrEqual: .isAtLeast(text)
    }
  }
}
