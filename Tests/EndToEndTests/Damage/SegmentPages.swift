import Foundation

/// Where the pages of a Parquet file lie, read from its footer by nothing of Muster's: a small reader of Thrift's
/// compact protocol.
struct SegmentPages {
  struct Page: Sendable {
    var column: String
    /// In its column chunk, a dictionary page included.
    var index: Int
    /// Its header, which no checksum covers.
    var header: Range<Int>
    /// What its checksum covers.
    var body: Range<Int>
  }

  private(set) var pages: [Page] = []

  init(_ file: [UInt8]) {
    let end = file.count - 8
    let size = (0..<4).reduce(0) { $0 | Int(file[end + $1]) << (8 * $1) }
    var footer = ThriftReader(bytes: file, position: end - size)
    for group in footer.structure()[4]?.list ?? [] {
      for chunk in group.structure[1]?.list ?? [] {
        let meta = chunk.structure[3]?.structure ?? [:]
        let name = meta[3]?.list.map(\.text).joined(separator: ".") ?? ""
        let start = meta[11]?.number ?? meta[9]?.number ?? 0
        addPages(of: name, in: start..<start + (meta[7]?.number ?? 0), file)
      }
    }
  }

  private mutating func addPages(of column: String, in chunk: Range<Int>, _ file: [UInt8]) {
    var (start, index) = (chunk.lowerBound, 0)
    while start < chunk.upperBound {
      var header = ThriftReader(bytes: file, position: start)
      let size = header.structure()[3]?.number ?? 0
      let end = header.position + size
      pages.append(
        Page(column: column, index: index, header: start..<header.position, body: header.position..<end))
      (start, index) = (end, index + 1)
    }
  }

  /// The page whose body holds the byte at `offset`.
  func page(at offset: Int) -> Page? { pages.first { $0.body.contains(offset) } }
}

/// A value of Thrift's compact protocol.
enum ThriftValue {
  case number(Int), bytes([UInt8]), list([ThriftValue]), structure([Int: ThriftValue])

  var number: Int { if case .number(let value) = self { value } else { 0 } }
  var text: String { if case .bytes(let value) = self { String(decoding: value, as: UTF8.self) } else { "" } }
  var list: [ThriftValue] { if case .list(let value) = self { value } else { [] } }
  var structure: [Int: ThriftValue] { if case .structure(let value) = self { value } else { [:] } }
}

struct ThriftReader {
  let bytes: [UInt8]
  var position: Int

  mutating func structure() -> [Int: ThriftValue] {
    var fields: [Int: ThriftValue] = [:]
    var last = 0
    while true {
      let head = byte()
      if head == 0 { return fields }
      last = head >> 4 == 0 ? zigzag() : last + (head >> 4)
      fields[last] = value(head & 15, inList: false)
    }
  }

  private mutating func value(_ type: Int, inList: Bool) -> ThriftValue {
    switch type {
    case 1, 2: return .number(inList ? byte() : 2 - type)
    case 3: return .number(byte())
    case 4, 5, 6: return .number(zigzag())
    case 7:
      position += 8
      return .number(0)
    case 8:
      let count = variable()
      position += count
      return .bytes(Array(bytes[position - count..<position]))
    case 9, 10:
      let head = byte()
      let count = head >> 4 == 15 ? variable() : head >> 4
      return .list((0..<count).map { _ in value(head & 15, inList: true) })
    default: return .structure(structure())
    }
  }

  private mutating func byte() -> Int {
    position += 1
    return Int(bytes[position - 1])
  }

  private mutating func variable() -> Int {
    var (result, shift) = (0, 0)
    while true {
      let next = byte()
      result |= (next & 127) << shift
      if next < 128 { return result }
      shift += 7
    }
  }

  private mutating func zigzag() -> Int {
    let number = variable()
    return number >> 1 ^ -(number & 1)
  }
}
