/// Writes structures in Thrift's compact protocol; fields in ascending order of their ids.
struct ThriftWriter {
  private(set) var bytes: [UInt8] = []
  private var lastField: Int16 = 0

  /// Writes a structure: the outermost, or an element of a list.
  mutating func structure(_ body: (inout ThriftWriter) -> Void) {
    let outer = lastField
    lastField = 0
    body(&self)
    bytes.append(0)
    lastField = outer
  }

  mutating func structure(_ id: Int16, _ body: (inout ThriftWriter) -> Void = { _ in }) {
    field(id, .structure)
    structure(body)
  }

  mutating func bool(_ id: Int16, _ value: Bool) { field(id, value ? .yes : .no) }

  mutating func int16(_ id: Int16, _ value: Int) {
    field(id, .int16)
    zigzag(Int(Int16(value)))
  }

  mutating func int32(_ id: Int16, _ value: Int) {
    field(id, .int32)
    zigzag(Int(Int32(value)))
  }

  mutating func int64(_ id: Int16, _ value: Int) {
    field(id, .int64)
    zigzag(value)
  }

  mutating func binary(_ id: Int16, _ value: some Collection<UInt8>) {
    field(id, .binary)
    binary(value)
  }

  mutating func string(_ id: Int16, _ value: String) { binary(id, value.utf8) }

  /// Writes a list; `each` writes an element, without a field.
  mutating func list<Elements: Collection>(
    _ id: Int16, of type: ThriftType, _ elements: Elements,
    each: (inout ThriftWriter, Elements.Element) -> Void
  ) {
    field(id, .list)
    if elements.count < 15 {
      bytes.append(UInt8(elements.count) << 4 | type.rawValue)
    } else {
      bytes.append(0xF0 | type.rawValue)
      varint(UInt64(elements.count))
    }
    for element in elements { each(&self, element) }
  }

  /// An element of a list of booleans.
  mutating func bool(_ value: Bool) { bytes.append((value ? ThriftType.yes : .no).rawValue) }

  /// An element of a list of integers.
  mutating func zigzag(_ value: Int) { varint(Parquet.zigzag(Int64(value))) }

  /// An element of a list of byte strings.
  mutating func binary(_ value: some Collection<UInt8>) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func field(_ id: Int16, _ type: ThriftType) {
    let step = id - lastField
    if (1...15).contains(step) {
      bytes.append(UInt8(step) << 4 | type.rawValue)
    } else {
      bytes.append(type.rawValue)
      zigzag(Int(id))
    }
    lastField = id
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
