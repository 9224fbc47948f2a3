/// Records by two hashes: of the id that the log declared, and of the content.
///
/// Open addressing on the id hash. Equal pairs are duplicates; equal ids with other content are conflicts.
package struct IdentitySet: Sendable {
  /// What a record is to those before it.
  package enum Verdict: Sendable { case new, conflict, duplicate }

  /// Id hash and content hash side by side: a look-up costs about one cache miss. An id of 0 marks an empty slot.
  private var slots: [SIMD2<UInt64>]
  private var mask: Int
  package private(set) var count = 0

  /// An empty set with room for `capacity` records.
  package init(capacity: Int = 0) {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    slots = [SIMD2<UInt64>](repeating: .zero, count: size)
    mask = size - 1
  }

  /// Adds a record and says what it is to those before it. `id` is not 0: that marks an empty slot.
  package mutating func insert(id: UInt64, content: UInt64) -> Verdict {
    precondition(id != 0)
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let verdict = slots.withUnsafeMutableBufferPointer { slots -> Verdict in
      var slot = Int(truncatingIfNeeded: id) & mask
      var seen = false
      while slots[slot].x != 0 {
        if slots[slot].x == id {
          if slots[slot].y == content { return .duplicate }
          seen = true
        }
        slot = (slot + 1) & mask
      }
      slots[slot] = SIMD2(id, content)
      return seen ? .conflict : .new
    }
    if verdict != .duplicate { count += 1 }
    return verdict
  }

  private mutating func grow() {
    var larger = IdentitySet(capacity: slots.count * 2)
    for slot in slots where slot.x != 0 { _ = larger.insert(id: slot.x, content: slot.y) }
    self = larger
  }
}
