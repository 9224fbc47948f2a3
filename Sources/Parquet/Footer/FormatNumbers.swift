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
}

/// What a file begins and ends with: "PAR1".
let fileMagic: [UInt8] = [0x50, 0x41, 0x52, 0x31]
