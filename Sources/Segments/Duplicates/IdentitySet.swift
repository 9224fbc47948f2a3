internal import Columns
internal import Glibc

/// Records by two hashes: of the id that the log declared, and of the content.
///
/// ```
/// slots    [ id, content · isNew ]  …     open addressing on the id hash; an id of 0 marks an empty slot
/// ```
/// Equal pairs are duplicates; equal ids with other content are conflicts. Of the content the upper 32 bits count, of
/// two records with one id: all 64 would take a third more on disk. The lowest bit says whether the record is not yet
/// in the day's file. A look-up costs about one cache miss, which ``prefetch(id:)`` takes ahead.
package struct IdentitySet {
  private var memory: SlotMemory
  private var mask: Int
  /// Records in the set.
  package private(set) var count = 0
  private(set) var newCount = 0
  /// Of memory.
  var byteCount: Int { (mask + 1) * MemoryLayout<SIMD2<UInt64>>.stride }

  /// An empty set with room for `capacity` records.
  package init(capacity: Int = 0) {
    let size = Self.slotCount(capacity)
    memory = SlotMemory(size)
    mask = size - 1
  }

  private static func slotCount(_ capacity: Int) -> Int {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    return size
  }

  /// An empty set with room for `capacity` records, in the memory of a set that is not needed any more where that is
  /// as large: fresh memory costs twice.
  init(capacity: Int, inPlaceOf used: IdentitySet?) {
    let size = Self.slotCount(capacity)
    let isAsLarge = used?.mask == size - 1
    memory = isAsLarge ? used!.memory : SlotMemory(size)
    if isAsLarge { memory.clear(size) }
    mask = size - 1
  }

  /// Asks for the slot of a record that will be judged soon.
  @inline(__always)
  func prefetch(id: UInt64) { prefetchForWriting(memory.slots + (Int(truncatingIfNeeded: id) & mask)) }

  /// Adds a record, unless it is a duplicate, and says what it is to those before it.
  /// - Parameter isNew: it is not in the day's file.
  @inline(__always)
  package mutating func judge(_ record: RecordIdentity, isNew: Bool) -> DuplicateCheck.Verdict {
    if (count &+ 1) &* 4 > (mask &+ 1) &* 3 { grow() }
    let content = record.contentHash & ~0xFFFF_FFFF
    let slots = memory.slots
    var slot = Int(truncatingIfNeeded: record.idHash) & mask
    var verdict = DuplicateCheck.Verdict.new
    while slots[slot].x != 0 {
      if slots[slot].x == record.idHash {
        if (slots[slot].y ^ content) >> 32 == 0 { return .duplicate }
        verdict = .conflict
      }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = SIMD2(record.idHash, isNew ? content | 1 : content)
    count &+= 1
    if isNew { newCount &+= 1 }
    return verdict
  }

  /// The records that are not in the day's file as a block of it: ids, then the upper halves of their contents.
  var newBlock: [UInt8] {
    BlockFile.encode(.identities, entryCount: newCount, payloadByteCount: newCount * 12) { room in
      var row = 0
      for slot in 0...mask where memory.slots[slot].y & 1 == 1 {
        room.storeBytes(of: memory.slots[slot].x.littleEndian, toByteOffset: row * 8, as: UInt64.self)
        let content = UInt32(truncatingIfNeeded: memory.slots[slot].y >> 32)
        room.storeBytes(of: content.littleEndian, toByteOffset: newCount * 8 + row * 4, as: UInt32.self)
        row += 1
      }
    }
  }

  private mutating func grow() {
    var larger = IdentitySet(capacity: (mask + 1) * 3 / 2)
    for slot in 0...mask where memory.slots[slot].x != 0 {
      let record = RecordIdentity(idHash: memory.slots[slot].x, contentHash: memory.slots[slot].y)
      _ = larger.judge(record, isNew: memory.slots[slot].y & 1 == 1)
    }
    self = larger
  }
}

/// The slots of a set, zeroed; freed with the last set that uses them.
private final class SlotMemory: @unchecked Sendable {
  let slots: UnsafeMutablePointer<SIMD2<UInt64>>

  init(_ count: Int) {
    let size = count * MemoryLayout<SIMD2<UInt64>>.stride
    let isLarge = size >= 2 * Self.largePageByteCount
    let room = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: isLarge ? Self.largePageByteCount : 64)
    adviseLargePages(room, byteCount: size)
    memset(room, 0, size)
    slots = room.bindMemory(to: SIMD2<UInt64>.self, capacity: count)
  }

  deinit { UnsafeMutableRawPointer(slots).deallocate() }

  func clear(_ count: Int) { memset(slots, 0, count * MemoryLayout<SIMD2<UInt64>>.stride) }

  private static let largePageByteCount = 2 << 20
}
