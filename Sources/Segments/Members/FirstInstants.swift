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

  /// The earliest instant among `events` of each member, `Int64.max` where there is none.
  package func earliest(among events: some Sequence<UInt32>, memberCount: Int) -> [Int64] {
    var result = [Int64](repeating: Self.none, count: memberCount)
    for event in events where Int(event) < pages.count {
      for (number, page) in pages[Int(event)].enumerated() where !page.isEmpty {
        let start = number << Int(Self.pageBits)
        for slot in 0..<max(0, min(page.count, memberCount - start)) {
          result[start + slot] = min(result[start + slot], page[slot])
        }
      }
    }
    return result
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
    let count = block.entryCount
    guard block.payload.count == count * 16 else {
      throw StoreError(.corrupt, "the file is damaged: a block has the wrong length", file: file)
    }
    let members: [UInt32] = block.payload.littleEndianNumbers(at: 0, count: count)
    let events: [UInt32] = block.payload.littleEndianNumbers(at: count * 4, count: count)
    let instants: [Int64] = block.payload.littleEndianNumbers(at: count * 8, count: count)
    for row in 0..<count {
      guard Int(events[row]) < eventCount, Int(members[row]) < memberCount else {
        throw StoreError(.corrupt, "the file is damaged: an entry names an unknown member or event", file: file)
      }
      note(event: events[row], member: members[row], ts: instants[row])
    }
    changed = []
  }
}
