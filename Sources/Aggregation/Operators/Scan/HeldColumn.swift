internal import Columns

/// A column, a fact or a property whose text is asked for row by row.
struct HeldColumn: Sendable {
  let operand: FilterOperand

  /// Reads `name` as a filter would.
  /// - Throws: ``AggregationError`` where no filter could name it.
  init(_ name: String, dimensions: [String]) throws {
    let filter = try Filter("\(name) is null", dimensions: dimensions)
    guard case .condition(let condition) = filter.expression else {
      throw AggregationError(.usage, "'\(name)' is not a column", hint: "Name a dimension or properties.KEY.")
    }
    operand = condition.operand
  }

  /// The column that a scan has to read for it.
  var column: String { operand.column }

  /// The texts of a column that was read; a property is looked up once for each distinct object.
  func texts(of column: TextColumn) -> TextColumn {
    guard case .property(let keys) = operand else { return column }
    var reader = PropertyReader()
    var values = StringTable()
    var known = [UInt32?](repeating: nil, count: column.values.count)
    let codes = column.codes.map { code -> UInt32 in
      guard code != TextColumn.null else { return code }
      if let found = known[Int(code)] { return found }
      let found = column.values.withBytes(of: code) { json in
        reader.withText(at: keys, in: json) { $0.map { values.code(for: $0) } ?? TextColumn.null }
      }
      known[Int(code)] = found
      return found
    }
    return TextColumn(codes: codes, values: values)
  }

  /// Its text in SQL.
  func sql(_ dialect: SQLDialect) -> String {
    switch operand {
    case .property(let keys): PropertySQL(dialect: dialect).text(at: keys, numbersAsStored: true)
    default: dialect.identifier(column)
    }
  }
}
