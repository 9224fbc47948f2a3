extension Bitmap {
  /// The set that portable Roaring `bytes` hold; nil where they are anything else, or name a member that is not below
  /// `capacity`.
  ///
  /// Every byte is looked at: order, counts, offsets and the length must be what the format says. Costs about 1 ns a
  /// member of an array, and 1 µs a bitmap of 65,536.
  package init?(roaring bytes: UnsafeRawBufferPointer, capacity: Int) {
    self.init(capacity: capacity)
    guard formUnion(roaring: bytes, capacity: capacity) != nil else { return nil }
  }

  /// Adds the members that portable Roaring `bytes` hold, and gives how many those are; nil where the bytes are anything
  /// else or name a member that is not below `capacity`: then some may have been added.
  package mutating func formUnion(roaring bytes: UnsafeRawBufferPointer, capacity: Int) -> Int? {
    if words.count * 64 < capacity { grow(toHold: (capacity - 1) >> 6) }
    return words.withUnsafeMutableBufferPointer { words in
      guard var reader = RoaringReader(bytes) else { return nil }
      return reader.read(into: words, capacity: capacity)
    }
  }

  /// How many members portable Roaring `bytes` say they hold, by their header alone; nil where they have none.
  package static func roaringCount(_ bytes: UnsafeRawBufferPointer) -> Int? {
    RoaringReader(bytes).map { reader in (0..<reader.containerCount).reduce(0) { $0 + reader.memberCount($1) } }
  }
}

private struct RoaringReader {
  private let bytes: UnsafeRawBufferPointer
  let containerCount: Int
  private let runFlags: Int?
  private let keys: Int
  private let offsets: Int?
  private var offset: Int

  /// Nil where the header is none, or is cut short.
  init?(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    guard bytes.count >= 8 || (bytes.count >= 4 && Self.u32(bytes, 0) & 0xFFFF == RoaringFormat.runCookie) else {
      return nil
    }
    let cookie = Self.u32(bytes, 0)
    var place: Int
    if cookie & 0xFFFF == RoaringFormat.runCookie {
      containerCount = Int(cookie >> 16) + 1
      runFlags = 4
      place = 4 + (containerCount + 7) / 8
    } else {
      let count = Self.u32(bytes, 4)
      guard cookie == RoaringFormat.cookie, count <= 65536 else { return nil }
      containerCount = Int(count)
      runFlags = nil
      place = 8
    }
    keys = place
    place += containerCount * 4
    if runFlags == nil || containerCount >= RoaringFormat.offsetContainerCountMin {
      offsets = place
      place += containerCount * 4
    } else {
      offsets = nil
    }
    guard place <= bytes.count else { return nil }
    offset = place
  }

  private static func u32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func u16(_ offset: Int) -> Int {
    Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  private func key(_ container: Int) -> Int { u16(keys + container * 4) }

  func memberCount(_ container: Int) -> Int { u16(keys + container * 4 + 2) + 1 }

  private func isRuns(_ container: Int) -> Bool {
    guard let runFlags else { return false }
    return bytes[runFlags + container / 8] & (1 << UInt8(container % 8)) != 0
  }

  /// Sets the bits of all members in `words`, and counts them; nil where anything is not as the format says.
  mutating func read(into words: UnsafeMutableBufferPointer<UInt64>, capacity: Int) -> Int? {
    var (lastKey, total) = (-1, 0)
    for container in 0..<containerCount {
      let key = key(container)
      if key <= lastKey || key << 16 >= capacity { return nil }
      if let offsets, Int(Self.u32(bytes, offsets + container * 4)) != offset { return nil }
      lastKey = key
      // Words of the container that the room has, and members below its end.
      let target = UnsafeMutableBufferPointer(rebasing: words[(key << 10)..<min((key + 1) << 10, words.count)])
      let limit = min(65536, capacity - key << 16)
      let count = memberCount(container)
      let isSound =
        isRuns(container)
        ? readRuns(count, into: target, limit: limit)
        : count <= RoaringFormat.arrayCountMax
          ? readArray(count, into: target, limit: limit) : readBitmap(count, into: target, limit: limit)
      if !isSound { return nil }
      total += count
    }
    return offset == bytes.count ? total : nil
  }

  private mutating func readArray(_ count: Int, into words: UnsafeMutableBufferPointer<UInt64>, limit: Int) -> Bool {
    guard offset + count * 2 <= bytes.count else { return false }
    // They ascend, so that the last one tells whether all are below the limit.
    guard u16(offset + (count - 1) * 2) < limit else { return false }
    var (last, isAscending) = (-1, true)
    for place in 0..<count {
      let member = u16(offset &+ place &* 2)
      if member <= last || member >= limit {
        isAscending = false
        break
      }
      words[member >> 6] |= 1 << UInt64(member & 63)
      last = member
    }
    offset += count * 2
    return isAscending
  }

  private mutating func readBitmap(_ count: Int, into words: UnsafeMutableBufferPointer<UInt64>, limit: Int) -> Bool {
    guard offset + RoaringFormat.bitmapByteCount <= bytes.count else { return false }
    var found = 0
    for place in 0..<RoaringFormat.bitmapWordCount {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ place &* 8, as: UInt64.self))
      if place < words.count {
        words[place] |= word
      } else if word != 0 {
        return false
      }
      found &+= word.nonzeroBitCount
    }
    offset += RoaringFormat.bitmapByteCount
    // Capacity may end within the last word.
    let isBelow = limit & 63 == 0 || limit >> 6 >= words.count || words[limit >> 6] >> UInt64(limit & 63) == 0
    return found == count && isBelow
  }

  private mutating func readRuns(_ count: Int, into words: UnsafeMutableBufferPointer<UInt64>, limit: Int) -> Bool {
    guard offset + 2 <= bytes.count else { return false }
    let runCount = u16(offset)
    guard offset + 2 + runCount * 4 <= bytes.count else { return false }
    var (next, found) = (0, 0)
    for run in 0..<runCount {
      let (first, length) = (u16(offset + 2 + run * 4), u16(offset + 4 + run * 4) + 1)
      if first < next || first + length > limit { return false }
      fill(words, first..<first + length)
      // Runs that touch are one run.
      next = first + length + 1
      found += length
    }
    offset += 2 + runCount * 4
    return found == count
  }

  private func fill(_ words: UnsafeMutableBufferPointer<UInt64>, _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, (start | 63) + 1)
      let bits: UInt64 = end - start == 64 ? .max : (1 << UInt64(end - start)) - 1
      words[start >> 6] |= bits << UInt64(start & 63)
      start = end
    }
  }
}
