internal import Columns
internal import Glibc

/// Records by two hashes: of the id that the log declared, and of the content.
///
/// ```
/// ids        u64 …              as they came: those of the day's file, then those that are new
/// contents   u32 …
/// slots      [ mark │ row + 1 ] u32 …     open addressing on the id; 0 is an empty slot
/// ```
/// Equal pairs are duplicates; equal ids with other content are conflicts. Of the content the upper 32 bits count, of
/// two records with one id: all 64 would take a third more on disk. A slot's mark is what it has room for of the id's
/// upper half, so that a record is looked at where it is the one, and hardly ever else. A look-up costs about one cache
/// miss, which ``prefetch(id:)`` takes ahead.
package struct IdentitySet {
  private var memory: Memory
  /// Records in the set.
  package private(set) var count = 0
  /// Of them, first ones, which are in the day's file.
  private var knownCount = 0

  /// An empty set with room for `capacity` records.
  package init(capacity: Int = 0) { memory = Memory(slotCount: Self.slotCount(capacity)) }

  /// An empty set with room for `capacity` records, in the memory of a set that is not needed any more where that is
  /// about as large: fresh memory costs twice.
  init(capacity: Int, inPlaceOf used: IdentitySet?) {
    let slotCount = Self.slotCount(capacity)
    let fits = used.map { slotCount...4 * slotCount ~= $0.memory.slotCount } ?? false
    memory = fits ? used!.memory : Memory(slotCount: slotCount)
    if fits { memory.clear() }
  }

  private static func slotCount(_ capacity: Int) -> Int {
    var count = 64
    while Memory.capacity(slotCount: count) < capacity { count *= 2 }
    return count
  }

  var newCount: Int { count - knownCount }

  /// Of memory in use.
  var byteCount: Int { memory.slotCount * 4 + count * 12 }

  /// Asks for the slot of a record that will be judged soon.
  @inline(__always)
  func prefetch(id: UInt64) { prefetchForWriting(memory.slots + (Int(truncatingIfNeeded: id) & memory.mask)) }

  /// Adds a record, unless it is a duplicate, and says what it is to those before it.
  @inline(__always)
  package mutating func judge(_ record: RecordIdentity) -> DuplicateCheck.Verdict {
    if count == memory.capacity { grow() }
    let content = UInt32(truncatingIfNeeded: record.contentHash >> 32)
    let (slots, mask) = (memory.slots, memory.mask)
    let (upper, rowBits) = (UInt32(truncatingIfNeeded: record.idHash >> 32), UInt32(truncatingIfNeeded: mask))
    var slot = Int(truncatingIfNeeded: record.idHash) & mask
    var verdict = DuplicateCheck.Verdict.new
    while slots[slot] != 0 {
      if (slots[slot] ^ upper) & ~rowBits == 0 {
        let row = Int(slots[slot] & rowBits) &- 1
        if memory.ids[row] == record.idHash {
          if memory.contents[row] == content { return .duplicate }
          verdict = .conflict
        }
      }
      slot = (slot &+ 1) & mask
    }
    memory.ids[count] = record.idHash
    memory.contents[count] = content
    count &+= 1
    slots[slot] = upper & ~rowBits | UInt32(truncatingIfNeeded: count)
    return verdict
  }

  /// The records so far are in the day's file.
  mutating func markKnown() { knownCount = count }

  /// Of the block that ``withNewBlock(_:)`` gives.
  var newBlockByteCount: Int { BlockFile.headerByteCount + newCount * 12 }

  /// Gives `body` the records that are not in the day's file as a block of it: ids, then the upper halves of their
  /// contents. They are moved together where they are: the set is of no use afterwards, but for its memory.
  consuming func withNewBlock<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let start = UnsafeMutableRawPointer(memory.ids + knownCount) - BlockFile.headerByteCount
    // Every machine that Swift runs on here is little endian; the bytes in memory are the bytes on disk.
    UnsafeMutableRawPointer(memory.ids + count).copyMemory(
      from: memory.contents + knownCount, byteCount: newCount * 4)
    let block = UnsafeMutableRawBufferPointer(start: start, count: newBlockByteCount)
    BlockFile.seal(.identities, entryCount: newCount, block)
    return try body(UnsafeRawBufferPointer(block))
  }

  private mutating func grow() {
    var larger = IdentitySet(capacity: memory.capacity + 1)
    for row in 0..<count {
      _ = larger.judge(
        RecordIdentity(idHash: memory.ids[row], contentHash: UInt64(memory.contents[row]) << 32))
    }
    larger.knownCount = knownCount
    self = larger
  }
}

/// The memory of a set; freed with the last set that uses it.
private final class Memory: @unchecked Sendable {
  /// Zeroed. Behind them lie the header of a block, ids and contents: see ``IdentitySet/withNewBlock(_:)``.
  let slots: UnsafeMutablePointer<UInt32>
  let ids: UnsafeMutablePointer<UInt64>
  let contents: UnsafeMutablePointer<UInt32>
  let slotCount: Int
  /// Records that there is room for. What no record came to is not touched, and takes no memory.
  let capacity: Int

  var mask: Int { slotCount &- 1 }

  /// - Parameter slotCount: a power of two.
  init(slotCount: Int) {
    (self.slotCount, capacity) = (slotCount, Self.capacity(slotCount: slotCount))
    let idOffset = slotCount * 4 + BlockFile.headerByteCount
    let byteCount = idOffset + capacity * 12
    let isLarge = byteCount >= 2 * Self.largePageByteCount
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: isLarge ? Self.largePageByteCount : 64)
    adviseLargePages(room, byteCount: byteCount)
    slots = room.bindMemory(to: UInt32.self, capacity: slotCount)
    ids = (room + idOffset).bindMemory(to: UInt64.self, capacity: capacity)
    contents = (room + idOffset + capacity * 8).bindMemory(to: UInt32.self, capacity: capacity)
    clear()
  }

  deinit { UnsafeMutableRawPointer(slots).deallocate() }

  func clear() { memset(slots, 0, slotCount * 4) }

  /// Five slots of eight are taken at most.
  static func capacity(slotCount: Int) -> Int { slotCount / 8 * 5 }

  private static let largePageByteCount = 2 << 20
}
