/// Decodes DELTA_BINARY_PACKED a piece at a time. For its blocks see `DeltaBinaryPacked.swift`.
struct DeltaStream {
  private var cursor: ByteCursor
  private let miniblocksInBlock: Int
  private let miniblockValueCount: Int
  /// Values that are still to come.
  private(set) var left: Int
  private var isFirst = true
  private var sum: UInt64
  private var least: UInt64 = 0
  private var widths: UnsafeRawBufferPointer
  /// The current miniblock among those of the block, and what is left of it.
  private var miniblock: Int
  private var miniblockLeft = 0
  private var body: UnsafeRawPointer?
  private var bit = 0

  /// The values at the front of `section`; nine bytes behind it are readable. Throws `corruptPage` or `unsupported`.
  init(_ section: UnsafeRawBufferPointer) throws {
    cursor = ByteCursor(section)
    let block = try cursor.varint()
    let miniblocks = try cursor.varint()
    let total = try cursor.varint()
    guard block > 0, miniblocks > 0, block % miniblocks == 0, block / miniblocks % 8 == 0, total <= UInt64(Int32.max)
    else { throw ParquetError(.corruptPage, "\(total) differences in blocks of \(block) in \(miniblocks) parts") }
    guard block <= UInt64(Limits.deltaBlockValueCountMax) else {
      throw ParquetError(
        .unsupported, "blocks of \(block) values; at most \(Limits.deltaBlockValueCountMax) are read",
        hint: "export the file again with the writer's default encodings")
    }
    miniblocksInBlock = Int(miniblocks)
    miniblockValueCount = Int(block / miniblocks)
    miniblock = Int(miniblocks)
    left = Int(total)
    // Nothing may stand for the first value where there is none.
    sum = left == 0 && cursor.left == 0 ? 0 : UInt64(bitPattern: try cursor.zigzag())
    widths = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Decodes at most `max` values into `output` and says how many; 0 at the end.
  mutating func next(into output: UnsafeMutablePointer<Int64>, max: Int) throws -> Int {
    var done = 0
    if isFirst, left > 0, max > 0 {
      output[0] = Int64(bitPattern: sum)
      (isFirst, done) = (false, 1)
      left -= 1
    }
    while done < max, left > 0 {
      if miniblockLeft == 0 { try nextMiniblock() }
      let count = min(max - done, miniblockLeft, left)
      add(count, into: output + done)
      done += count
      left -= count
      miniblockLeft -= count
    }
    return done
  }

  /// Goes past all values and gives the offset behind the last block.
  mutating func offsetBehind() throws -> Int {
    if isFirst, left > 0 { (isFirst, left) = (false, left - 1) }
    while left > 0 {
      if miniblockLeft == 0 { try nextMiniblock() }
      let count = min(miniblockLeft, left)
      left -= count
      miniblockLeft -= count
    }
    return cursor.offset
  }

  private mutating func nextMiniblock() throws {
    miniblock += 1
    if miniblock >= miniblocksInBlock {
      least = UInt64(bitPattern: try cursor.zigzag())
      widths = try cursor.take(miniblocksInBlock)
      miniblock = 0
    }
    let width = Int(widths[miniblock])
    guard width <= 64 else { throw ParquetError(.corruptPage, "differences of \(width) bits") }
    body = try cursor.take(width * miniblockValueCount / 8).baseAddress
    bit = 0
    miniblockLeft = miniblockValueCount
  }

  private mutating func add(_ count: Int, into output: UnsafeMutablePointer<Int64>) {
    let width = Int(widths[miniblock])
    guard width > 0, let body else {
      for index in 0..<count {
        sum &+= least
        output[index] = Int64(bitPattern: sum)
      }
      return
    }
    let mask = bitMask(width)
    for index in 0..<count {
      sum = sum &+ least &+ unpackWide(body, bit: bit, mask: mask)
      output[index] = Int64(bitPattern: sum)
      bit &+= width
    }
  }
}

/// The numbers of a `DeltaStream` one by one.
struct DeltaNumbers {
  private var stream: DeltaStream
  private var numbers: [Int64] = []
  private var position = 0

  init(_ stream: DeltaStream) { self.stream = stream }

  /// Throws `corruptPage` at the end.
  mutating func next() throws -> Int {
    if position == numbers.count {
      numbers = try [Int64](unsafeUninitializedCapacity: 128) { buffer, count in
        count = try stream.next(into: buffer.baseAddress!, max: 128)
      }
      position = 0
      guard !numbers.isEmpty else { throw ParquetError(.corruptPage, "the page holds fewer values than levels") }
    }
    defer { position += 1 }
    return Int(numbers[position])
  }
}
