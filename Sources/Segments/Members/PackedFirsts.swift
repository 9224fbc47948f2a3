internal import Columns

/// First instants in blocks of little room: neighbours are coded by what they differ in. Many blocks, so that all cores
/// read, and none of them takes much memory.
///
/// ```
/// unit u64                      all instants of a group are its least + a multiple of this
/// group                         up to 256 pairs of one event, keys ascending
///   event u32 │ first key u32 │ least instant i64 │ pairs u16 │ key bits u8 │ instant bits u8
///   steps between keys, less 1, bit-packed │ instants less the least, by the unit, bit-packed
/// ```
/// Instants of microseconds take about 6 bytes a pair, of seconds 4, where 16 are plain.
package enum PackedFirsts {
  private static let blockPairCountMax = 1 << 17
  private static let groupCountMax = 256
  private static let groupHeaderByteCount = 20

  /// The blocks of pairs whose keys ascend.
  package static func encode(_ pairs: FirstInstants.Pairs) -> [[UInt8]] {
    let starts = Array(stride(from: 0, to: pairs.keys.count, by: blockPairCountMax))
    return onAllCores(starts.count) { place in
      block(pairs, starts[place]..<min(starts[place] + blockPairCountMax, pairs.keys.count))
    }
  }

  private static func block(_ pairs: FirstInstants.Pairs, _ rows: Range<Int>) -> [UInt8] {
    let unit = unit(of: pairs.instants[rows])
    var bits = PackedBits()
    withUnsafeBytes(of: unit.littleEndian) { bits.append(contentsOf: $0) }
    var start = rows.lowerBound
    while start < rows.upperBound {
      var end = start + 1
      let event = pairs.keys[start] >> 32
      while end < rows.upperBound, end - start < groupCountMax, pairs.keys[end] >> 32 == event { end += 1 }
      encodeGroup(pairs, start..<end, unit: unit, into: &bits)
      start = end
    }
    return BlockFile.encode(.packedFirsts, entryCount: rows.count, payload: bits.bytes)
  }

  /// The greatest step of which the instants of every group are multiples apart: 1 s in a log of seconds.
  private static func unit(of instants: ArraySlice<Int64>) -> UInt64 {
    guard let least = instants.min() else { return 1 }
    var unit: UInt64 = 0
    for instant in instants {
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
    var instants = range.map { UInt64(bitPattern: pairs.instants[$0] &- least) }
    // Division is slow, and seldom needed.
    if unit > 1 { for place in instants.indices { instants[place] /= unit } }
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

  /// A group as its header describes it.
  private struct Group {
    let event: UInt32
    let firstMember: UInt32
    let least: Int64
    let count: Int
    let keyBits: Int
    let instantBits: Int
    /// Where the steps between keys begin, where the instants do, and where the group ends.
    let keyOffset: Int
    let instantOffset: Int
    let end: Int

    var firstKey: UInt64 { PackedFirsts.key(event, firstMember) }

    /// nil where no group begins at `offset`.
    init?(at offset: Int, of bytes: UnsafeRawBufferPointer) {
      guard offset + groupHeaderByteCount <= bytes.count else { return nil }
      func number<Number: FixedWidthInteger>(_ place: Int) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + place, as: Number.self))
      }
      (event, firstMember, least) = (number(0), number(4), number(8))
      count = Int(number(16) as UInt16)
      (keyBits, instantBits) = (Int(bytes[offset + 18]), Int(bytes[offset + 19]))
      keyOffset = offset + groupHeaderByteCount
      instantOffset = keyOffset + PackedBits.byteCount(count - 1, width: keyBits)
      end = instantOffset + PackedBits.byteCount(count, width: instantBits)
      guard (1...groupCountMax).contains(count), keyBits <= 32, instantBits <= 64, end <= bytes.count else {
        return nil
      }
    }

    /// The keys but the first, each as its step from the one before, less 1.
    func steps(_ bytes: UnsafeRawBufferPointer, into room: UnsafeMutablePointer<UInt64>) {
      PackedBits.read(
        UnsafeRawBufferPointer(rebasing: bytes[keyOffset..<end]), count: count - 1, width: keyBits, into: room)
    }

    func instant(_ place: Int, unit: UInt64, _ bytes: UnsafeRawBufferPointer) -> Int64 {
      let packed = UnsafeRawBufferPointer(rebasing: bytes[instantOffset..<end])
      return least &+ Int64(truncatingIfNeeded: PackedBits.number(at: place, of: packed, width: instantBits) &* unit)
    }
  }

  private static func key(_ event: UInt32, _ member: UInt32) -> UInt64 { UInt64(event) << 32 | UInt64(member) }

  /// The unit of a block; nil where it cannot be one.
  private static func unit(of block: BlockFile.Block) -> UInt64? {
    guard block.payload.count >= 8, block.entryCount <= block.payload.count * groupCountMax else { return nil }
    return block.payload.littleEndian(at: 0)
  }

  /// The columns of a block: nil where it is not what ``encode(_:)`` gives.
  package static func decode(_ block: BlockFile.Block) -> (members: [UInt32], events: [UInt32], instants: [Int64])? {
    guard let unit = unit(of: block) else { return nil }
    var (members, events, instants): ([UInt32], [UInt32], [Int64]) = ([], [], [])
    members.reserveCapacity(block.entryCount)
    events.reserveCapacity(block.entryCount)
    instants.reserveCapacity(block.entryCount)
    let isSound = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: groupCountMax) { steps -> Bool in
      block.payload.withUnsafeBytes { bytes -> Bool in
        var offset = 8
        while offset < bytes.count {
          guard let group = Group(at: offset, of: bytes) else { return false }
          offset = group.end
          group.steps(bytes, into: steps.baseAddress!)
          var member = UInt64(group.firstMember)
          for place in 0..<group.count {
            members.append(UInt32(truncatingIfNeeded: member))
            events.append(group.event)
            instants.append(group.instant(place, unit: unit, bytes))
            if place < group.count - 1 { member &+= steps[place] &+ 1 }
          }
          guard member <= UInt64(UInt32.max) else { return false }
        }
        return true
      }
    }
    return isSound && members.count == block.entryCount ? (members, events, instants) : nil
  }

  /// The rows of `pairs` of which the block holds one as early, ascending.
  ///
  /// Reads the keys of groups that may hold one, about 2 ns each, and of those that do their instants.
  /// - Returns: nil where the block is not what ``encode(_:)`` gives, as far as was looked.
  static func find(_ pairs: FirstInstants.Pairs, in block: BlockFile.Block) -> [Int]? {
    guard let unit = unit(of: block) else { return nil }
    let rowCount = pairs.keys.count
    var known: [Int] = []
    let isSound = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: groupCountMax) { steps -> Bool in
      block.payload.withUnsafeBytes { bytes -> Bool in
        var (row, offset) = (0, 8)
        while offset < bytes.count, row < rowCount {
          guard let group = Group(at: offset, of: bytes) else { return false }
          offset = group.end
          row = pairs.row(ofKeyFrom: group.firstKey, after: row)
          // The next group begins at that pair or before it: it is not in this one.
          if row >= rowCount { break }
          if let next = Group(at: offset, of: bytes), next.firstKey <= pairs.keys[row] { continue }
          group.steps(bytes, into: steps.baseAddress!)
          var key = group.firstKey
          for place in 0..<group.count {
            if place > 0 { key &+= steps[place &- 1] &+ 1 }
            row = pairs.row(ofKeyFrom: key, after: row)
            if row >= rowCount { break }
            if pairs.keys[row] == key, group.instant(place, unit: unit, bytes) <= pairs.instants[row] {
              known.append(row)
              row &+= 1
            }
          }
        }
        return true
      }
    }
    return isSound ? known : nil
  }
}
