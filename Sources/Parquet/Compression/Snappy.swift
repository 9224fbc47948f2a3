// Snappy: a varint with the length of all, then elements.
//
//   tag, two lowest bits      literal 00: length - 1 in the six upper bits, or from 60 in the 1…4 bytes that follow; bytes
//                             copy 01: length - 4 in bits 2…4, distance in bits 5…7 and the next byte
//                             copy 10: length - 1 in the six upper bits, distance in two bytes
//                             copy 11: the same, distance in four bytes
//
// A copy may reach into what it writes itself: distance 1 repeats a byte.

/// Snappy, as pages are compressed with it: raw blocks without frames.
package enum Snappy {
  /// The most bytes that one compressed byte can stand for: a copy of 64 bytes takes three.
  static let expansionMax = 22

  /// The `byteCount` bytes that `block` holds.
  ///
  /// Throws `corruptStream` where it holds fewer or more, or a copy reaches before its beginning.
  package static func decompress(_ block: UnsafeRawBufferPointer, byteCount: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      try decompress(block, into: UnsafeMutableRawBufferPointer(buffer))
      count = byteCount
    }
  }

  /// Fills all of `output`; throws as the other does.
  static func decompress(_ block: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws {
    var reader = SnappyReader(input: block, output: output)
    try reader.run()
  }
}

private struct SnappyReader {
  let input: UnsafeRawBufferPointer
  let output: UnsafeMutableRawBufferPointer
  var read = 0
  var written = 0

  mutating func run() throws {
    let announced = try length()
    guard announced == output.count else {
      throw failure("a snappy block announces \(announced) bytes where \(output.count) are due")
    }
    while read < input.count {
      let tag = input[read]
      read += 1
      switch tag & 3 {
      case 0: try literal(Int(tag >> 2))
      case 1:
        let low = try number(byteCount: 1)
        try copy(Int(tag >> 2 & 7) + 4, from: Int(tag >> 5) << 8 | low)
      case 2: try copy(Int(tag >> 2) + 1, from: number(byteCount: 2))
      default: try copy(Int(tag >> 2) + 1, from: number(byteCount: 4))
      }
    }
    guard written == output.count else {
      throw failure("a snappy block holds \(written) bytes where \(output.count) were announced")
    }
  }

  private func failure(_ message: String) -> ParquetError { ParquetError(.corruptStream, message) }

  private mutating func length() throws -> Int {
    var value = 0
    for shift in stride(from: 0, through: 28, by: 7) {
      let byte = try number(byteCount: 1)
      value |= (byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw failure("a snappy block announces more than 4 GiB")
  }

  private mutating func number(byteCount: Int) throws -> Int {
    guard byteCount <= input.count - read else { throw failure("a snappy block ends early") }
    var value = 0
    for index in 0..<byteCount { value |= Int(input[read + index]) << (index * 8) }
    read += byteCount
    return value
  }

  private mutating func literal(_ short: Int) throws {
    let count = short < 60 ? short + 1 : try number(byteCount: short - 59) + 1
    guard count <= input.count - read, count <= output.count - written else {
      throw failure("a literal of \(count) bytes does not fit its snappy block")
    }
    (output.baseAddress! + written).copyMemory(from: input.baseAddress! + read, byteCount: count)
    read += count
    written += count
  }

  private mutating func copy(_ count: Int, from distance: Int) throws {
    guard distance > 0, distance <= written, count <= output.count - written else {
      throw failure("a copy of \(count) bytes from \(distance) back does not fit its snappy block")
    }
    let target = output.baseAddress! + written
    let source = target - distance
    if distance >= 8, count <= 64, output.count - written >= 72 {
      // Words that overshoot are overwritten by what follows.
      var done = 0
      while done < count {
        let word = source.loadUnaligned(fromByteOffset: done, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: done, as: UInt64.self)
        done += 8
      }
    } else {
      for index in 0..<count {
        target.storeBytes(of: source.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index, as: UInt8.self)
      }
    }
    written += count
  }
}
