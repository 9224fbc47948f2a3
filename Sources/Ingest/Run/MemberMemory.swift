package import Columns

/// The keys of ids that were seen lately: found with one look at memory, where the dictionary of a million takes three.
///
/// ```
/// entries[id's hash]    ─▶ hash, key, count, the id itself     64 bytes, one cache line; the last id seen there stays
/// ```
package struct MemberMemory: ~Copyable {
  private struct Entry {
    var hash: UInt64
    var key: Int32
    /// Bytes of the id; 0 where nothing was seen.
    var count: Int32
    var id: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  }

  private static let entryCount = 1 << 15
  /// Longer ids are always looked up.
  private static let idByteCountMax = 48
  private static let ahead = 16

  private let entries: UnsafeMutablePointer<Entry>
  /// Places among the rows of the ids that are not remembered, and their rows.
  private var places = GrowingColumn<Int32>(capacity: 1 << 13)
  private var rows = GrowingColumn<Int32>(capacity: 1 << 13)

  /// Remembers nothing.
  package init() {
    let room = UnsafeMutableRawPointer.allocate(byteCount: Self.entryCount * 64, alignment: 64)
    entries = room.bindMemory(to: Entry.self, capacity: Self.entryCount)
    entries.initialize(repeating: Entry(hash: 0, key: 0, count: 0, id: (0, 0, 0, 0, 0, 0)), count: Self.entryCount)
  }

  deinit { UnsafeMutableRawPointer(entries).deallocate() }

  /// The keys of the ids of `wanted` rows; `lookUp` writes those of the rows that it is given.
  package mutating func keys(
    for ids: RowTexts, hashes: [UInt64], rows wanted: UnsafeBufferPointer<Int32>,
    into keys: UnsafeMutablePointer<Int32>,
    lookUp: (UnsafeBufferPointer<Int32>, UnsafeMutablePointer<Int32>) throws -> Void
  ) rethrows {
    places.removeAll()
    rows.removeAll()
    try ids.bytes.withUnsafeBytes { bytes in
      try ids.ends.withUnsafeBufferPointer { ends in
        try hashes.withUnsafeBufferPointer { hashes in
          for (place, row) in wanted.enumerated() {
            let row = Int(row)
            let next = place &+ Self.ahead
            if next < wanted.count { prefetch(entry(hashes[Int(wanted[next])])) }
            let start = row == 0 ? 0 : ends[row &- 1]
            let id = UnsafeRawBufferPointer(rebasing: bytes[start..<ends[row]])
            let entry = entry(hashes[row])
            if entry.pointee.hash == hashes[row], Self.holds(entry, id) {
              keys[place] = entry.pointee.key
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
  }

  @inline(__always)
  private mutating func entry(_ hash: UInt64) -> UnsafeMutablePointer<Entry> {
    // Other bits than those by which the dictionary finds its slots.
    entries + Int(truncatingIfNeeded: hash &>> 40) & (Self.entryCount - 1)
  }

  @inline(__always)
  private static func holds(_ entry: UnsafeMutablePointer<Entry>, _ id: UnsafeRawBufferPointer) -> Bool {
    areEqual(UnsafeRawBufferPointer(start: UnsafeRawPointer(entry) + 16, count: Int(entry.pointee.count)), id)
  }

  private mutating func keep(_ id: UnsafeRawBufferPointer, hash: UInt64, key: Int32) {
    if id.isEmpty || id.count > Self.idByteCountMax { return }
    let entry = entry(hash)
    (entry.pointee.hash, entry.pointee.key, entry.pointee.count) = (hash, key, Int32(id.count))
    (UnsafeMutableRawPointer(entry) + 16).copyMemory(from: id.baseAddress!, byteCount: id.count)
  }
}
