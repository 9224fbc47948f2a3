internal import Columns

/// The hash that follows `hash` when a block of raw bytes comes next.
///
/// A block is first folded in eight lanes side by side, so that a processor works on all of them at once (about five
/// times as fast as one chain); the lanes, the length and the bytes behind the last whole step then follow `hash`.
///
/// ```
/// block  │ 128 bytes │ 128 bytes │ … │ fewer │
/// lane i   16 bytes of each step: laneᵢ = fold(a ^ k₁ ^ laneᵢ, b ^ k₂) ^ laneᵢ >> 29
/// ```
func blockHash(_ hash: ContentHash, followedBy block: UnsafeRawBufferPointer) -> ContentHash {
  let stepCount = block.count / stepByteCount
  return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: laneCount + 1 + stepByteCount / 8) { words in
    for lane in 0..<laneCount { words[lane] = UInt64(lane + 1) &* 0x9E37_79B9_7F4A_7C15 }
    if let base = block.baseAddress, stepCount > 0 { fold(base, stepCount: stepCount, into: words.baseAddress!) }
    for lane in 0..<laneCount { words[lane] = words[lane].littleEndian }
    words[laneCount] = UInt64(block.count).littleEndian
    let rest = UnsafeRawBufferPointer(rebasing: block[(stepCount * stepByteCount)...])
    let bytes = UnsafeMutableRawBufferPointer(words)
    UnsafeMutableRawBufferPointer(rebasing: bytes[((laneCount + 1) * 8)...]).copyMemory(from: rest)
    return hash.followed(by: UnsafeRawBufferPointer(rebasing: bytes[..<((laneCount + 1) * 8 + rest.count)]))
  }
}

private let laneCount = 8
private let stepByteCount = 128

private func fold(_ base: UnsafeRawPointer, stepCount: Int, into lanes: UnsafeMutablePointer<UInt64>) {
  for step in 0..<stepCount {
    let place = base + step &* stepByteCount
    for lane in 0..<laneCount {
      let a = UInt64(littleEndian: place.loadUnaligned(fromByteOffset: lane &* 16, as: UInt64.self))
      let b = UInt64(littleEndian: place.loadUnaligned(fromByteOffset: lane &* 16 &+ 8, as: UInt64.self))
      let old = lanes[lane]
      let product = (a ^ 0xD6E8_FEB8_6659_FD93 ^ old).multipliedFullWidth(by: b ^ 0xA076_1D64_78BD_642F)
      lanes[lane] = product.high ^ product.low ^ (old &>> 29)
    }
  }
}
