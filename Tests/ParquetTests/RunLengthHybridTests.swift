import Parquet
import Testing

@Suite struct RunLengthHybridTests {
  @Test(
    "Runs and packed groups take the bytes of the format",
    arguments: [
      ([], 3, []),
      // One packed group: header 1 << 1 | 1.
      ([0, 1, 2, 3, 4, 5, 6, 7], 3, [3, 0b1000_1000, 0b1100_0110, 0b1111_1010]),
      // Fewer than eight are filled up with zeros.
      ([1, 2], 2, [3, 0b1001, 0]),
      // A run of 100: header 100 << 1.
      ([UInt32](repeating: 4, count: 100), 3, [200, 1, 4]),
      ([UInt32](repeating: 1000, count: 8), 10, [16, 0xE8, 0x03]),
      // Packed values before a run borrow from it to fill their group.
      ([1, 2, 3] + [UInt32](repeating: 9, count: 20), 4, [3, 0x21, 0x93, 0x99, 0x99, 30, 9]),
      // A short run stays packed.
      ([UInt32](repeating: 1, count: 9), 1, [5, 0xFF, 0x01]),
      ([UInt32](repeating: 0, count: 5), 0, [10]),
    ] as [([UInt32], Int, [UInt8])])
  func golden(values: [UInt32], width: Int, bytes: [UInt8]) throws {
    #expect(encoded(values, width: width) == bytes)
    #expect(try decoded(bytes, count: values.count, width: width) == values)
  }

  @Test("Any mixture of runs comes back", arguments: 0...32)
  func everyWidth(width: Int) throws {
    var random = SeededNumbers(seed: UInt64(width) + 99)
    for _ in 0..<50 {
      var values: [UInt32] = []
      for _ in 0..<random.next() % 12 {
        let value = UInt32(truncatingIfNeeded: random.next() & ((1 << width) - 1))
        values += [UInt32](repeating: value, count: Int(random.next() % (random.next() % 3 == 0 ? 70 : 4)))
      }
      #expect(try decoded(encoded(values, width: width), count: values.count, width: width) == values)
    }
  }

  @Test(
    "Bytes that are no runs are errors",
    arguments: [
      ("nothing where values are due", [], 1, 3),
      ("an empty run", [0, 4], 1, 3),
      ("an empty group", [1], 1, 3),
      ("a longer run than due", [6, 1], 2, 3),
      ("a run without its value", [6], 3, 3),
      ("a group without its bytes", [3, 0, 0], 8, 3),
      ("a value wider than its width", [6, 8], 3, 3),
      ("bytes after the last run", [6, 1, 0], 3, 3),
      ("too wide", [6, 1, 1, 1, 1, 1], 3, 33),
      ("a header without end", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], 3, 3),
      ("a group count beyond any file", [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], 8, 3),
    ] as [(String, [UInt8], Int, Int)])
  func corrupt(what: String, bytes: [UInt8], count: Int, width: Int) {
    #expect(throws: ParquetError.self, "\(what)") { try decoded(bytes, count: count, width: width) }
  }

  @Test("A last packed run may be filled up to more groups than are due")
  func filledUp() throws {
    #expect(try decoded([9, 0b1000_1000] + [UInt8](repeating: 0, count: 11), count: 2, width: 3) == [0, 1])
  }

  private func encoded(_ values: [UInt32], width: Int) -> [UInt8] {
    var buffer = PageBuffer()
    values.withUnsafeBufferPointer { encodeHybrid($0, width: width, into: &buffer) }
    return Array(buffer.bytes)
  }

  private func decoded(_ bytes: [UInt8], count: Int, width: Int) throws -> [UInt32] {
    var buffer = PageBuffer()
    bytes.withUnsafeBytes { buffer.append($0) }
    var values = [UInt32](repeating: 0, count: count + 1)
    try values.withUnsafeMutableBufferPointer {
      try decodeHybrid(buffer.bytes, count: count, width: width, into: $0.baseAddress!)
    }
    return Array(values.prefix(count))
  }
}
