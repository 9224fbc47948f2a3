/// What the end of another writer's file says of the rest.
struct ForeignFooter {
  var schema: [ForeignElement] = []
  var rowCount = 0
  var rowGroups: [ForeignRowGroup] = []

  /// Reads the footer of `source`, which has at least that.
  ///
  /// Throws `notParquet`, `truncated`, `corruptFooter` or `unsupported`.
  init(of source: any RandomAccessBytes) throws {
    let (bytes, start) = try Self.bytes(of: source)
    var reader = ThriftReader(bytes, failingWith: .corruptFooter)
    var announced: Int?
    try reader.structure { field, reader in
      switch field.id {
      case 2: schema = try reader.list(field, of: .structure) { try ForeignElement(&$0) }
      case 3: announced = try reader.int64(field)
      case 4: rowGroups = try reader.list(field, of: .structure) { try ForeignRowGroup(&$0) }
      default: try reader.skip(field)
      }
    }
    guard schema.count <= Limits.schemaElementCountMax else {
      throw ParquetError(
        .unsupported, "a schema of \(schema.count) elements; at most \(Limits.schemaElementCountMax) are read",
        hint: "export fewer columns")
    }
    for group in rowGroups {
      let (sum, overflow) = rowCount.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw reader.failure("the row groups have too many rows") }
      rowCount = sum
      for chunk in group.chunks { try chunk.check(before: start) }
    }
    guard rowCount == announced else {
      throw reader.failure("the file's row count is not that of its row groups")
    }
  }

  private static func bytes(of source: any RandomAccessBytes) throws -> ([UInt8], Int) {
    let trailerByteCount = 8
    guard source.byteCount >= trailerByteCount + fileMagic.count else {
      throw ParquetError(
        .truncated, "a file of \(source.byteCount) bytes is too short for Parquet",
        hint: "export or copy the file again")
    }
    let end = source.byteCount - trailerByteCount
    let trailer = try source.read(end..<source.byteCount)
    if trailer.suffix(4).elementsEqual(encryptedMagic) { throw encryptionError("the file's footer is encrypted") }
    guard trailer.count == trailerByteCount, trailer.suffix(4).elementsEqual(fileMagic) else {
      throw ParquetError(
        .truncated, "the file begins as Parquet and does not end with 'PAR1': it was cut off or is still being written",
        hint: "export or copy the file again")
    }
    let length = trailer.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= end - fileMagic.count else {
      throw ParquetError(.corruptFooter, "the footer takes \(length) bytes of a file of \(source.byteCount)")
    }
    guard length <= Limits.foreignFooterByteCountMax else {
      throw ParquetError(
        .unsupported, "a footer of \(length) bytes; at most \(Limits.foreignFooterByteCountMax) are read",
        hint: "export fewer columns, or larger row groups")
    }
    return (try source.read(end - length..<end), end - length)
  }
}

/// What a file with an encrypted footer ends with: "PARE".
let encryptedMagic: [UInt8] = [0x50, 0x41, 0x52, 0x45]

func encryptionError(_ message: String) -> ParquetError {
  ParquetError(.unsupported, message, hint: "export it again without encryption")
}

/// A row group as its footer describes it, not yet held against the schema.
struct ForeignRowGroup {
  private(set) var chunks: [ForeignChunk] = []
  private(set) var rowCount = -1

  init(_ reader: inout ThriftReader) throws {
    try reader.structure { field, reader in
      switch field.id {
      case 1: chunks = try reader.list(field, of: .structure) { try ForeignChunk(&$0) }
      case 3: rowCount = try reader.int64(field)
      default: try reader.skip(field)
      }
    }
    guard rowCount >= 0 else { throw reader.failure("a row group lacks the number of its rows") }
  }
}

/// A column chunk as its footer describes it.
struct ForeignChunk {
  private(set) var codec = -1
  private(set) var path: [[UInt8]] = []
  private(set) var physicalType = -1
  private(set) var valueCount = -1
  private(set) var byteCount = -1
  private var dataOffset = -1
  private var dictionaryOffset = 0
  private var elsewhere: String?

  init(_ reader: inout ThriftReader) throws {
    var hasMetadata = false
    try reader.structure { field, reader in
      switch field.id {
      case 1:
        if try !reader.binary(field).isEmpty { elsewhere = "the chunk lies in another file" }
      case 3:
        hasMetadata = true
        try readMetadata(field, &reader)
      case 8, 9:
        elsewhere = "the column is encrypted"
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    guard hasMetadata || elsewhere != nil else { throw reader.failure("a chunk says nothing of itself") }
  }

  private mutating func readMetadata(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    try reader.structure(field) { field, reader in
      switch field.id {
      case 1: physicalType = try reader.int32(field)
      case 3: path = try reader.list(field, of: .binary) { try $0.binary() }
      case 4: codec = try reader.int32(field)
      case 5: valueCount = try reader.int64(field)
      case 7: byteCount = try reader.int64(field)
      case 9: dataOffset = try reader.int64(field)
      case 11: dictionaryOffset = try reader.int64(field)
      default: try reader.skip(field)
      }
    }
  }

  /// Where the first page begins. Some writers leave the dictionary's offset at 0 where there is none.
  var offset: Int { dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset }

  /// Throws `corruptFooter` where the chunk cannot lie before `end`.
  func check(before end: Int) throws {
    // Of a chunk without values nothing is read, and not every writer gives it a place.
    if elsewhere != nil || valueCount == 0 { return }
    guard offset >= fileMagic.count, offset <= end, valueCount >= 0, byteCount >= 0, byteCount <= end - offset else {
      throw ParquetError(.corruptFooter, "a chunk lies outside the file, or lacks its place or size")
    }
  }

  /// Throws `unsupported` or `corruptFooter` where these are not the pages of `column`.
  func check(belongsTo column: ForeignLeaf) throws {
    if let elsewhere {
      throw ParquetError(.unsupported, elsewhere, hint: "export it again as one file without encryption")
    }
    guard physicalType == column.physicalType, path == column.path.map({ Array($0.utf8) }) else {
      throw ParquetError(.corruptFooter, "a chunk belongs to another column than its place says")
    }
  }
}
