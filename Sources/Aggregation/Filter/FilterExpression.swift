/// What a filter says, as a tree. Its depth is at most ``FilterLimits/depthMax``.
indirect enum FilterExpression: Sendable {
  /// Two or more, none of them an `and`.
  case and([FilterExpression])
  /// Two or more, none of them an `or`.
  case or([FilterExpression])
  case not(FilterExpression)
  case condition(FilterCondition)
}

/// One operand and what it must be.
struct FilterCondition: Sendable {
  var operand: FilterOperand
  var test: FilterTest
}

/// Where a condition finds its value.
enum FilterOperand: Sendable {
  /// `event` or a dimension.
  case column(String)
  /// The keys from the root of `properties`; at least one.
  case property([String])
  /// An attribute of the event's member.
  case fact(String)

  var column: String {
    switch self {
    case .column(let name): name
    case .property: "properties"
    case .fact(let name): FactColumns.prefix + name
    }
  }
}

/// What is asked of a value. A missing value makes all but `isNull` unknown.
enum FilterTest: Sendable {
  case compare(FilterComparison, FilterLiteral)
  /// One or more literals of one type.
  case isIn([FilterLiteral], negated: Bool)
  case isNull(negated: Bool)
  case like(LikePattern, negated: Bool)
}

/// The raw values are both the language's and SQL's.
enum FilterComparison: String, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  var isOrder: Bool { self != .equal && self != .notEqual }
}

/// A value in a filter; its type is the type of the comparison.
enum FilterLiteral: Sendable {
  case text(String)
  /// The number as written, and its finite value.
  case number(String, Double)
  case boolean(Bool)

  var typeName: String {
    switch self {
    case .text: "text"
    case .number: "a number"
    case .boolean: "true or false"
    }
  }
}
