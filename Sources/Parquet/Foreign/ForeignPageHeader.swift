/// The header before a page of another writer.
struct ForeignPageHeader {
  var kind: PageKind
  var encoding: Encoding
  /// Levels of a data page, values of a dictionary.
  var valueCount = 0
  var uncompressedByteCount: Int
  var compressedByteCount: Int
  /// Over the page's bytes in the file.
  var checksum: UInt32?
  /// How levels are written in data pages of version 1.
  var definitionEncoding = Int(Encoding.rle.rawValue)
  var repetitionEncoding = Int(Encoding.rle.rawValue)
  /// Bytes of the levels in data pages of version 2, which lie uncompressed before the values.
  var definitionByteCount = 0
  var repetitionByteCount = 0
  /// Whether the values of a data page of version 2 are compressed.
  var isCompressed = true

  /// Reads a header; `reader` then stands at the page's bytes. Throws `corruptPage` or `unsupported`.
  init(_ reader: inout ThriftReader) throws {
    var kind: Int?
    var uncompressed = -1
    var compressed = -1
    var sum: UInt32?
    var details: [Int16: Details] = [:]
    try reader.structure { field, reader in
      switch field.id {
      case 1: kind = try reader.int32(field)
      case 2: uncompressed = try reader.int32(field)
      case 3: compressed = try reader.int32(field)
      case 4: sum = UInt32(bitPattern: Int32(try reader.int32(field)))
      case 5, 7, 8: details[field.id] = try Details(field, &reader)
      default: try reader.skip(field)
      }
    }
    guard let kind, uncompressed >= 0, compressed >= 0 else {
      throw reader.failure("a page header lacks its kind or sizes")
    }
    guard let kind = Int32(exactly: kind).flatMap(PageKind.init) else {
      throw reader.failure("a page of the unknown kind \(kind)")
    }
    self.kind = kind
    checksum = sum
    uncompressedByteCount = uncompressed
    compressedByteCount = compressed
    encoding = .plain
    if kind == .index { return }
    guard let found = details[kind == .data ? 5 : kind == .dictionary ? 7 : 8], found.valueCount >= 0 else {
      throw reader.failure("a page header lacks the part of its kind")
    }
    guard let encoding = Int32(exactly: found.encoding).flatMap(Encoding.init) else {
      throw ParquetError(
        .unsupported, "values in encoding \(found.encoding) are not read",
        hint: "export the file again with the writer's default encodings")
    }
    self.encoding = encoding
    valueCount = found.valueCount
    (definitionEncoding, repetitionEncoding) = (found.definitionEncoding, found.repetitionEncoding)
    (definitionByteCount, repetitionByteCount) = (found.definitionByteCount, found.repetitionByteCount)
    isCompressed = found.isCompressed
    guard definitionByteCount >= 0, repetitionByteCount >= 0,
      definitionByteCount + repetitionByteCount <= min(uncompressed, compressed)
    else { throw reader.failure("the levels of a page are longer than the page") }
    guard uncompressed <= Limits.foreignPageByteCountMax else {
      throw ParquetError(
        .unsupported, "a page of \(uncompressed) bytes; at most \(Limits.foreignPageByteCountMax) are read",
        hint: "export it with smaller pages or row groups")
    }
  }
}

/// The part of a header that differs by kind of page.
private struct Details {
  var valueCount = -1
  var encoding = -1
  var definitionEncoding = Int(Encoding.rle.rawValue)
  var repetitionEncoding = Int(Encoding.rle.rawValue)
  var definitionByteCount = 0
  var repetitionByteCount = 0
  var isCompressed = true

  init(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    let kind = field.id
    try reader.structure(field) { field, reader in
      switch (kind, field.id) {
      case (_, 1): valueCount = try reader.int32(field)
      case (5, 2), (7, 2), (8, 4): encoding = try reader.int32(field)
      case (5, 3): definitionEncoding = try reader.int32(field)
      case (5, 4): repetitionEncoding = try reader.int32(field)
      case (8, 5): definitionByteCount = try reader.int32(field)
      case (8, 6): repetitionByteCount = try reader.int32(field)
      case (8, 7): isCompressed = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
  }
}
