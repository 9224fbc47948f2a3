/// Decodes runs and packed groups (RLE) a piece at a time, so that what a few bytes announce is never held whole.
struct HybridStream {
  private var cursor: ByteCursor
  private let width: Int
  /// Values of the current run that are still to come.
  private var runLeft = 0
  private var runValue: UInt32 = 0
  /// The packed values of the current run, nil in a run of one value, and how many of them are taken.
  private var packed: UnsafeRawPointer?
  private var taken = 0

  /// The runs of values of `width` bits that fill `section`; eight bytes behind it are readable.
  init(_ section: UnsafeRawBufferPointer, width: Int) throws {
    guard width <= 32 else { throw ParquetError(.corruptPage, "\(width) bits are too wide for an index or level") }
    cursor = ByteCursor(section)
    self.width = width
  }

  /// Decodes `max` values into `output`, fewer only at the end, and says how many.
  mutating func next(into output: UnsafeMutablePointer<UInt32>, max: Int) throws -> Int {
    var done = 0
    while done < max {
      if runLeft == 0, try !nextRun() { return done }
      let count = min(runLeft, max - done)
      if let packed {
        unpack(packed, count, into: output + done)
      } else {
        (output + done).update(repeating: runValue, count: count)
      }
      runLeft -= count
      done += count
    }
    return done
  }

  private mutating func unpack(_ packed: UnsafeRawPointer, _ count: Int, into output: UnsafeMutablePointer<UInt32>) {
    let mask = bitMask(width)
    var done = 0
    // Groups of eight begin at a byte; single values lead to the next of them.
    while done < count, taken & 7 != 0 {
      output[done] = UInt32(truncatingIfNeeded: unpackNarrow(packed, bit: taken * width, mask: mask))
      taken += 1
      done += 1
    }
    unpackBits(packed + taken / 8 * width, count: count - done, width: width, into: output + done)
    taken += count - done
  }

  /// Goes to the next run; false at the end.
  private mutating func nextRun() throws -> Bool {
    packed = nil
    if cursor.left == 0 {
      // Values without bits need no runs, and some writers write none.
      guard width == 0 else { return false }
      (runLeft, runValue) = (1 << 16, 0)
      return true
    }
    let header = try cursor.varint()
    guard header >= 2, header >> 1 <= UInt64(Int32.max) else {
      throw ParquetError(.corruptPage, "a run of \(header >> 1) values")
    }
    let length = Int(header >> 1)
    if header & 1 == 0 {
      runLeft = length
      runValue = try runValue(byteCount: (width + 7) >> 3)
      return true
    }
    guard width > 0 else {
      (runLeft, runValue) = (length * 8, 0)
      return true
    }
    // The last groups may be cut off behind the last value.
    let bytes = try cursor.take(min(length * width, cursor.left))
    runLeft = min(length * 8, bytes.count * 8 / width)
    (packed, taken) = (bytes.baseAddress, 0)
    if runLeft == 0 { return try nextRun() }
    return true
  }

  private mutating func runValue(byteCount: Int) throws -> UInt32 {
    var value: UInt32 = 0
    for (index, byte) in try cursor.take(byteCount).enumerated() { value |= UInt32(byte) << UInt32(index * 8) }
    return value
  }
}
