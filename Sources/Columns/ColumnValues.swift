/// Text by code: one code a row, and what each code says.
package struct TextColumn: Sendable {
  /// The code of a missing value.
  @inlinable package static var null: UInt32 { .max }

  /// One a row: a code of `values`, or ``null``.
  package var codes: [UInt32]
  /// What the codes say; it may hold texts that no row has.
  package var values: StringTable

  package init(codes: [UInt32] = [], values: StringTable = StringTable()) {
    self.codes = codes
    self.values = values
  }

  /// A column of `rows`, nil being a missing value.
  package init(_ rows: some Sequence<String?>) {
    self.init()
    for row in rows { append(row) }
  }

  /// How many rows the column has.
  @inlinable package var count: Int { codes.count }

  /// Adds a row, nil being a missing value.
  package mutating func append(_ value: String?) {
    codes.append(value.map { values.code(for: $0) } ?? Self.null)
  }

  /// The text of `row`, nil where it is missing.
  package subscript(row: Int) -> String? {
    codes[row] == Self.null ? nil : values.string(codes[row])
  }
}

/// The values of one column over some rows.
package enum ColumnValues: Sendable {
  case int32([Int32])
  case int64([Int64])
  case text(TextColumn)

  /// How many rows there are.
  package var count: Int {
    switch self {
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .text(let column): column.count
    }
  }
}
