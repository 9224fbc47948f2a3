// RLE: runs of one value, and packed groups of eight, of numbers of a width known beforehand.
//
//   run of one value    varint(length * 2)          the value in whole bytes
//   packed values       varint(groups * 2 + 1)      groups × width bytes
//
// The last group of a section is filled up with zeros.

/// From which length a run of one value is smaller than packing it, with what it costs to interrupt packing.
private func runLengthMin(width: Int) -> Int {
  switch width {
  case 0: 1
  case 1: 32
  case 2...3: 16
  default: 8
  }
}

/// Appends `values`, none wider than `width` bits (0…32).
package func encodeHybrid(_ values: UnsafeBufferPointer<UInt32>, width: Int, into page: inout PageBuffer) {
  guard let base = values.baseAddress else { return }
  let count = values.count
  let runMin = runLengthMin(width: width)
  var packedFrom = 0
  var index = 0
  // Packed values before a run are whole groups of eight, so a run begins with a group, too.
  while index < count {
    if runMin >= 8, index &+ 8 <= count, !isOneValue(base + index) {
      index &+= 8
      continue
    }
    let value = base[index]
    var end = index &+ 1
    while end < count && base[end] == value { end &+= 1 }
    if end &- index >= runMin {
      appendPacked(base + packedFrom, count: index - packedFrom, width: width, into: &page)
      appendRun(of: value, count: end - index, width: width, into: &page)
      (packedFrom, index) = (end, end)
    } else {
      index &+= 8
    }
  }
  appendPacked(base + packedFrom, count: count - packedFrom, width: width, into: &page)
}

/// Whether the eight values at `group` are the same: no guess of the processor for each of them.
@inline(__always)
private func isOneValue(_ group: UnsafePointer<UInt32>) -> Bool {
  var differing: UInt32 = 0
  for place in 1..<8 { differing |= group[place] ^ group[0] }
  return differing == 0
}

/// Appends one run of `count` times `value`.
func appendRun(of value: UInt32, count: Int, width: Int, into page: inout PageBuffer) {
  page.appendVarint(UInt64(count) << 1)
  let byteCount = (width + 7) >> 3
  page.room(for: 4).storeBytes(of: value.littleEndian, as: UInt32.self)
  page.advance(by: byteCount)
}

private func appendPacked(_ values: UnsafePointer<UInt32>, count: Int, width: Int, into page: inout PageBuffer) {
  if count == 0 { return }
  let groups = (count + 7) >> 3
  page.appendVarint(UInt64(groups) << 1 | 1)
  let room = page.room(for: groups * width)
  let packed = packBits(values, count: count, width: width, into: room)
  (room + packed).initializeMemory(as: UInt8.self, repeating: 0, count: groups * width - packed)
  page.advance(by: groups * width)
}

/// Decodes `count` values of `width` bits (0…32) that fill `section`, into `output`.
///
/// Eight bytes behind `section` are readable. Throws `corruptPage` where the runs hold fewer values, one of them
/// is longer than what is due, or bytes of the section are left over.
package func decodeHybrid(
  _ section: UnsafeRawBufferPointer, count: Int, width: Int, into output: UnsafeMutablePointer<UInt32>
) throws {
  var done = 0
  try forEachHybridRun(section, count: count, width: width) { part in
    switch part {
    case .run(let value, let count):
      (output + done).update(repeating: value, count: count)
      done += count
    case .packed(let bytes, let count):
      if let base = bytes.baseAddress {
        unpackBits(base, count: count, width: width, into: output + done)
      } else {
        (output + done).update(repeating: 0, count: count)
      }
      done += count
    }
  }
}

/// What RLE is made of.
enum HybridPart {
  case run(of: UInt32, count: Int)
  /// Packed values, without bytes where they have no bits.
  case packed(UnsafeRawBufferPointer, count: Int)
}

/// Calls `body` with the parts of `section`, which hold `count` values of `width` bits; throws as `decodeHybrid` does.
@inline(__always)
func forEachHybridRun(
  _ section: UnsafeRawBufferPointer, count: Int, width: Int, _ body: (HybridPart) throws -> Void
) throws {
  guard width <= 32 else { throw ParquetError(.corruptPage, "\(width) bits are too wide for an index") }
  var cursor = ByteCursor(section)
  var done = 0
  while done < count {
    let header = try cursor.varint()
    guard header >= 2, header >> 1 <= UInt64(Int32.max) else {
      throw ParquetError(.corruptPage, "a run of \(header >> 1) values")
    }
    let length = Int(header >> 1)
    if header & 1 == 0 {
      let value = try runValue(&cursor, width: width)
      guard length <= count - done else {
        throw ParquetError(.corruptPage, "a run of \(length) values where \(count - done) are due")
      }
      try body(.run(of: value, count: length))
      done += length
    } else {
      let packed = try cursor.take(length * width)
      // The last groups may be filled up; some writers fill up to 32 values.
      let packedCount = min(length * 8, count - done)
      try body(.packed(packed, count: packedCount))
      done += packedCount
    }
  }
  guard cursor.left == 0 else { throw ParquetError(.corruptPage, "\(cursor.left) bytes follow the last run") }
}

private func runValue(_ cursor: inout ByteCursor, width: Int) throws -> UInt32 {
  var value: UInt32 = 0
  for (index, byte) in try cursor.take((width + 7) >> 3).enumerated() {
    value |= UInt32(byte) << UInt32(index * 8)
  }
  guard width == 32 || value >> UInt32(width) == 0 else {
    throw ParquetError(.corruptPage, "the value \(value) is wider than \(width) bits")
  }
  return value
}
