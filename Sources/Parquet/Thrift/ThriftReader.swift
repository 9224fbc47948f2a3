/// A field of a structure: its number and what follows.
struct ThriftField {
  var id: Int16
  var type: ThriftType
}

/// Reads structures in Thrift's compact protocol from bytes that may be damaged.
///
/// Every count is held against the bytes that are left before anything is allocated, and nesting is bounded.
struct ThriftReader {
  private let bytes: [UInt8]
  private let code: ParquetError.Code
  /// Where the next byte is read.
  private(set) var position: Int
  private var depth = 0
  private var lastField: Int16 = 0

  /// A reader of `bytes` from `position`, whose errors have the code `code`.
  init(_ bytes: [UInt8], from position: Int = 0, failingWith code: ParquetError.Code) {
    self.bytes = bytes
    self.position = position
    self.code = code
  }

  /// An error at this place.
  func failure(_ message: String) -> ParquetError { ParquetError(code, message + " (at byte \(position) of it)") }

  /// Reads a structure; `body` reads or skips each field.
  mutating func structure(_ body: (ThriftField, inout ThriftReader) throws -> Void) throws {
    guard depth < Limits.thriftDepthMax else { throw failure("a structure is nested too deep") }
    let outer = lastField
    lastField = 0
    depth += 1
    while let field = try nextField() { try body(field, &self) }
    depth -= 1
    lastField = outer
  }

  mutating func structure(
    _ field: ThriftField, _ body: (ThriftField, inout ThriftReader) throws -> Void
  ) throws {
    try expect(field, .structure)
    try structure(body)
  }

  mutating func bool(_ field: ThriftField) throws -> Bool {
    guard field.type == .yes || field.type == .no else { throw wrongType(field) }
    return field.type == .yes
  }

  mutating func int8(_ field: ThriftField) throws -> Int {
    try expect(field, .byte)
    return Int(Int8(bitPattern: try byte()))
  }

  mutating func int32(_ field: ThriftField) throws -> Int {
    try expect(field, .int32)
    return try integer(Int32.self)
  }

  mutating func int64(_ field: ThriftField) throws -> Int {
    try expect(field, .int64)
    return try integer(Int64.self)
  }

  mutating func binary(_ field: ThriftField) throws -> [UInt8] {
    try expect(field, .binary)
    return try binary()
  }

  mutating func string(_ field: ThriftField) throws -> String {
    let bytes = try binary(field)
    guard let string = String(validating: bytes, as: UTF8.self) else { throw failure("a name is not UTF-8") }
    return string
  }

  /// Reads a list of elements of one type; `each` reads one of them.
  mutating func list<Element>(
    _ field: ThriftField, of type: ThriftType, each: (inout ThriftReader) throws -> Element
  ) throws -> [Element] {
    try expect(field, .list)
    let (found, count) = try listHeader()
    guard found == type || (found == .no && type == .yes) else { throw failure("a list of \(found)") }
    var elements: [Element] = []
    elements.reserveCapacity(min(count, 1024))
    for _ in 0..<count { elements.append(try each(&self)) }
    return elements
  }

  /// An element of a list of booleans.
  mutating func bool() throws -> Bool { try byte() == ThriftType.yes.rawValue }

  /// An element of a list of integers.
  mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws -> Int {
    let value = unzigzag(try varint())
    guard let value = Integer(exactly: value) else { throw failure("the number \(value) is too large") }
    return Int(value)
  }

  /// An element of a list of byte strings.
  mutating func binary() throws -> [UInt8] {
    let count = try boundedCount()
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// Reads past a value of `type` that this reader does not know.
  mutating func skip(_ field: ThriftField) throws {
    switch field.type {
    case .yes, .no: break
    default: try skipElement(field.type)
    }
  }

  private mutating func skipElement(_ type: ThriftType) throws {
    switch type {
    case .yes, .no, .byte: _ = try byte()
    case .int16, .int32, .int64: _ = try varint()
    case .double: for _ in 0..<8 { _ = try byte() }
    case .binary: position += try boundedCount()
    case .structure: try structure { field, reader in try reader.skip(field) }
    case .list, .set:
      let (type, count) = try listHeader()
      try nested { for _ in 0..<count { try $0.skipElement(type) } }
    case .map:
      let count = try boundedCount()
      if count == 0 { return }
      let types = try byte()
      guard let key = ThriftType(rawValue: types >> 4), let value = ThriftType(rawValue: types & 15) else {
        throw failure("a map of unknown types")
      }
      try nested {
        for _ in 0..<count {
          try $0.skipElement(key)
          try $0.skipElement(value)
        }
      }
    }
  }

  private mutating func nested(_ body: (inout ThriftReader) throws -> Void) throws {
    guard depth < Limits.thriftDepthMax else { throw failure("a list is nested too deep") }
    depth += 1
    try body(&self)
    depth -= 1
  }

  private mutating func nextField() throws -> ThriftField? {
    let head = try byte()
    if head == 0 { return nil }
    guard let type = ThriftType(rawValue: head & 15) else { throw failure("a field of the unknown type \(head & 15)") }
    let step = Int16(head >> 4)
    if step == 0 {
      lastField = Int16(try integer(Int16.self))
    } else {
      let (id, overflow) = lastField.addingReportingOverflow(step)
      guard !overflow else { throw failure("a field has too high a number") }
      lastField = id
    }
    return ThriftField(id: lastField, type: type)
  }

  private mutating func listHeader() throws -> (ThriftType, Int) {
    let head = try byte()
    guard let type = ThriftType(rawValue: head & 15) else { throw failure("a list of the unknown type \(head & 15)") }
    if head >> 4 < 15 { return (type, Int(head >> 4)) }
    return (type, try boundedCount())
  }

  private func expect(_ field: ThriftField, _ type: ThriftType) throws {
    guard field.type == type else { throw wrongType(field) }
  }

  private func wrongType(_ field: ThriftField) -> ParquetError {
    failure("field \(field.id) has the wrong type (\(field.type))")
  }

  /// A count of things that take at least a byte each.
  private mutating func boundedCount() throws -> Int {
    let count = try varint()
    guard count <= UInt64(bytes.count - position) else {
      throw failure("\(count) bytes or elements are announced where \(bytes.count - position) bytes are left")
    }
    return Int(count)
  }

  private mutating func byte() throws -> UInt8 {
    guard position < bytes.count else { throw failure("it ends early") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw failure("a number has more than 64 bits") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }
}
