import Parquet
import Testing

@Suite struct SnappyTests {
  static let blocks: [(String, [UInt8], String)] = [
    ("nothing", [0], ""),
    ("a literal", [3, 0x08] + Array("abc".utf8), "abc"),
    (
      "a literal with its length in a byte", [61, 0xF0, 60] + Array(repeating: 0x61, count: 61),
      String(repeating: "a", count: 61)
    ),
    ("a literal with its length in two bytes", [3, 0xF4, 2, 0] + Array("abc".utf8), "abc"),
    ("a copy of 4 from 4 back", [8, 0x0C] + Array("abcd".utf8) + [0x01, 4], "abcdabcd"),
    ("a copy that reaches into itself", [7, 0x08] + Array("xab".utf8) + [0x01, 2], "xababab"),
    ("a copy with two bytes of distance", [6, 0x08] + Array("abc".utf8) + [0x0A, 3, 0], "abcabc"),
    ("a copy with four bytes of distance", [6, 0x08] + Array("abc".utf8) + [0x0B, 3, 0, 0, 0], "abcabc"),
  ]

  @Test("An element of each kind is decoded", arguments: blocks)
  func elements(name: String, block: [UInt8], text: String) throws {
    let bytes = try block.withUnsafeBytes { try Snappy.decompress($0, byteCount: text.utf8.count) }
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  static let broken: [(String, [UInt8], Int)] = [
    ("no length", [], 0),
    ("another length than announced", [4, 0x08, 1, 2, 3], 3),
    ("a length of more than 4 GiB", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], 3),
    ("fewer bytes than announced", [3, 0x04, 1, 2], 3),
    ("a literal behind the end", [3, 0x08, 1, 2], 3),
    ("a literal longer than the output", [3, 0x0C, 1, 2, 3, 4], 3),
    ("a literal of 4 GiB", [3, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3], 3),
    ("a copy before the beginning", [8, 0x00, 1, 0x01, 2, 0, 0, 0], 8),
    ("a copy from no distance", [8, 0x00, 1, 0x01, 0, 0, 0, 0], 8),
    ("a copy longer than the output", [3, 0x00, 1, 0x01, 1], 3),
    ("a copy without its distance", [5, 0x00, 1, 0x02, 1], 5),
  ]

  @Test("What cannot be a block is an error", arguments: broken)
  func errors(name: String, block: [UInt8], byteCount: Int) {
    let error = #expect(throws: ParquetError.self) {
      try block.withUnsafeBytes { try Snappy.decompress($0, byteCount: byteCount) }
    }
    #expect(error?.code == .corruptStream)
  }

  @Test("Elements in any order come back", arguments: 0..<200)
  func roundTrip(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    var block: [UInt8] = []
    var expected: [UInt8] = []
    for _ in 0..<Int(random.next() % 60) {
      if expected.isEmpty || random.next() % 3 == 0 {
        let literal = (0..<1 + Int(random.next() % 90)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        block += literal.count <= 60 ? [UInt8(literal.count - 1) << 2] : [0xF0, UInt8(literal.count - 1)]
        block += literal
        expected += literal
        continue
      }
      let distance = 1 + Int(random.next() % UInt64(min(expected.count, 3000)))
      let isShort = distance < 2048 && random.next() % 2 == 0
      let count = isShort ? 4 + Int(random.next() % 8) : 1 + Int(random.next() % 64)
      if isShort {
        block += [UInt8(distance >> 8) << 5 | UInt8(count - 4) << 2 | 1, UInt8(truncatingIfNeeded: distance)]
      } else if random.next() % 2 == 0 {
        block += [UInt8(count - 1) << 2 | 2] + little(UInt16(distance))
      } else {
        block += [UInt8(count - 1) << 2 | 3] + little(UInt32(distance))
      }
      for _ in 0..<count { expected.append(expected[expected.count - distance]) }
    }
    let whole = HandThrift.varint(UInt64(expected.count)) + block
    let bytes = try whole.withUnsafeBytes { try Snappy.decompress($0, byteCount: expected.count) }
    #expect(bytes == expected, "seed \(seed)")
  }
}
