import Parquet

/// Thrift's compact protocol, written by hand: what a test says is what stands in the file.
struct HandThrift {
  private(set) var bytes: [UInt8] = []
  private var last: Int16 = 0

  static func structure(_ body: (inout HandThrift) -> Void) -> [UInt8] {
    var thrift = HandThrift()
    body(&thrift)
    return thrift.bytes + [0]
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
  }

  static func zigzag(_ value: Int) -> [UInt8] { varint(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }

  private mutating func field(_ id: Int16, _ type: UInt8, _ value: [UInt8]) {
    bytes += (1...15).contains(id - last) ? [UInt8(id - last) << 4 | type] : [type] + Self.zigzag(Int(id))
    bytes += value
    last = id
  }

  mutating func int8(_ id: Int16, _ value: Int8) { field(id, 3, [UInt8(bitPattern: value)]) }
  mutating func int32(_ id: Int16, _ value: Int) { field(id, 5, Self.zigzag(value)) }
  mutating func int64(_ id: Int16, _ value: Int) { field(id, 6, Self.zigzag(value)) }
  mutating func bool(_ id: Int16, _ value: Bool) { field(id, value ? 1 : 2, []) }
  mutating func binary(_ id: Int16, _ value: [UInt8]) { field(id, 8, Self.varint(UInt64(value.count)) + value) }
  mutating func string(_ id: Int16, _ value: String) { binary(id, Array(value.utf8)) }
  mutating func structure(_ id: Int16, _ body: (inout HandThrift) -> Void = { _ in }) {
    field(id, 12, Self.structure(body))
  }
  mutating func list(_ id: Int16, of type: UInt8, _ elements: [[UInt8]]) {
    let head =
      elements.count < 15 ? [UInt8(elements.count) << 4 | type] : [0xF0 | type] + Self.varint(UInt64(elements.count))
    field(id, 9, head + elements.flatMap { $0 })
  }
}

/// An element of a schema.
struct HandElement {
  var name: String
  var type: Int?
  var repetition = 0
  var children: Int?
  var converted: Int?
  var byteCount: Int?
  var scale: Int?
  /// Writes the union of logical types.
  var logical: (@Sendable (inout HandThrift) -> Void)?

  static func group(
    _ name: String, _ repetition: Int = 0, children: Int, converted: Int? = nil,
    logical: (@Sendable (inout HandThrift) -> Void)? = nil
  ) -> HandElement {
    HandElement(name: name, repetition: repetition, children: children, converted: converted, logical: logical)
  }

  var bytes: [UInt8] {
    HandThrift.structure { thrift in
      if let type { thrift.int32(1, type) }
      if let byteCount { thrift.int32(2, byteCount) }
      thrift.int32(3, repetition)
      thrift.string(4, name)
      if let children { thrift.int32(5, children) }
      if let converted { thrift.int32(6, converted) }
      if let scale { thrift.int32(7, scale) }
      if let logical { thrift.structure(10, logical) }
    }
  }
}

/// A page: its header's numbers, and its bytes as they stand in the file.
struct HandPage {
  var kind = 0
  var encoding = 0
  var count: Int
  var body: [UInt8]
  /// Bytes before compression, where the page is compressed or lies.
  var uncompressed: Int?
  var checksum: Int?
  var levelEncoding = 3
  /// Bytes of definition and repetition levels, of version 2.
  var levels = (definition: 0, repetition: 0)
  var isCompressed: Bool?
  /// The greatest value, as statistics of a header have it.
  var maximum: [UInt8]?

  var bytes: [UInt8] {
    HandThrift.structure { page in
      page.int32(1, kind)
      page.int32(2, uncompressed ?? body.count)
      page.int32(3, body.count)
      if let checksum { page.int32(4, checksum) }
      switch kind {
      case 0:
        page.structure(5) {
          $0.int32(1, count)
          $0.int32(2, encoding)
          $0.int32(3, levelEncoding)
          $0.int32(4, levelEncoding)
          if let maximum { $0.structure(5) { $0.binary(5, maximum) } }
        }
      case 2:
        page.structure(7) {
          $0.int32(1, count)
          $0.int32(2, encoding)
        }
      default:
        page.structure(8) {
          $0.int32(1, count)
          $0.int32(2, 0)
          $0.int32(3, count)
          $0.int32(4, encoding)
          $0.int32(5, levels.definition)
          $0.int32(6, levels.repetition)
          if let isCompressed { $0.bool(7, isCompressed) }
        }
      }
    } + body
  }
}

/// A column of leaves with its pages.
struct HandColumn {
  var path: [String]
  var type: Int
  var codec = 0
  var valueCount: Int
  var pages: [HandPage]
  var isEncrypted = false
  /// Where the footer says that its pages begin, if not where they do.
  var offset: Int?
}

/// A file of one row group.
func handMadeFile(_ schema: [HandElement], rowCount: Int, _ columns: [HandColumn], magic: String = "PAR1") -> [UInt8] {
  var file = Array("PAR1".utf8)
  var chunks: [[UInt8]] = []
  for column in columns {
    let offset = file.count
    for page in column.pages { file += page.bytes }
    let hasDictionary = column.pages.first?.kind == 2
    let dataOffset = offset + (hasDictionary ? column.pages[0].bytes.count : 0)
    chunks.append(
      HandThrift.structure { chunk in
        chunk.int64(2, 0)
        chunk.structure(3) {
          $0.int32(1, column.type)
          $0.list(2, of: 5, [])
          $0.list(3, of: 8, column.path.map { HandThrift.varint(UInt64($0.utf8.count)) + Array($0.utf8) })
          $0.int32(4, column.codec)
          $0.int64(5, column.valueCount)
          $0.int64(6, file.count - offset)
          $0.int64(7, file.count - offset)
          $0.int64(9, column.offset ?? dataOffset)
          if hasDictionary { $0.int64(11, offset) }
        }
        if column.isEncrypted { chunk.structure(8) { $0.structure(1) } }
      })
  }
  let roots = schema.filter { !$0.name.contains("/") }
  let footer = HandThrift.structure { footer in
    footer.int32(1, 2)
    footer.list(2, of: 12, [HandElement.group("schema", children: topCount(roots)).bytes] + schema.map(\.bytes))
    footer.int64(3, rowCount)
    footer.list(
      4, of: 12,
      [
        HandThrift.structure {
          $0.list(1, of: 12, chunks)
          $0.int64(2, 0)
          $0.int64(3, rowCount)
        }
      ])
  }
  let length = UInt32(footer.count)
  return file + footer + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(magic.utf8)
}

/// How many of `schema`, in the order of a footer, lie below the root.
private func topCount(_ schema: [HandElement]) -> Int {
  var count = 0
  var index = 0
  func skip() {
    let children = schema[index].children ?? 0
    index += 1
    for _ in 0..<children where index < schema.count { skip() }
  }
  while index < schema.count {
    skip()
    count += 1
  }
  return count
}

/// A file of one required column `x` with these pages.
func handMadeFile(
  _ element: HandElement, codec: Int = 0, rowCount: Int, _ pages: [HandPage], isEncrypted: Bool = false
) -> [UInt8] {
  let column = HandColumn(
    path: [element.name], type: element.type ?? 0, codec: codec, valueCount: rowCount, pages: pages,
    isEncrypted: isEncrypted)
  return handMadeFile([element], rowCount: rowCount, [column])
}

/// The lines that a file becomes.
func lines(
  of file: [UInt8], embedding: Set<String> = [], rowByteCountMax: Int = 1 << 20,
  wanted: @escaping (String) -> Bool = { _ in true }
) throws -> [String] {
  let rows = try ForeignRows(
    file, name: "hand-made", embedding: embedding, rowByteCountMax: rowByteCountMax, isWanted: wanted)
  var text: [UInt8] = []
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 12, alignment: 1)
  defer { room.deallocate() }
  while case let count = try rows.read(into: room), count > 0 { text += room[..<count] }
  return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// The bytes of a number, lowest first.
func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// A text as PLAIN has it.
func plain(_ text: String) -> [UInt8] { little(UInt32(text.utf8.count)) + Array(text.utf8) }
