internal import Columns

/// Distinct members: a list while few, a bitmap once that is smaller.
///
/// Members that come in ascending order, as segments give them, cost one comparison each.
package struct MemberSet: Sendable {
  private var list: [UInt32] = []
  private(set) var bitmap: Bitmap?
  private var isSorted = true
  private let memberCount: Int

  /// A set over the keys `0..<memberCount`.
  package init(memberCount: Int) { self.memberCount = memberCount }

  /// The set that a bitmap holds.
  init(_ bitmap: Bitmap, memberCount: Int) {
    self.memberCount = memberCount
    self.bitmap = bitmap
  }

  /// Past this many entries a list takes more memory than a bitmap.
  private var listCountMax: Int { max(1024, memberCount / 32) }

  /// Adds `member`; ascending order costs one comparison.
  package mutating func insert(_ member: UInt32) {
    if bitmap != nil {
      bitmap!.insert(member)
      return
    }
    if let last = list.last {
      if member == last { return }
      if member < last { isSorted = false }
    }
    list.append(member)
    if list.count > listCountMax { compact() }
  }

  /// Adds all of `members`, some of which may be there.
  mutating func insert(_ members: UnsafeBufferPointer<UInt32>) {
    if bitmap == nil, list.count + members.count <= listCountMax {
      for member in members { insert(member) }
      return
    }
    var bits = bits
    (bitmap, list, isSorted) = (nil, [], true)
    bits.insert(members)
    bitmap = bits
  }

  private mutating func compact() {
    finish()
    guard list.count > listCountMax / 2 else { return }
    var bits = Bitmap(capacity: memberCount)
    for member in list { bits.insert(member) }
    bitmap = bits
    list = []
  }

  /// Orders the list and drops repetitions; call before reading.
  package mutating func finish() {
    if isSorted { return }
    list.sort()
    var kept = 0
    for index in list.indices where index == 0 || list[index] != list[kept - 1] {
      list[kept] = list[index]
      kept += 1
    }
    list.removeLast(list.count - kept)
    isSorted = true
  }

  /// How many members; the set must be finished.
  package var count: Int {
    precondition(isSorted)
    return bitmap?.count ?? list.count
  }

  /// Calls `body` with each member once, ascending; the set must be finished.
  package func forEach(_ body: (UInt32) -> Void) {
    precondition(isSorted)
    if let bitmap { bitmap.forEach(body) } else { list.forEach(body) }
  }

  /// The same as a bitmap.
  var bits: Bitmap {
    if let bitmap { return bitmap }
    var bits = Bitmap(capacity: memberCount)
    for member in list { bits.insert(member) }
    return bits
  }

  /// Adds all members of `other`, which is finished.
  package mutating func formUnion(_ other: MemberSet) {
    if bitmap != nil, let bits = other.bitmap {
      bitmap!.formUnion(bits)
    } else if bitmap == nil, list.isEmpty {
      self = other
    } else {
      other.forEach { insert($0) }
    }
  }
}
