/// What a page is.
package enum PageKind: Int32, Sendable, CustomStringConvertible {
  case data = 0
  case index = 1
  case dictionary = 2
  case dataV2 = 3

  package var description: String {
    switch self {
    case .data: "data"
    case .index: "index"
    case .dictionary: "dictionary"
    case .dataV2: "data v2"
    }
  }
}

/// The header before a page's bytes.
struct PageHeader {
  var kind: PageKind
  var encoding: Encoding
  /// Values of the page, the missing ones among them.
  var valueCount: Int
  var uncompressedByteCount: Int
  var compressedByteCount: Int
  /// Over the page's bytes as they stand in the file; nil where the writer left it out.
  var checksum: UInt32?
  /// Whether a dictionary's values ascend.
  var isSorted = false

  func write(to writer: inout ThriftWriter) {
    writer.structure { page in
      page.int32(1, Int(kind.rawValue))
      page.int32(2, uncompressedByteCount)
      page.int32(3, compressedByteCount)
      if let checksum { page.int32(4, Int(Int32(bitPattern: checksum))) }
      switch kind {
      case .dictionary:
        page.structure(7) {
          $0.int32(1, valueCount)
          $0.int32(2, Int(encoding.rawValue))
          $0.bool(3, isSorted)
        }
      case .data:
        page.structure(5) {
          $0.int32(1, valueCount)
          $0.int32(2, Int(encoding.rawValue))
          $0.int32(3, Int(Encoding.rle.rawValue))
          $0.int32(4, Int(Encoding.rle.rawValue))
        }
      case .index, .dataV2: preconditionFailure("pages of kind \(kind) are not written")
      }
    }
  }

  init(
    kind: PageKind, encoding: Encoding, valueCount: Int, uncompressedByteCount: Int, compressedByteCount: Int,
    checksum: UInt32?, isSorted: Bool = false
  ) {
    self.kind = kind
    self.encoding = encoding
    self.valueCount = valueCount
    self.uncompressedByteCount = uncompressedByteCount
    self.compressedByteCount = compressedByteCount
    self.checksum = checksum
    self.isSorted = isSorted
  }

  /// Reads a header; `reader` then stands at the page's bytes. Throws `corruptPage` or `unsupported`.
  init(_ reader: inout ThriftReader) throws {
    var kind: Int?
    var uncompressed: Int?
    var compressed: Int?
    var checksum: UInt32?
    var data: KindHeader?
    var dictionary: KindHeader?
    try reader.structure { field, reader in
      switch field.id {
      case 1: kind = try reader.int32(field)
      case 2: uncompressed = try reader.int32(field)
      case 3: compressed = try reader.int32(field)
      case 4: checksum = UInt32(bitPattern: Int32(try reader.int32(field)))
      case 5: data = try KindHeader(field, &reader)
      case 7: dictionary = try KindHeader(field, &reader)
      default: try reader.skip(field)
      }
    }
    guard let kind, let uncompressed, let compressed, uncompressed >= 0, compressed >= 0 else {
      throw reader.failure("a page header lacks its kind or sizes")
    }
    guard uncompressed <= Limits.pageByteCountMax else {
      throw ParquetError(.unsupported, "a page of \(uncompressed) bytes; at most \(Limits.pageByteCountMax) are read")
    }
    guard let kind = Int32(exactly: kind).flatMap(PageKind.init) else {
      throw reader.failure("a page of the unknown kind \(kind)")
    }
    guard kind == .data || kind == .dictionary else {
      throw ParquetError(.unsupported, "pages of kind '\(kind)' are not read")
    }
    guard let header = kind == .data ? data : dictionary else {
      throw reader.failure("a page header lacks the part of its kind")
    }
    self.init(
      kind: kind, encoding: header.encoding, valueCount: header.valueCount, uncompressedByteCount: uncompressed,
      compressedByteCount: compressed, checksum: checksum, isSorted: header.isSorted)
  }
}

/// The part of a header that differs by kind of page; both begin alike.
private struct KindHeader {
  var valueCount: Int
  var encoding: Encoding
  var isSorted = false

  init(_ field: ThriftField, _ reader: inout ThriftReader) throws {
    let isDictionary = field.id == 7
    var count: Int?
    var encoding: Int?
    var levels = Int(Encoding.rle.rawValue)
    var sorted = false
    try reader.structure(field) { field, reader in
      switch field.id {
      case 1: count = try reader.int32(field)
      case 2: encoding = try reader.int32(field)
      case 3 where isDictionary: sorted = try reader.bool(field)
      case 3: levels = try reader.int32(field)
      default: try reader.skip(field)
      }
    }
    guard let count, let encoding, count >= 0 else { throw reader.failure("a page header lacks count or encoding") }
    guard let encoding = Int32(exactly: encoding).flatMap(Encoding.init) else {
      throw ParquetError(.unsupported, "encoding \(encoding) is not read")
    }
    guard levels == Int(Encoding.rle.rawValue) else {
      throw ParquetError(.unsupported, "definition levels in encoding \(levels) are not read")
    }
    self.valueCount = count
    self.encoding = encoding
    self.isSorted = sorted
  }
}
