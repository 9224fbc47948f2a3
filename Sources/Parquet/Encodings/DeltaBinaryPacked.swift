// DELTA_BINARY_PACKED: each integer as the difference from the one before, in blocks of 128.
//
//   header   varint 128   varint 4   varint count   zigzag first value
//   block    zigzag least difference   4 widths, a byte each   4 miniblocks of 32 packed values
//
// A packed value is a difference less the block's least. The last miniblock is filled up with zeros; the ones
// after it have width 0 and no bytes. All arithmetic wraps around, so any sequence comes back.

import Columns

private let blockCount = 128
private let miniblockCount = 32

/// Appends `values`; of a 32-bit type the differences wrap at 32 bits, so none is wider than its type.
package func encodeDelta<Value: FixedWidthInteger & SignedInteger>(
  _ values: UnsafeBufferPointer<Value>, into page: inout PageBuffer
) {
  page.appendVarint(UInt64(blockCount))
  page.appendVarint(UInt64(blockCount / miniblockCount))
  page.appendVarint(UInt64(values.count))
  page.appendZigzag(Int64(values.first ?? 0))
  guard let base = values.baseAddress else { return }
  withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockCount) { offsets in
    var start = 1
    while start < values.count {
      let count = min(blockCount, values.count - start)
      appendBlock(base + start, count: count, offsets: offsets.baseAddress!, into: &page)
      start += count
    }
  }
}

/// Appends the block of `count` values at `values`, the one before which is read too.
@inline(__always)
private func appendBlock<Value: FixedWidthInteger & SignedInteger>(
  _ values: UnsafePointer<Value>, count: Int, offsets: UnsafeMutablePointer<UInt64>, into page: inout PageBuffer
) {
  var least = Value.max
  for index in 0..<count {
    let difference = values[index] &- values[index &- 1]
    if difference < least { least = difference }
  }
  for index in 0..<count {
    let offset = values[index] &- values[index &- 1] &- least
    offsets[index] = UInt64(truncatingIfNeeded: Value.Magnitude(truncatingIfNeeded: offset))
  }
  (offsets + count).update(repeating: 0, count: blockCount - count)

  page.appendZigzag(Int64(least))
  let room = page.room(for: 4 + blockCount * 8)
  var body = room + 4
  for miniblock in 0..<blockCount / miniblockCount {
    let first = offsets + miniblock * miniblockCount
    var bits: UInt64 = 0
    for index in 0..<miniblockCount { bits |= first[index] }
    let width = bitWidth(bits)
    room.storeBytes(of: UInt8(width), toByteOffset: miniblock, as: UInt8.self)
    body += packBits(first, count: miniblockCount, width: width, into: body)
  }
  page.advance(by: body - room)
}

/// Decodes the `count` values that fill `section`, into `output`.
///
/// Nine bytes behind `section` are readable. Throws `corruptPage` where it holds fewer or more.
package func decodeDelta<Value: FixedWidthInteger & SignedInteger>(
  _ section: UnsafeRawBufferPointer, count: Int, into output: UnsafeMutablePointer<Value>
) throws {
  var cursor = ByteCursor(section)
  let (miniblocks, miniblockCount) = try readShape(&cursor, count: count)
  let first = try cursor.zigzag()
  var previous = UInt64(bitPattern: first)
  if count > 0 { output[0] = Value(truncatingIfNeeded: first) }
  var done = 1
  while done < count {
    let least = UInt64(bitPattern: try cursor.zigzag())
    let widths = try cursor.take(miniblocks)
    for width in widths where done < count {
      let width = Int(width)
      guard width <= Value.bitWidth else {
        throw ParquetError(.corruptPage, "differences of \(width) bits in a column of \(Value.bitWidth)")
      }
      let body = try cursor.take(width * miniblockCount / 8)
      let taken = min(miniblockCount, count - done)
      addOffsets(body, count: taken, width: width, least: least, previous: &previous, into: output + done)
      done += taken
    }
  }
  guard cursor.left == 0 else { throw ParquetError(.corruptPage, "\(cursor.left) bytes follow the last block") }
}

/// The miniblocks in a block and the values in a miniblock.
private func readShape(_ cursor: inout ByteCursor, count: Int) throws -> (miniblocks: Int, valueCount: Int) {
  let block = try cursor.varint()
  let miniblocks = try cursor.varint()
  let total = try cursor.varint()
  guard total == UInt64(count) else {
    throw ParquetError(.corruptPage, "\(total) differences where \(count) are due")
  }
  guard block > 0, block % 128 == 0, miniblocks > 0, block % miniblocks == 0, block / miniblocks % 32 == 0 else {
    throw ParquetError(.corruptPage, "blocks of \(block) values in \(miniblocks) parts")
  }
  guard block <= UInt64(Limits.deltaBlockValueCountMax) else {
    throw ParquetError(.unsupported, "blocks of \(block) values; at most \(Limits.deltaBlockValueCountMax) are read")
  }
  return (Int(miniblocks), Int(block / miniblocks))
}

/// Writes the running sum of `count` packed offsets, each with `least` added.
@inline(__always)
private func addOffsets<Value: FixedWidthInteger>(
  _ body: UnsafeRawBufferPointer, count: Int, width: Int, least: UInt64, previous: inout UInt64,
  into output: UnsafeMutablePointer<Value>
) {
  var sum = previous
  defer { previous = sum }
  guard width > 0, let input = body.baseAddress else {
    for index in 0..<count {
      sum &+= least
      output[index] = Value(truncatingIfNeeded: sum)
    }
    return
  }
  let mask = bitMask(width)
  var index = 0
  if Value.self == Int32.self {
    var narrow = UInt32(truncatingIfNeeded: sum)
    index = output.withMemoryRebound(to: Int32.self, capacity: count) {
      WideKernels.addOffsets(
        input, count: count, width: width, least: UInt32(truncatingIfNeeded: least), previous: &narrow, into: $0)
    }
    if index > 0 { sum = UInt64(narrow) }
  }
  var bit = index &* width
  if width <= 57 {
    while index < count {
      sum = sum &+ least &+ unpackNarrow(input, bit: bit, mask: mask)
      output[index] = Value(truncatingIfNeeded: sum)
      index &+= 1
      bit &+= width
    }
  } else {
    while index < count {
      sum = sum &+ least &+ unpackWide(input, bit: bit, mask: mask)
      output[index] = Value(truncatingIfNeeded: sum)
      index &+= 1
      bit &+= width
    }
  }
}
