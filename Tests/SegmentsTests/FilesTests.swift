import Segments
import TestSupport
import Testing

@Suite("Files")
struct FilesTests {
  @Test(
    "What is not read soon is written whole, wherever it begins", arguments: [0, 4096, 5],
    [1 << 20, 1 << 20 | 1, 3 << 20 | 777])
  func pastCache(offset: Int, count: Int) throws {
    let workspace = try TemporaryWorkspace()
    let path = "\(workspace.workspace.folder)/sidecar"
    var random = SeededNumbers(seed: UInt64(count))
    let bytes = (0..<offset + count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 30) }
    try bytes.withUnsafeBytes { bytes in
      try appendToFile(UnsafeRawBufferPointer(rebasing: bytes[..<offset]), to: path, at: 0)
      // What a call that was ended left behind is cut off.
      try appendToFile(UnsafeRawBufferPointer(rebasing: bytes[..<10]), to: path, at: offset)
      try appendToFile(UnsafeRawBufferPointer(rebasing: bytes[offset...]), to: path, at: offset, isReadSoon: false)
    }
    #expect(try readFile(path) == bytes)
  }
}
