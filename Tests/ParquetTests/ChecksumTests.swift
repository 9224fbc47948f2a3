import Parquet
import TestSupport
import Testing

@Suite struct ChecksumTests {
  @Test("The check value of CRC-32")
  func golden() {
    #expect(Array("123456789".utf8).withUnsafeBytes { checksum($0) } == 0xCBF4_3926)
    #expect([UInt8]().withUnsafeBytes { checksum($0) } == 0)
  }

  @Test("Folded bytes have the checksum of bytes taken one after another, of any length and from any address")
  func folded() {
    var random = SeededNumbers(seed: 3)
    let bytes = (0..<700).map { _ in UInt8(truncatingIfNeeded: random.next() >> 17) }
    bytes.withUnsafeBytes { bytes in
      for start in [0, 1, 5, 16] {
        for count in Array(0...200) + [255, 256, 257, 511, 512, 640, 683] {
          let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
          #expect(checksum(part) == checksum(part, after: 0), "\(count) bytes from \(start)")
        }
      }
    }
  }
}
