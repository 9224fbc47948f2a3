// The numbers by which the format names types, in footers.

extension ColumnDescription.Kind {
  /// INT32, INT64 or BYTE_ARRAY.
  var physicalType: Int {
    switch self {
    case .int32: 1
    case .int64, .timestamp: 2
    case .text: 6
    }
  }

  /// UTF8 or TIMESTAMP_MICROS, which older readers know.
  var convertedType: Int? {
    switch self {
    case .int32, .int64: nil
    case .text: 0
    case .timestamp: 10
    }
  }
}

/// The fields of the union of logical types.
enum LogicalType {
  static let string: Int16 = 1
  static let timestamp: Int16 = 8
  static let integer: Int16 = 10
}

/// Whether a column must have a value in every row.
enum Repetition {
  static let required = 0
  static let optional = 1
  static let repeated = 2
}

/// The physical types by their numbers.
enum PhysicalType {
  static let boolean = 0
  static let int32 = 1
  static let int64 = 2
  static let int96 = 3
  static let float = 4
  static let double = 5
  static let bytes = 6
  static let fixedBytes = 7
}

/// What a file begins and ends with: "PAR1".
let fileMagic: [UInt8] = [0x50, 0x41, 0x52, 0x31]

extension ThriftReader {
  /// The unit (1 milliseconds, 2 microseconds, 3 nanoseconds) of a TIME or TIMESTAMP, and whether it counts in UTC.
  mutating func timeUnit(_ type: ThriftField) throws -> (unit: Int16, isUTC: Bool) {
    var isUTC = false
    var unit: Int16 = 0
    try structure(type) { field, reader in
      switch field.id {
      case 1: isUTC = try reader.bool(field)
      case 2:
        try reader.structure(field) { field, reader in
          unit = field.id
          try reader.skip(field)
        }
      default: try reader.skip(field)
      }
    }
    return (unit, isUTC)
  }
}
