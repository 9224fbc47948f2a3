/// Records by two hashes: of the id that the log declared, and of the content.
///
/// Open addressing on the id hash. Equal pairs are duplicates; equal ids with other content are conflicts.
package struct IdentitySet: Sendable {
  /// What a record is to those before it.
  package enum Verdict: Sendable { case new, conflict, duplicate }

  private var ids: [UInt64]
  private var contents: [UInt64]
  private var mask: Int
  package private(set) var count = 0

  /// An empty set with room for `capacity` records.
  package init(capacity: Int = 0) {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    ids = [UInt64](repeating: 0, count: size)
    contents = ids
    mask = size - 1
  }

  /// Adds a record and says what it is to those before it. `id` is not 0: that marks an empty slot.
  package mutating func insert(id: UInt64, content: UInt64) -> Verdict {
    precondition(id != 0)
    if (count + 1) * 4 > ids.count * 3 { grow() }
    var slot = Int(truncatingIfNeeded: id) & mask
    var seen = false
    while ids[slot] != 0 {
      if ids[slot] == id {
        if contents[slot] == content { return .duplicate }
        seen = true
      }
      slot = (slot + 1) & mask
    }
    ids[slot] = id
    contents[slot] = content
    count += 1
    return seen ? .conflict : .new
  }

  private mutating func grow() {
    var larger = IdentitySet(capacity: ids.count * 2)
    for slot in ids.indices where ids[slot] != 0 { _ = larger.insert(id: ids[slot], content: contents[slot]) }
    self = larger
  }
}
