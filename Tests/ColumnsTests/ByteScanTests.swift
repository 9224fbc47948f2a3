import Columns
import TestSupport
import Testing

@Suite("Scanning bytes")
struct ByteScanTests {
  @Test(
    "The first special byte is found at every place, by both forms",
    arguments: [0x22, 0x5C, 0x00, 0x0A, 0x1F] as [UInt8])
  func special(byte: UInt8) {
    for place in 0..<100 {
      var bytes = [UInt8](repeating: 0x7F, count: 200)
      for index in bytes.indices where index % 3 == 0 { bytes[index] = 0xE4 }
      bytes[place] = byte
      bytes[place + 1] = 0x22
      bytes.withUnsafeBufferPointer { buffer in
        let start = buffer.baseAddress!
        #expect(stringSpecial(start) - start == place)
        #expect(PortableKernels.stringSpecial(start) - start == place)
      }
    }
  }

  @Test("Random bytes: both forms agree from every start")
  func specialAtRandom() {
    var random = SeededNumbers(seed: 11)
    var bytes = (0..<4000).map { _ in UInt8(truncatingIfNeeded: random.next() >> 20) }
    bytes += [0x22] + [UInt8](repeating: 0, count: 64)
    bytes.withUnsafeBufferPointer { buffer in
      for start in 0..<4000 {
        let address = buffer.baseAddress! + start
        #expect(stringSpecial(address) == PortableKernels.stringSpecial(address), "start \(start)")
      }
    }
  }

  @Test(
    "A NUL or a byte beyond ASCII is seen wherever it stands, in any length", arguments: [0, 0x80, 0xFF] as [UInt8])
  func plain(byte: UInt8) {
    for count in [0, 1, 15, 63, 64, 65, 130] {
      var bytes = [UInt8](repeating: 0x41, count: count)
      bytes.withUnsafeBytes { #expect(isPlainText($0) && PortableKernels.isPlainText($0)) }
      for place in 0..<count {
        bytes[place] = byte
        bytes.withUnsafeBytes { #expect(!isPlainText($0) && !PortableKernels.isPlainText($0), "\(place) of \(count)") }
        bytes[place] = 0x41
      }
    }
  }
}
