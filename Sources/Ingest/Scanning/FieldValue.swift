/// A field as it lies in a record: where, how long, and how to read it.
package struct FieldValue {
  /// Kinds up to `field` stand for the bytes as they are; null and absent for none.
  enum Kind: UInt8 {
    case absent
    case null
    /// JSON text without escapes; the bytes are those between the quotes.
    case string
    case number
    case boolTrue
    case boolFalse
    /// A field of a row, as it is.
    case field
    /// JSON text with escapes; the bytes are those between the quotes.
    case escapedString
    /// A field of a row in which `""` stands for a quote.
    case quotedField
    case object
    case array
  }

  var start: UnsafePointer<UInt8>
  var count32: UInt32
  var kind: Kind

  @inline(__always)
  init(_ kind: Kind, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    self.start = start
    count32 = UInt32(truncatingIfNeeded: end - start)
    self.kind = kind
  }

  /// The same; a null has no bytes.
  @inline(__always) var asSlot: FieldValue {
    var value = self
    value.count32 = kind == .null ? 0 : count32
    return value
  }

  static func absent(_ place: UnsafePointer<UInt8>) -> FieldValue { FieldValue(.absent, place, place) }

  /// Bytes; a record is far below 2³² of them.
  @inline(__always) var count: Int { Int(count32) }
  @inline(__always) var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
  /// The bytes stand for themselves.
  @inline(__always) var isVerbatim: Bool { kind.rawValue <= Kind.field.rawValue }
  @inline(__always) var isPresent: Bool { kind != .absent && kind != .null }
}

/// A field that no mapping names, on its way to the properties.
struct RestMember {
  /// Between the quotes, or the column's name.
  var key: FieldValue
  var value: FieldValue
  /// Node of the plan whose fields are left out of `value`, -1 for none.
  var pruneNode: Int
  /// Not 0 where the field comes from the object that is flattened into the properties: the how many-th of that name
  /// it is, of which the last counts. Such a field wins over one beside that object.
  var flattenedRound: Int
}
