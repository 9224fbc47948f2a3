internal import Columns

/// First instants in a block of little room: neighbours are coded by what they differ in.
///
/// ```
/// unit u64                      all instants of a group are its least + a multiple of this
/// group                         up to 256 pairs of one event, keys ascending
///   event u32 │ first key u32 │ least instant i64 │ pairs u16 │ key bits u8 │ instant bits u8
///   steps between keys, less 1, bit-packed │ instants less the least, by the unit, bit-packed
/// ```
/// Instants of microseconds take about 6 bytes a pair, of seconds 4, where 16 are plain.
package enum PackedFirsts {
  private static let groupCountMax = 256
  private static let groupHeaderByteCount = 20

  /// The block of pairs whose keys ascend.
  package static func encode(_ pairs: FirstInstants.Pairs) -> [UInt8] {
    let unit = unit(of: pairs)
    var bits = PackedBits()
    withUnsafeBytes(of: unit.littleEndian) { bits.append(contentsOf: $0) }
    var start = 0
    while start < pairs.keys.count {
      var end = start + 1
      let event = pairs.keys[start] >> 32
      while end < pairs.keys.count, end - start < groupCountMax, pairs.keys[end] >> 32 == event { end += 1 }
      encodeGroup(pairs, start..<end, unit: unit, into: &bits)
      start = end
    }
    return BlockFile.encode(.packedFirsts, entryCount: pairs.keys.count, payload: bits.bytes)
  }

  /// The greatest step of which the instants of every group are multiples apart: 1 s in a log of seconds.
  private static func unit(of pairs: FirstInstants.Pairs) -> UInt64 {
    guard let least = pairs.instants.min() else { return 1 }
    var unit: UInt64 = 0
    for instant in pairs.instants {
      let step = UInt64(bitPattern: instant &- least)
      if unit == 1 { break }
      if unit == 0 || step % unit != 0 { unit = greatestCommonDivisor(unit, step) }
    }
    return max(unit, 1)
  }

  private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  private static func encodeGroup(
    _ pairs: FirstInstants.Pairs, _ range: Range<Int>, unit: UInt64, into bits: inout PackedBits
  ) {
    var least = Int64.max
    for row in range { least = min(least, pairs.instants[row]) }
    let steps = range.dropFirst().map { pairs.keys[$0] &- pairs.keys[$0 - 1] &- 1 }
    let instants = range.map { UInt64(bitPattern: pairs.instants[$0] &- least) / unit }
    let (keyBits, instantBits) = (width(steps), width(instants))
    var header: [UInt8] = []
    header.appendLittleEndian([UInt32(truncatingIfNeeded: pairs.keys[range.lowerBound] >> 32)])
    header.appendLittleEndian([UInt32(truncatingIfNeeded: pairs.keys[range.lowerBound])])
    header.appendLittleEndian(least)
    header.appendLittleEndian(UInt16(range.count))
    header += [UInt8(keyBits), UInt8(instantBits)]
    header.withUnsafeBytes { bits.append(contentsOf: $0) }
    steps.withUnsafeBufferPointer { bits.append($0, width: keyBits) }
    bits.align()
    instants.withUnsafeBufferPointer { bits.append($0, width: instantBits) }
    bits.align()
  }

  private static func width(_ numbers: [UInt64]) -> Int {
    var all: UInt64 = 0
    for number in numbers { all |= number }
    return 64 - all.leadingZeroBitCount
  }

  /// The columns of a block: nil where it is not what ``encode(_:)`` gives.
  package static func decode(_ block: BlockFile.Block) -> (members: [UInt32], events: [UInt32], instants: [Int64])? {
    let payload = block.payload
    guard payload.count >= 8, block.entryCount <= payload.count * groupCountMax else { return nil }
    let unit: UInt64 = payload.littleEndian(at: 0)
    var (members, events, instants): ([UInt32], [UInt32], [Int64]) = ([], [], [])
    members.reserveCapacity(block.entryCount)
    events.reserveCapacity(block.entryCount)
    instants.reserveCapacity(block.entryCount)
    var offset = 8
    let isSound = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: groupCountMax) { room -> Bool in
      while offset < payload.count {
        guard offset + groupHeaderByteCount <= payload.count else { return false }
        let event: UInt32 = payload.littleEndian(at: offset)
        let first: UInt32 = payload.littleEndian(at: offset + 4)
        let least: Int64 = payload.littleEndian(at: offset + 8)
        let count = Int(payload.littleEndian(at: offset + 16) as UInt16)
        let (keyBits, instantBits) = (Int(payload[offset + 18]), Int(payload[offset + 19]))
        offset += groupHeaderByteCount
        guard (1...groupCountMax).contains(count), keyBits <= 32, instantBits <= 64 else { return false }
        let keyByteCount = PackedBits.byteCount(count - 1, width: keyBits)
        let end = offset + keyByteCount + PackedBits.byteCount(count, width: instantBits)
        guard end <= payload.count else { return false }
        var key = UInt64(first)
        members.append(first)
        payload.withUnsafeBytes { bytes in
          PackedBits.read(
            UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), count: count - 1, width: keyBits,
            into: room.baseAddress!)
          for place in 0..<count - 1 {
            key &+= room[place] &+ 1
            members.append(UInt32(truncatingIfNeeded: key))
          }
          PackedBits.read(
            UnsafeRawBufferPointer(rebasing: bytes[(offset + keyByteCount)..<end]), count: count, width: instantBits,
            into: room.baseAddress!)
          for place in 0..<count {
            events.append(event)
            instants.append(least &+ Int64(truncatingIfNeeded: room[place] &* unit))
          }
        }
        guard key <= UInt64(UInt32.max) else { return false }
        offset = end
      }
      return true
    }
    return isSound && members.count == block.entryCount ? (members, events, instants) : nil
  }
}
