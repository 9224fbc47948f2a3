import Parquet
import Testing

/// 128 values a block, 4 miniblocks: varints 128 and 4.
private let shape: [UInt8] = [0x80, 0x01, 0x04]

@Suite struct DeltaBinaryPackedTests {
  @Test(
    "Differences take the bytes of the format",
    arguments: [
      ([], [0, 0]),
      ([7], [1, 14]),
      // Equal steps of 1: least difference 1, no bits.
      ([1, 2, 3, 4, 5], [5, 2, 2, 0, 0, 0, 0]),
      // The format's second example: least -2, offsets 0 0 0 3 3 3 3 in 2 bits.
      ([7, 5, 3, 1, 2, 3, 4, 5], [8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0]),
      ([-1, -65], [2, 1, 127, 0, 0, 0, 0]),
    ] as [([Int64], [UInt8])])
  func golden(values: [Int64], bytes: [UInt8]) throws {
    #expect(encoded(values) == shape + bytes)
    #expect(try decoded(shape + bytes, count: values.count, as: Int64.self) == values)
  }

  @Test(
    "Any 64-bit values come back, differences that wrap around among them",
    arguments: [0, 1, 8, 31, 40, 57, 58, 63, 64])
  func wide(bits: Int) throws {
    var random = SeededNumbers(seed: UInt64(bits))
    for count in [1, 2, 32, 33, 128, 129, 130, 1000] {
      let values = (0..<count).map { _ in Int64(truncatingIfNeeded: bits == 0 ? 0 : random.next() >> (64 - bits)) }
      #expect(try decoded(encoded(values), count: count, as: Int64.self) == values)
    }
    let extremes = (0..<300).map { [Int64.min, Int64.max, 0, -1][Int(($0 * $0) % 4)] }
    #expect(try decoded(encoded(extremes), count: 300, as: Int64.self) == extremes)
  }

  @Test("32-bit differences wrap at 32 bits and take no more")
  func narrow() throws {
    let values = (0..<300).map { [Int32.min, Int32.max, 0, 17][($0 * 7) % 4] }
    let bytes = encoded(values)
    #expect(bytes.count <= 3 + 2 + 5 + 3 * (5 + 4 + 128 * 4))
    #expect(try decoded(bytes, count: 300, as: Int32.self) == values)
  }

  @Test("A block that is not filled may end in any widths: they are not followed")
  func unusedWidths() throws {
    let bytes = shape + [3, 0, 2, 0, 99, 99, 99]
    #expect(try decoded(bytes, count: 3, as: Int64.self) == [0, 1, 2])
  }

  @Test(
    "Bytes that are no differences are errors",
    arguments: [
      ("nothing", [], 1),
      ("another count than due", shape + [2, 2, 2, 0, 0, 0, 0], 3),
      ("blocks of no values", [0, 4, 1, 14], 1),
      ("blocks of 100 values", [100, 4, 1, 14], 1),
      ("no miniblocks", [0x80, 1, 0, 1, 14], 1),
      ("miniblocks of 16 values", [0x80, 1, 8, 1, 14], 1),
      ("blocks without end", [0x80, 0x80, 0x80, 0x80, 0x08, 4, 1, 14], 1),
      ("a block that is not there", shape + [2, 2], 2),
      ("widths that are not there", shape + [2, 2, 2, 0], 2),
      ("a width of 65 bits", shape + [2, 2, 2, 65, 0, 0, 0] + [UInt8](repeating: 0, count: 260), 2),
      ("a miniblock that is cut short", shape + [2, 2, 2, 8, 0, 0, 0] + [UInt8](repeating: 0, count: 31), 2),
      ("bytes after the last block", shape + [1, 14, 0], 1),
    ] as [(String, [UInt8], Int)])
  func corrupt(what: String, bytes: [UInt8], count: Int) {
    #expect(throws: ParquetError.self, "\(what)") { try decoded(bytes, count: count, as: Int64.self) }
  }

  @Test("A width that a 32-bit column cannot have is an error there alone")
  func widthOfTheType() throws {
    let bytes = shape + [2, 2, 2, 40, 0, 0, 0] + [UInt8](repeating: 0, count: 160)
    #expect(try decoded(bytes, count: 2, as: Int64.self) == [1, 2])
    #expect(throws: ParquetError.self) { try decoded(bytes, count: 2, as: Int32.self) }
  }

  private func encoded<Value: FixedWidthInteger & SignedInteger>(_ values: [Value]) -> [UInt8] {
    var buffer = PageBuffer(capacity: 1)
    values.withUnsafeBufferPointer { encodeDelta($0, into: &buffer) }
    return Array(buffer.bytes)
  }

  private func decoded<Value: FixedWidthInteger & SignedInteger>(
    _ bytes: [UInt8], count: Int, as _: Value.Type
  ) throws -> [Value] {
    var buffer = PageBuffer()
    bytes.withUnsafeBytes { buffer.append($0) }
    var values = [Value](repeating: 0, count: count + 1)
    try values.withUnsafeMutableBufferPointer { try decodeDelta(buffer.bytes, count: count, into: $0.baseAddress!) }
    return Array(values.prefix(count))
  }
}
