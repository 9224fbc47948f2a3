/// What the values of a leaf stand for, and so what text they become.
///
/// | values | JSON |
/// |---|---|
/// | BOOLEAN | `true`, `false` |
/// | integers, unsigned ones too | a number |
/// | FLOAT, DOUBLE, FLOAT16 | the shortest number that reads back the same; `"NaN"`, `"Infinity"`, `"-Infinity"` |
/// | DECIMAL | a number with all its digits, never an exponent |
/// | STRING, ENUM | text |
/// | JSON | what it holds; text where that is no JSON |
/// | DATE | `"2026-08-01"` |
/// | TIME | `"12:30:00.000001"` |
/// | TIMESTAMP in UTC, INT96 | `"2026-08-01T12:30:00.000001Z"`, nine digits where there are nanoseconds |
/// | TIMESTAMP without UTC | the same without `Z`: the mapping's zone counts |
/// | UUID | `"00112233-4455-6677-8899-aabbccddeeff"` |
/// | INTERVAL | `"P1M2DT3.004S"` |
/// | other bytes | base64 |
enum ValueKind: Equatable {
  case boolean
  case signed
  case unsigned(bits: Int)
  case float, double, half
  case text, json, bytes, uuid, interval
  /// A decimal in an integer, or in big-endian bytes.
  case decimalWord(scale: Int)
  case decimalBytes(scale: Int)
  case date
  case time(unitsPerSecond: Int)
  case timestamp(unitsPerSecond: Int, isUTC: Bool)
  case int96

  /// Throws `unsupported` for what is not known, `corruptFooter` for what cannot be.
  init(_ element: ForeignElement, physicalType: Int, column: String) throws {
    func unsupported(_ message: String) -> ParquetError {
      ParquetError(
        .unsupported, message, column: column,
        hint: "cast the column to text, or name the fields to keep with `properties` in dataset.yaml")
    }
    switch physicalType {
    case PhysicalType.boolean: self = .boolean
    case PhysicalType.int32, PhysicalType.int64: self = try Self.integer(element, column: column)
    case PhysicalType.int96: self = .int96
    case PhysicalType.float: self = .float
    case PhysicalType.double: self = .double
    case PhysicalType.bytes: self = try Self.bytes(element, column: column)
    case PhysicalType.fixedBytes:
      guard element.typeByteCount > 0 else {
        throw ParquetError(.corruptFooter, "values of \(element.typeByteCount) bytes", column: column)
      }
      self = try Self.bytes(element, column: column)
    default: throw unsupported("the physical type \(physicalType) is not read")
    }
    if case .unknown(let id)? = element.annotation { throw unsupported("the logical type \(id) is not read") }
  }

  private static func integer(_ element: ForeignElement, column: String) throws -> ValueKind {
    switch element.annotation {
    case .decimal: .decimalWord(scale: try scale(element, column: column))
    case .date: .date
    case .time(let unit): .time(unitsPerSecond: try unitsPerSecond(unit, column: column))
    case .timestamp(let unit, let isUTC):
      .timestamp(unitsPerSecond: try unitsPerSecond(unit, column: column), isUTC: isUTC)
    case .integer(let bits, isSigned: false): .unsigned(bits: bits)
    default: .signed
    }
  }

  private static func bytes(_ element: ForeignElement, column: String) throws -> ValueKind {
    let isFixed = element.physicalType == PhysicalType.fixedBytes
    return switch element.annotation {
    case .string, .enumeration: .text
    case .json: .json
    case .decimal: .decimalBytes(scale: try scale(element, column: column))
    case .uuid where isFixed && element.typeByteCount == 16: .uuid
    case .half where isFixed && element.typeByteCount == 2: .half
    case .interval where isFixed && element.typeByteCount == 12: .interval
    default: .bytes
    }
  }

  private static func scale(_ element: ForeignElement, column: String) throws -> Int {
    guard (0...Limits.decimalScaleMax).contains(element.scale) else {
      throw ParquetError(
        .unsupported, "a decimal of scale \(element.scale)", column: column,
        hint: "at most \(Limits.decimalScaleMax) digits behind the point are read; cast it to text")
    }
    return element.scale
  }

  private static func unitsPerSecond(_ unit: Int16, column: String) throws -> Int {
    switch unit {
    case 1: return 1000
    case 2: return 1_000_000
    case 3: return 1_000_000_000
    default:
      throw ParquetError(
        .unsupported, "the unit of time \(unit) is not read", column: column, hint: "cast it to microseconds")
    }
  }
}
