/// A column of the footer's schema, or a group of them.
struct SchemaElement {
  private var name: String?
  private var physicalType: Int?
  private var repetition: Int?
  private var convertedType: Int?
  private(set) var childCount: Int?
  /// The field of the union of logical types that is set.
  private var logicalType: Int16?
  private var isMicrosecondsInUTC = false

  init(_ reader: inout ThriftReader) throws {
    try reader.structure { field, reader in
      switch field.id {
      case 1: physicalType = try reader.int32(field)
      case 3: repetition = try reader.int32(field)
      case 4: name = try reader.string(field)
      case 5: childCount = try reader.int32(field)
      case 6: convertedType = try reader.int32(field)
      case 10: try readLogicalType(field, &reader)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readLogicalType(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    try reader.structure(field) { type, reader in
      logicalType = type.id
      guard type.id == LogicalType.timestamp else { return try reader.skip(type) }
      let (unit, isUTC) = try reader.timeUnit(type)
      isMicrosecondsInUTC = isUTC && unit == 2
    }
  }

  /// The column; throws `unsupported` for a type or nesting that this reader does not know.
  func column() throws -> ColumnDescription {
    guard let name, let repetition else { throw ParquetError(.corruptFooter, "a column lacks name or repetition") }
    guard childCount == nil, repetition == Repetition.required || repetition == Repetition.optional else {
      throw ParquetError(
        .unsupported, "nested and repeated columns are not read", column: name, hint: "write the file flat")
    }
    guard let kind else {
      let type = "physical type \(physicalType ?? -1), logical type \(logicalType ?? 0)"
      throw ParquetError(
        .unsupported, "the column's type is not read (\(type))", column: name,
        hint: "cast it to text, a signed integer, or a timestamp of microseconds in UTC")
    }
    return ColumnDescription(name: name, kind: kind, isOptional: repetition == Repetition.optional)
  }

  private var kind: ColumnDescription.Kind? {
    switch (physicalType, logicalType, convertedType) {
    case (1, nil, nil), (1, nil, 17), (1, LogicalType.integer, 17): .int32
    case (2, nil, nil), (2, nil, 18), (2, LogicalType.integer, 18): .int64
    case (2, LogicalType.timestamp, _): isMicrosecondsInUTC ? .timestamp : nil
    case (2, nil, 10): .timestamp
    case (6, nil, nil), (6, LogicalType.string, _), (6, nil, 0): .text
    default: nil
    }
  }
}
