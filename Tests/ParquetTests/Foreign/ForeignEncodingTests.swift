import Parquet
import Testing

/// Pages whose bytes are written by hand, by the format's own description.
@Suite struct ForeignEncodingTests {
  static let x32 = HandElement(name: "x", type: 1)
  static let x64 = HandElement(name: "x", type: 2)
  static let text = HandElement(name: "x", type: 6, converted: 0)
  static let flag = HandElement(name: "x", type: 0)

  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var file: [UInt8]
    var expected: [String]

    init(_ name: String, _ element: HandElement, _ pages: [HandPage], _ expected: [String]) {
      testDescription = name
      self.expected = expected.map { "{\"x\":\($0)}" }
      file = handMadeFile(element, rowCount: expected.count, pages)
    }
  }

  /// Blocks of 128 values in 4 parts.
  private static func delta(_ count: UInt64, first: Int, _ rest: [UInt8] = []) -> [UInt8] {
    [0x80, 0x01, 4] + HandThrift.varint(count) + HandThrift.zigzag(first) + rest
  }

  /// The numbers 7 5 3 1 2 3 4 5 of the format's second example, in a block of 128: least difference -2, then two bits each.
  private static let example = delta(
    8, first: 7, HandThrift.zigzag(-2) + [2, 0, 0, 0, 0xC0, 0x3F] + Array(repeating: 0, count: 6))
  private static let fives = delta(2, first: 5, [0, 0, 0, 0, 0])

  static let cases: [Case] = [
    Case(
      "PLAIN booleans, lowest bit first", flag, [HandPage(count: 9, body: [0b0101_0011, 1])],
      ["true", "true", "false", "false", "true", "false", "true", "false", "true"]),
    Case(
      "RLE booleans", flag, [HandPage(encoding: 3, count: 6, body: little(UInt32(4)) + [0x08, 1, 0x03, 0b10])],
      ["true", "true", "true", "true", "false", "true"]),
    Case(
      "PLAIN integers of 32 bits", x32, [HandPage(count: 2, body: little(Int32(-1)) + little(Int32.max))],
      ["-1", "2147483647"]),
    Case("PLAIN integers of 64 bits", x64, [HandPage(count: 1, body: little(Int64.min))], ["-9223372036854775808"]),
    Case(
      "PLAIN texts", text, [HandPage(count: 3, body: plain("a") + plain("") + plain("社"))], ["\"a\"", "\"\"", "\"社\""]),
    Case(
      "DELTA_BINARY_PACKED of the format's first example", x32,
      [HandPage(encoding: 5, count: 5, body: delta(5, first: 1, HandThrift.zigzag(1) + [0, 0, 0, 0]))],
      ["1", "2", "3", "4", "5"]),
    Case(
      "DELTA_BINARY_PACKED of the second", x64, [HandPage(encoding: 5, count: 8, body: example)],
      ["7", "5", "3", "1", "2", "3", "4", "5"]),
    Case(
      "DELTA_BINARY_PACKED wraps around in 32 bits", x32,
      [HandPage(encoding: 5, count: 2, body: delta(2, first: Int(Int32.max), HandThrift.zigzag(1) + [0, 0, 0, 0]))],
      ["2147483647", "-2147483648"]),
    Case(
      "DELTA_LENGTH_BYTE_ARRAY", text, [HandPage(encoding: 6, count: 2, body: fives + Array("HelloWorld".utf8))],
      ["\"Hello\"", "\"World\""]),
    Case(
      "DELTA_BYTE_ARRAY", text,
      [
        HandPage(
          encoding: 7, count: 2,
          body: delta(2, first: 0, HandThrift.zigzag(2) + [0, 0, 0, 0])
            + delta(2, first: 4, HandThrift.zigzag(-2) + [0, 0, 0, 0])
            + Array("axisle".utf8))
      ], ["\"axis\"", "\"axle\""]),
    Case(
      "BYTE_STREAM_SPLIT", HandElement(name: "x", type: 4),
      [HandPage(encoding: 9, count: 2, body: [0, 0, 0, 0, 0xC0, 0x80, 0x3F, 0xBF])], ["1.5", "-1.0"]),
    Case(
      "RLE_DICTIONARY, then PLAIN where the dictionary was full", text,
      [
        HandPage(kind: 2, count: 2, body: plain("b") + plain("a")),
        HandPage(encoding: 8, count: 3, body: [1, 0x03, 0b101]),
        HandPage(count: 1, body: plain("c")),
      ], ["\"a\"", "\"b\"", "\"a\"", "\"c\""]),
    Case(
      "PLAIN_DICTIONARY with indices without bits", x32,
      [
        HandPage(kind: 2, encoding: 2, count: 1, body: little(Int32(7))),
        HandPage(encoding: 2, count: 2, body: [0, 4]),
      ], ["7", "7"]),
    Case(
      "packed indices that are cut off behind the last", x64,
      [
        HandPage(kind: 2, count: 3, body: little(Int64(10)) + little(Int64(20)) + little(Int64(30))),
        HandPage(encoding: 8, count: 3, body: [4, 0x03, 0x10, 0x02]),
      ], ["10", "20", "30"]),
    Case(
      "an empty page between others", x32,
      [
        HandPage(count: 1, body: little(Int32(1))), HandPage(count: 0, body: []),
        HandPage(count: 1, body: little(Int32(2))),
      ], ["1", "2"]),
    Case(
      "an index page is passed over", x32,
      [HandPage(count: 1, body: little(Int32(1))), HandPage(kind: 3, count: 1, body: little(Int32(2)))], ["1", "2"]),
  ]

  @Test("Values in every encoding are read", arguments: cases)
  func values(_ example: Case) throws {
    #expect(try lines(of: example.file) == example.expected)
  }

  @Test("Levels and values of version 2 lie apart, and only the values are compressed")
  func secondVersion() throws {
    let optional = HandElement(name: "x", type: 1, repetition: 1)
    let levels: [UInt8] = [0x03, 0b101]
    let values = little(Int32(5)) + little(Int32(6))
    let packed = values.withUnsafeBytes { Gzip.compress($0, level: 6) }
    let compressed = HandPage(
      kind: 3, count: 3, body: levels + packed, uncompressed: levels.count + values.count, levels: (2, 0))
    let stored = HandPage(kind: 3, count: 3, body: levels + values, levels: (2, 0), isCompressed: false)
    let missing = HandPage(kind: 3, count: 2, body: [0x04, 0], levels: (2, 0))
    let file = handMadeFile(optional, codec: 2, rowCount: 8, [compressed, stored, missing])
    #expect(try lines(of: file) == ["{\"x\":5}", "{}", "{\"x\":6}", "{\"x\":5}", "{}", "{\"x\":6}", "{}", "{}"])
  }

  @Test("Pages of every codec that is read hold the same", arguments: [0, 1, 2, 6])
  func codecs(codec: Int) throws {
    let values = (0..<100).flatMap { little(Int64($0 / 10)) }
    let body =
      switch codec {
      case 1: HandThrift.varint(800) + [0xF4] + little(UInt16(799)) + values
      case 2: values.withUnsafeBytes { Gzip.compress($0, level: 9) }
      case 6: values.withUnsafeBytes { Zstd.compress($0, level: 3) }
      default: values
      }
    let page = HandPage(count: 100, body: body, uncompressed: 800)
    let file = handMadeFile(Self.x64, codec: codec, rowCount: 200, [page, page])
    #expect(try lines(of: file) == (0..<200).map { "{\"x\":\($0 % 100 / 10)}" })
  }

  @Test("Gzip of several members is one page")
  func members() throws {
    let halves = [little(Int64(1)), little(Int64(2))].map { half in half.withUnsafeBytes { Gzip.compress($0, level: 1) }
    }
    let page = HandPage(count: 2, body: halves[0] + halves[1], uncompressed: 16)
    #expect(try lines(of: handMadeFile(Self.x64, codec: 2, rowCount: 2, [page])) == ["{\"x\":1}", "{\"x\":2}"])
  }
}
