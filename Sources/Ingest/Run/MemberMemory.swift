package import Columns
internal import Glibc

/// The keys of ids that this call named: found with one look at memory, where the dictionary of a million takes three.
///
/// ```
/// lines[id's hash]    one cache line: two entries for ids of up to 24 bytes, or one of up to 56 where the first are longer
/// entry               key i32 │ bytes of the id i32, 0 where there is none │ the id
/// ```
/// Grows with the ids up to 64 MiB; then a new id takes the place of the one that came before those of its line. An id
/// that is not in it, or too long, is looked up in the dictionary.
package struct MemberMemory: ~Copyable {
  private static let lineByteCount = 64
  private static let lineCountMax = 1 << 20
  private static let headByteCount = 8
  private static let ahead = 24

  private var lineCount = 1 << 13
  private var room: UnsafeMutableRawPointer
  /// In `room`, where a cache line begins.
  private var lines: UnsafeMutableRawPointer
  /// 32 or 64; 0 until there is an id.
  private var entryByteCount = 0
  private var entryCount = 0
  /// Places among the rows of the ids that are not remembered, and their rows.
  private var places = GrowingColumn<Int32>(capacity: 1 << 13)
  private var rows = GrowingColumn<Int32>(capacity: 1 << 13)

  /// Remembers nothing.
  package init() { (room, lines) = Self.blankLines(lineCount) }

  deinit { free(room) }

  private static func blankLines(_ count: Int) -> (room: UnsafeMutableRawPointer, lines: UnsafeMutableRawPointer) {
    let byteCount = count * lineByteCount
    // Not cleared where the system gives pages that are blank: those that no id comes to take no memory.
    guard let room = calloc(byteCount + lineByteCount, 1) else { fatalError("there is no memory left") }
    adviseLargePages(room, byteCount: byteCount)
    return (room, room.alignedUp(toMultipleOf: lineByteCount))
  }

  /// The keys of the ids of `wanted` rows; `lookUp` writes those of the rows that it is given.
  package mutating func keys(
    for ids: RowTexts, hashes: [UInt64], rows wanted: UnsafeBufferPointer<Int32>,
    into keys: UnsafeMutablePointer<Int32>,
    lookUp: (UnsafeBufferPointer<Int32>, UnsafeMutablePointer<Int32>) throws -> Void
  ) rethrows {
    places.removeAll()
    rows.removeAll()
    if entryByteCount == 0 { settleEntries(ids, wanted) }
    try ids.bytes.withUnsafeBytes { bytes in
      try ids.ends.withUnsafeBufferPointer { ends in
        try hashes.withUnsafeBufferPointer { hashes in
          let (lines, mask, second) = (lines, lineCount &- 1, Self.lineByteCount &- entryByteCount)
          for (place, row) in wanted.enumerated() {
            let row = Int(row)
            let next = place &+ Self.ahead
            if next < wanted.count { prefetch(lines + Self.offset(hashes[Int(wanted[next])], mask)) }
            let start = row == 0 ? 0 : ends[row &- 1]
            let id = UnsafeRawBufferPointer(rebasing: bytes[start..<ends[row]])
            let line = lines + Self.offset(hashes[row], mask)
            if Self.holds(line, id) {
              keys[place] = Self.key(line)
            } else if Self.holds(line + second, id) {
              keys[place] = Self.key(line + second)
            } else {
              places.append(Int32(truncatingIfNeeded: place))
              rows.append(Int32(truncatingIfNeeded: row))
            }
          }
          try withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows.count) { found in
            guard let base = found.baseAddress else { return }
            try lookUp(UnsafeBufferPointer(start: rows.base, count: rows.count), base)
            for index in 0..<rows.count {
              let row = Int(rows.base[index])
              keys[Int(places.base[index])] = found[index]
              let start = row == 0 ? 0 : ends[row &- 1]
              keep(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[row]]), hash: hashes[row], key: found[index])
            }
          }
        }
      }
    }
    let isHalfFull = 2 * entryCount * entryByteCount > lineCount * Self.lineByteCount
    if isHalfFull, lineCount < Self.lineCountMax { grow() }
  }

  /// Ids of one log have about one length.
  private mutating func settleEntries(_ ids: RowTexts, _ rows: UnsafeBufferPointer<Int32>) {
    guard let longest = rows.lazy.map({ ids.range(of: Int($0)).count }).max() else { return }
    entryByteCount = longest <= 32 - Self.headByteCount ? 32 : 64
  }

  /// Where the line of an id lies: by other bits of its hash than those by which the dictionary finds its slots.
  @inline(__always)
  private static func offset(_ hash: UInt64, _ mask: Int) -> Int {
    (Int(truncatingIfNeeded: hash &>> 40) & mask) &* lineByteCount
  }

  @inline(__always)
  private static func key(_ entry: UnsafeMutableRawPointer) -> Int32 { entry.load(as: Int32.self) }

  @inline(__always)
  private static func id(_ entry: UnsafeMutableRawPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: entry + headByteCount, count: Int(entry.load(fromByteOffset: 4, as: Int32.self)))
  }

  @inline(__always)
  private static func holds(_ entry: UnsafeMutableRawPointer, _ id: UnsafeRawBufferPointer) -> Bool {
    !id.isEmpty && areEqual(self.id(entry), id)
  }

  private mutating func keep(_ id: UnsafeRawBufferPointer, hash: UInt64, key: Int32) {
    if id.isEmpty || id.count > entryByteCount - Self.headByteCount { return }
    let first = lines + Self.offset(hash, lineCount - 1)
    let second = first + Self.lineByteCount - entryByteCount
    // Several rows of a chunk may have brought it.
    if Self.holds(first, id) || Self.holds(second, id) { return }
    if second > first, !Self.id(first).isEmpty {
      entryCount += Self.id(second).isEmpty ? 1 : 0
      second.copyMemory(from: first, byteCount: entryByteCount)
    } else {
      entryCount += Self.id(first).isEmpty ? 1 : 0
    }
    first.storeBytes(of: key, as: Int32.self)
    first.storeBytes(of: Int32(id.count), toByteOffset: 4, as: Int32.self)
    (first + Self.headByteCount).copyMemory(from: id.baseAddress!, byteCount: id.count)
  }

  private mutating func grow() {
    let (oldRoom, oldLines, oldByteCount) = (room, lines, lineCount * Self.lineByteCount)
    (lineCount, entryCount) = (min(lineCount * 4, Self.lineCountMax), 0)
    (room, lines) = Self.blankLines(lineCount)
    // The later one of a line comes last, and stays the first.
    for line in stride(from: 0, to: oldByteCount, by: Self.lineByteCount) {
      for offset in stride(from: Self.lineByteCount - entryByteCount, through: 0, by: -entryByteCount) {
        let entry = oldLines + line + offset
        let id = Self.id(entry)
        if !id.isEmpty { keep(id, hash: byteHash(id), key: Self.key(entry)) }
      }
    }
    free(oldRoom)
  }
}
