/// A column chunk as it stands in the footer, not yet held against the schema and the file.
struct RawColumnChunk {
  private var physicalType: Int?
  private var encodings: [Int] = []
  private var path: [[UInt8]] = []
  private var codec: Int?
  private var valueCount: Int?
  private var uncompressedByteCount: Int?
  private var compressedByteCount: Int?
  private var dataOffset: Int?
  private var dictionaryOffset: Int?
  private var statistics = RawStatistics()
  private var pageCounts: [ColumnChunk.PageCount?] = []
  private var isElsewhere = false
  private var offsetIndex = RawRange()
  private var columnIndex = RawRange()

  init(_ reader: inout ThriftReader) throws {
    try reader.structure { field, reader in
      switch field.id {
      case 1, 8, 9:  // another file, or encrypted
        isElsewhere = true
        try reader.skip(field)
      case 3: try readMetadata(field, &reader)
      case 4: offsetIndex.offset = try reader.int64(field)
      case 5: offsetIndex.count = try reader.int32(field)
      case 6: columnIndex.offset = try reader.int64(field)
      case 7: columnIndex.count = try reader.int32(field)
      default: try reader.skip(field)
      }
    }
  }

  private mutating func readMetadata(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    try reader.structure(field) { field, reader in
      switch field.id {
      case 1: physicalType = try reader.int32(field)
      case 2: encodings = try reader.list(field, of: .int32) { try $0.integer(Int32.self) }
      case 3: path = try reader.list(field, of: .binary) { try $0.binary() }
      case 4: codec = try reader.int32(field)
      case 5: valueCount = try reader.int64(field)
      case 6: uncompressedByteCount = try reader.int64(field)
      case 7: compressedByteCount = try reader.int64(field)
      case 9: dataOffset = try reader.int64(field)
      case 11: dictionaryOffset = try reader.int64(field)
      case 12: statistics = try RawStatistics(field, &reader)
      case 13: pageCounts = try reader.list(field, of: .structure) { try readPageCount(&$0) }
      default: try reader.skip(field)
      }
    }
  }

  /// The chunk of `column` in a row group of `rowCount` rows; all that it points to lies before `end`.
  func chunk(of column: ColumnDescription, rowCount: Int, before end: Int) throws -> ColumnChunk {
    func corrupt(_ message: String) -> ParquetError { ParquetError(.corruptFooter, message, column: column.name) }
    guard !isElsewhere else {
      throw ParquetError(.unsupported, "encrypted chunks and chunks in other files are not read", column: column.name)
    }
    guard let dataOffset, let codec, let uncompressedByteCount, uncompressedByteCount >= 0 else {
      throw corrupt("a chunk lacks its place, codec or size")
    }
    guard physicalType == column.kind.physicalType, path == [Array(column.name.utf8)] else {
      throw corrupt("a chunk belongs to another column than its place says")
    }
    guard valueCount == rowCount else { throw corrupt("a chunk has another number of values than its row group") }
    guard let codec = Int32(exactly: codec).flatMap(Codec.init) else { throw corrupt("unknown codec \(codec)") }
    // Some writers leave a dictionary offset of 0 where there is no dictionary.
    let start = dictionaryOffset.flatMap { $0 > 0 && $0 < dataOffset ? $0 : nil } ?? dataOffset
    guard let pages = RawRange(offset: start, count: compressedByteCount).range(before: end),
      pages.contains(dataOffset) || rowCount == 0
    else { throw corrupt("a chunk lies outside the file") }
    func index(_ raw: RawRange) throws -> Range<Int>? {
      if raw.offset == nil && raw.count == nil { return nil }
      guard let range = raw.range(before: end) else { throw corrupt("a page index lies outside the file") }
      return range
    }
    return ColumnChunk(
      codec: codec, encodings: encodings.compactMap { Encoding(rawValue: Int32($0)) }, byteRange: pages,
      dataOffset: dataOffset, uncompressedByteCount: uncompressedByteCount,
      bounds: try statistics.bounds(of: column.kind, rowCount: rowCount),
      pageCounts: pageCounts.compactMap { $0 }, columnIndexRange: try index(columnIndex),
      offsetIndexRange: try index(offsetIndex))
  }
}

private struct RawRange {
  var offset: Int?
  var count: Int?

  func range(before end: Int) -> Range<Int>? {
    guard let offset, let count, offset >= 4, count >= 0, offset <= end, count <= end - offset else { return nil }
    return offset..<offset + count
  }
}

private func readPageCount(_ reader: inout ThriftReader) throws -> ColumnChunk.PageCount? {
  var kind: Int?
  var encoding: Int?
  var count: Int?
  try reader.structure { field, reader in
    switch field.id {
    case 1: kind = try reader.int32(field)
    case 2: encoding = try reader.int32(field)
    case 3: count = try reader.int32(field)
    default: try reader.skip(field)
    }
  }
  guard let kind = kind.flatMap({ PageKind(rawValue: Int32($0)) }),
    let encoding = encoding.flatMap({ Encoding(rawValue: Int32($0)) }), let count
  else { return nil }
  return ColumnChunk.PageCount(kind: kind, encoding: encoding, count: count)
}

private struct RawStatistics {
  private var nullCount: Int?
  private var maximum: [UInt8]?
  private var minimum: [UInt8]?
  private var isMaximumExact: Bool?
  private var isMinimumExact: Bool?

  init() {}

  init(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    try reader.structure(field) { field, reader in
      switch field.id {
      case 3: nullCount = try reader.int64(field)
      case 5: maximum = try reader.binary(field)
      case 6: minimum = try reader.binary(field)
      case 7: isMaximumExact = try reader.bool(field)
      case 8: isMinimumExact = try reader.bool(field)
      default: try reader.skip(field)
      }
    }
  }

  func bounds(of kind: ColumnDescription.Kind, rowCount: Int) throws -> Bounds {
    guard nullCount.map((0...rowCount).contains) ?? true else {
      throw ParquetError(.corruptFooter, "a chunk has more nulls than rows")
    }
    var bounds = Bounds(
      nullCount: nullCount, minimum: try minimum.map { try BoundValue($0, of: kind) },
      maximum: try maximum.map { try BoundValue($0, of: kind) })
    if let low = bounds.minimum, let high = bounds.maximum, high.precedes(low) {
      throw ParquetError(.corruptFooter, "a chunk's maximum is below its minimum")
    }
    bounds.isMinimumExact = isMinimumExact ?? false
    bounds.isMaximumExact = isMaximumExact ?? false
    return bounds
  }
}
