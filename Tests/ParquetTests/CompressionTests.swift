import Parquet
import Testing

@Suite struct CompressionTests {
  static let samples: [[UInt8]] = [
    [], [7], Array("to call a community together and count who is there".utf8), [UInt8](repeating: 0, count: 1_000_000),
    (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) },
  ]

  @Test("What zstd compresses comes back, and the same bytes give the same frame", arguments: samples)
  func zstd(bytes: [UInt8]) throws {
    let frame = bytes.withUnsafeBytes { Zstd.compress($0, level: 3) }
    #expect(frame == bytes.withUnsafeBytes { Zstd.compress($0, level: 3) })
    #expect(try frame.withUnsafeBytes { try Zstd.decompress($0, byteCount: bytes.count) } == bytes)
    for wrong in [bytes.count + 1, max(bytes.count - 1, 0)] where wrong != bytes.count {
      #expect(throws: ParquetError.self) { try frame.withUnsafeBytes { try Zstd.decompress($0, byteCount: wrong) } }
    }
  }

  @Test("What gzip compresses comes back, and the same bytes give the same file", arguments: samples)
  func gzip(bytes: [UInt8]) throws {
    let file = bytes.withUnsafeBytes { Gzip.compress($0, level: 6) }
    #expect(file == bytes.withUnsafeBytes { Gzip.compress($0, level: 6) })
    #expect(file.prefix(10) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], "no time, no name, no system")
    #expect(try gunzip(file, byteCountMax: bytes.count) == bytes)
    #expect(try gunzip(file, byteCountMax: 10_000_000) == bytes)
    if !bytes.isEmpty {
      #expect(throws: ParquetError.self) { try gunzip(file, byteCountMax: bytes.count - 1) }
    }
  }

  @Test("The members of a gzip file follow one another")
  func members() throws {
    let first = Self.samples[2].withUnsafeBytes { Gzip.compress($0, level: 9) }
    let second = Self.samples[1].withUnsafeBytes { Gzip.compress($0, level: 1) }
    #expect(try gunzip(first + second, byteCountMax: 1000) == Self.samples[2] + Self.samples[1])
  }

  @Test("A damaged stream, and every start of a whole one, is an error")
  func damaged() {
    let bytes = Self.samples[2]
    let file = bytes.withUnsafeBytes { Gzip.compress($0, level: 6) }
    let frame = bytes.withUnsafeBytes { Zstd.compress($0, level: 1) }
    for count in 0..<file.count {
      #expect(throws: ParquetError.self) { try gunzip(Array(file.prefix(count)), byteCountMax: 1000) }
    }
    for count in 0..<frame.count {
      #expect(throws: ParquetError.self) {
        try frame.prefix(count).withUnsafeBytes { try Zstd.decompress($0, byteCount: bytes.count) }
      }
    }
    var flipped = file
    flipped[file.count / 2] ^= 0x10
    #expect(throws: ParquetError.self) { try gunzip(flipped, byteCountMax: 1000) }
    #expect(throws: ParquetError.self) { try gunzip(file + [1, 2, 3], byteCountMax: 1000) }
  }

  private func gunzip(_ file: [UInt8], byteCountMax: Int) throws -> [UInt8] {
    try file.withUnsafeBytes { try Gzip.decompress($0, byteCountMax: byteCountMax) }
  }
}
