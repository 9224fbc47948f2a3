/// An element of a footer's schema as it stands there: a column or a group of them.
struct ForeignElement {
  /// The unions of logical types and of time units, by their field ids.
  enum Annotation: Equatable {
    case string, map, list, enumeration, decimal, date, json, bson, uuid, half, nothing
    case time(unit: Int16)
    case timestamp(unit: Int16, isUTC: Bool)
    case integer(bits: Int, isSigned: Bool)
    case interval
    /// Text of places, as bytes.
    case geometry
    case unknown(Int16)
  }

  private(set) var name = ""
  private(set) var physicalType: Int?
  private(set) var typeByteCount = 0
  private(set) var repetition = Repetition.required
  private(set) var childCount: Int?
  private(set) var scale = 0
  /// The logical type, or what the older converted type says.
  private(set) var annotation: Annotation?

  init(_ reader: inout ThriftReader) throws {
    var converted: Int?
    var hasName = false
    try reader.structure { field, reader in
      switch field.id {
      case 1: physicalType = try reader.int32(field)
      case 2: typeByteCount = try reader.int32(field)
      case 3: repetition = try reader.int32(field)
      case 4:
        name = try reader.string(field)
        hasName = true
      case 5: childCount = try reader.int32(field)
      case 6: converted = try reader.int32(field)
      case 7: scale = try reader.int32(field)
      case 10: try readLogicalType(field, &reader)
      default: try reader.skip(field)
      }
    }
    guard hasName else { throw reader.failure("a column lacks its name") }
    if annotation == nil, let converted { annotation = Self.annotation(converted: converted) }
  }

  private mutating func readLogicalType(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    try reader.structure(field) { type, reader in
      switch type.id {
      case 5: try readDecimal(type, &reader)
      case 7: annotation = .time(unit: try reader.timeUnit(type).unit)
      case 8:
        let (unit, isUTC) = try reader.timeUnit(type)
        annotation = .timestamp(unit: unit, isUTC: isUTC)
      case 10: try readInteger(type, &reader)
      default:
        annotation = Self.annotation(logical: type.id)
        try reader.skip(type)
      }
    }
  }

  private mutating func readDecimal(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    annotation = .decimal
    try reader.structure(field) { field, reader in
      if field.id == 1 { scale = try reader.int32(field) } else { try reader.skip(field) }
    }
  }

  private mutating func readInteger(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    var bits = 0
    var isSigned = true
    try reader.structure(field) { field, reader in
      switch field.id {
      case 1: bits = try reader.int8(field)
      case 2: isSigned = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
    annotation = .integer(bits: bits, isSigned: isSigned)
  }

  private static func annotation(logical id: Int16) -> Annotation {
    switch id {
    case 1: .string
    case 2: .map
    case 3: .list
    case 4: .enumeration
    case 6: .date
    case 11: .nothing
    case 12: .json
    case 13: .bson
    case 14: .uuid
    case 15: .half
    case 17, 18: .geometry
    default: .unknown(id)
    }
  }

  private static func annotation(converted: Int) -> Annotation? {
    switch converted {
    case 0: .string
    case 1, 2: .map
    case 3: .list
    case 4: .enumeration
    case 5: .decimal
    case 6: .date
    case 7: .time(unit: 1)
    case 8: .time(unit: 2)
    case 9: .timestamp(unit: 1, isUTC: true)
    case 10: .timestamp(unit: 2, isUTC: true)
    case 11...14: .integer(bits: 8 << (converted - 11), isSigned: false)
    case 15...18: .integer(bits: 8 << (converted - 15), isSigned: true)
    case 19: .json
    case 20: .bson
    case 21: .interval
    default: nil
    }
  }
}
