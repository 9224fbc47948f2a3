import Parquet
import Testing

@Suite struct BitPackingTests {
  @Test("Three-bit numbers take the bytes of the format's own example")
  func threeBits() {
    #expect(packed([0, 1, 2, 3, 4, 5, 6, 7], width: 3) == [0b1000_1000, 0b1100_0110, 0b1111_1010])
  }

  @Test(
    "Numbers begin in the lowest bits of the first byte",
    arguments: [
      ([], 7, []), ([1], 1, [1]), ([1, 0, 1], 1, [0b101]), ([0x3FF, 0], 10, [0xFF, 0x03, 0x00]),
      ([0xABCD], 16, [0xCD, 0xAB]), ([5, 6], 0, []),
    ] as [([UInt32], Int, [UInt8])])
  func small(values: [UInt32], width: Int, bytes: [UInt8]) {
    #expect(packed(values, width: width) == bytes)
  }

  @Test("What is packed in any width unpacks the same, by both forms", arguments: 0...32)
  func everyWidth(width: Int) {
    var random = SeededNumbers(seed: UInt64(width))
    for count in [0, 1, 7, 8, 9, 31, 32, 100] {
      let values = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next() & ((1 << width) - 1)) }
      var buffer = PageBuffer()
      let bytes = packed(values, width: width)
      #expect(bytes.count == (count * width + 7) / 8)
      bytes.withUnsafeBytes { buffer.append($0) }
      let unpacked = [UInt32](unsafeUninitializedCapacity: count) { output, initialized in
        guard let base = buffer.bytes.baseAddress, let output = output.baseAddress else { return }
        unpackBits(base, count: count, width: width, into: output)
        initialized = count
      }
      #expect(unpacked == values)
      let portable = [UInt32](unsafeUninitializedCapacity: count) { output, initialized in
        guard let base = buffer.bytes.baseAddress, let output = output.baseAddress else { return }
        unpackBitsPortably(base, count: count, width: width, into: output)
        initialized = count
      }
      #expect(portable == values)
    }
  }

  private func packed(_ values: [UInt32], width: Int) -> [UInt8] {
    var buffer = PageBuffer()
    let room = buffer.room(for: values.count * 4 + 8)
    let count = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { packBits($0, count: values.count, width: width, into: room) } ?? 0
    }
    buffer.advance(by: count)
    return Array(buffer.bytes)
  }
}
