/// The earliest instant of each (event, member): an array of pages of 4,096 members for each event, made
/// when first touched. Setting and reading cost one index each.
package struct FirstInstants: Sendable {
  private static let pageBits: UInt32 = 12
  private static let none = Int64.max
  private var pages: [[[Int64]]] = []
  /// (event, member) pairs that changed since the last ``drainChanges()``.
  private var changed: [UInt64] = []

  package init() {}

  /// Notes that `member` did `event` at `ts`; an earlier instant wins.
  package mutating func note(event: UInt32, member: UInt32, ts: Int64) {
    let (page, slot) = (Int(member >> Self.pageBits), Int(member & (1 << Self.pageBits - 1)))
    while pages.count <= Int(event) { pages.append([]) }
    if pages[Int(event)].count <= page {
      let missing = page + 1 - pages[Int(event)].count
      pages[Int(event)].append(contentsOf: repeatElement([], count: missing))
    }
    if pages[Int(event)][page].isEmpty {
      pages[Int(event)][page] = [Int64](repeating: Self.none, count: 1 << Int(Self.pageBits))
    }
    guard ts < pages[Int(event)][page][slot] else { return }
    pages[Int(event)][page][slot] = ts
    changed.append(UInt64(event) << 32 | UInt64(member))
  }

  /// The pairs that changed, each once, as a block; nil where none did.
  mutating func drainChanges() -> (block: [UInt8], count: Int)? {
    if changed.isEmpty { return nil }
    changed.sort()
    var (members, events, instants): ([UInt32], [UInt32], [Int64]) = ([], [], [])
    var last: UInt64?
    for pair in changed where pair != last {
      last = pair
      let (event, member) = (UInt32(pair >> 32), UInt32(truncatingIfNeeded: pair))
      members.append(member)
      events.append(event)
      instants.append(pages[Int(event)][Int(member >> Self.pageBits)][Int(member & (1 << Self.pageBits - 1))])
    }
    changed = []
    var payload: [UInt8] = []
    payload.appendLittleEndian(members)
    payload.appendLittleEndian(events)
    payload.appendLittleEndian(instants)
    return (BlockFile.encode(.firsts, entryCount: members.count, payload: payload), members.count)
  }

  /// Adds what a block holds.
  mutating func add(_ block: BlockFile.Block, eventCount: Int, memberCount: Int, file: String) throws {
    let rows = try FirstsBlock(block, eventCount: eventCount, memberCount: memberCount, file: file)
    for row in rows.members.indices {
      note(event: rows.events[row], member: rows.members[row], ts: rows.instants[row])
    }
    changed = []
  }
}
