import Columns
import TestSupport
import Testing

@Suite struct PackedBitsTests {
  @Test("Numbers of any width are read as they were written, between other bytes", arguments: 0...64)
  func roundTrip(width: Int) {
    var random = SeededNumbers(seed: UInt64(width + 1))
    let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    for count in [0, 1, 2, 7, 8, 9, 255, 256, 1000] {
      let numbers = (0..<count).map { _ in random.next() & mask }
      var bits = PackedBits()
      [7].withUnsafeBytes { bits.append(contentsOf: $0) }
      numbers.withUnsafeBufferPointer { bits.append($0, width: width) }
      bits.align()
      #expect(bits.bytes.count == 8 + PackedBits.byteCount(count, width: width))
      let read = [UInt64](unsafeUninitializedCapacity: count + 1) { room, filled in
        bits.bytes.withUnsafeBytes {
          PackedBits.read(
            UnsafeRawBufferPointer(rebasing: $0[8...]), count: count, width: width, into: room.baseAddress!)
        }
        filled = count
      }
      #expect(read == numbers, "\(count) numbers of \(width) bits")
    }
  }
}
