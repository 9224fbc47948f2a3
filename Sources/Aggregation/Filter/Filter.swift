package import Columns

/// A condition on events, as `--where` says it.
///
/// ```
/// let filter = try Filter("platform = 'ios' and properties.seconds >= 30", dimensions: ["platform"])
/// let truth = filter.evaluate(rowCount: rows.count) { rows.column($0) }   // 1 where it holds
/// ```
///
/// Logic is SQL's, of three values. A missing value, a JSON null and a value that does not convert to the type of
/// the literal it is compared with are all null. Text compares by its UTF-8 bytes, numbers as doubles.
package struct Filter: Sendable, Equatable {
  let expression: FilterExpression
  /// The filter in canonical form: the same for all ways to write it that differ in space, case or parentheses only.
  package let text: String

  /// Reads `text`, where `dimensions` are the declared ones.
  ///
  /// Throws where it is not a filter, with the column where it goes wrong.
  package init(_ text: String, dimensions: [String]) throws(AggregationError) {
    expression = try FilterParser.parse(text, names: FilterNames(dimensions: dimensions))
    self.text = expression.text
  }

  private init(_ expression: FilterExpression) {
    self.expression = expression
    text = expression.text
  }

  /// Events whose `column` (`event`, a dimension, `member.X`) is `value`; nil is a missing one.
  init(column: String, is value: String?) {
    let operand: FilterOperand =
      column.hasPrefix(FactColumns.prefix)
      ? .fact(String(column.dropFirst(FactColumns.prefix.count))) : .column(column)
    let test: FilterTest = value.map { .compare(.equal, .text($0)) } ?? .isNull(negated: false)
    self.init(.condition(FilterCondition(operand: operand, test: test)))
  }

  /// Events that meet all `filters`, of which there is one at least.
  static func all(_ filters: [Filter]) -> Filter {
    let parts = filters.flatMap { filter -> [FilterExpression] in
      if case .and(let parts) = filter.expression { return parts }
      return [filter.expression]
    }
    return parts.count == 1 ? filters[0] : Filter(.and(parts))
  }

  /// Filters are equal where their canonical texts have the same bytes; `String` alone would not tell é from e´.
  package static func == (a: Filter, b: Filter) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  /// The columns it reads: `event`, dimensions, `properties`.
  package var columns: Set<String> { expression.columns }

  /// The truth of each row: 0 false, 1 true, 2 unknown.
  ///
  /// `column` gives the rows' values of a column, or nil where all are missing. Cost: one look at each distinct
  /// value of a column for each condition on it, and a few operations a row.
  package func evaluate(rowCount: Int, column: (String) -> TextColumn?) -> [UInt8] {
    var present: [String: TextColumn] = [:]
    for name in columns { present[name] = column(name) }
    return FilterEvaluation(rowCount: rowCount, columns: present).truth(of: expression, wanted: nil)
  }

  /// A boolean SQL expression, in parentheses where it is more than one condition, over the columns `event`, the
  /// dimensions' names and `properties`, all text. It is as true, false or null as ``evaluate(rowCount:column:)`` says.
  package func sql(_ dialect: SQLDialect) -> String {
    FilterSQL(dialect: dialect).expression(expression)
  }
}

extension FilterExpression {
  fileprivate var columns: Set<String> {
    switch self {
    case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.columns) }
    case .not(let part): part.columns
    case .condition(let condition): [condition.operand.column]
    }
  }
}
