internal import Columns
internal import Events
internal import Segments

/// What is known of one item.
struct ItemCounts {
  /// Its number among all items.
  var number: Int
  /// Empty until it is asked for.
  var name = ""
  var views = 0
  var viewers = 0
  /// Members that rates are shares of; nil where nobody knows how many there are.
  var base: Int?
  /// Events of each reaction.
  var reactions: [Int] = []
  /// Members who reacted: those of the base, or anybody where it is followers.
  var reacted: [Int] = []
}

/// Items with the members of several events, of those items that are asked for.
struct ItemEvents: Sendable {
  private let blocks: [ItemBlock]
  private var items = ItemNumbers(all: [])
  /// By event; those behind the first only once they are asked for.
  private(set) var members: [ItemMembers] = []
  /// Only where rates are by followers, whose number is that of a day.
  private let firstDays: ItemFirstDays?

  var names: StringTable { items.names }

  /// Those numbered that have the first event.
  var numbers: [Int] { members[0].counts.indices.filter { members[0].counts[$0] > 0 } }

  /// Reads the events `names`; no item is numbered yet.
  init(
    _ question: ContentQuestion, _ resolved: ResolvedQuestion, _ days: ClosedRange<CommunityDay>, names: [String],
    into answer: inout Answer
  ) throws {
    var scan = try EventScan(resolved, days: days, events: .named(names))
    scan.columns = [question.item]
    let item = question.item
    let none = question.denominator == .followers ? ItemFirstDays() : nil
    let seen = try scan.fold((rows: ItemBlocks(eventCount: names.count), firstDays: none), into: &answer) {
      seen, block in
      seen.rows.add(block, column: block.columns[item])
      seen.firstDays?.add(block, column: block.columns[item])
    }
    blocks = seen.flatMap(\.rows.blocks)
    firstDays = none.map { none in seen.compactMap(\.firstDays).reduce(into: none) { $0.add($1) } }
    try EngineLimits.check(bytes: seen.reduce(0) { $0 + $1.rows.byteCount }, of: "pairs of item and member")
  }

  /// The number of the day of an item's first view.
  func firstDay(of item: Int) -> Int32? { names.withBytes(of: UInt32(item)) { firstDays?.day(of: $0) } }

  /// How many views items can have at most, told from about `frequentCount` of each block.
  func bounds(frequentCount: Int) -> ItemBounds { ItemBounds(blocks, frequentCount: frequentCount) }

  /// Numbers the items called so, all where none are given, and makes their members of the first event known.
  mutating func take(_ names: StringTable? = nil) {
    items = names.map { ItemNumbers($0, in: blocks) } ?? ItemNumbers(all: blocks)
    members = [ItemMembers(blocks, event: 0, items)]
  }

  /// Makes the members of the other events known.
  mutating func takeOthers() {
    for event in 1..<(blocks.first?.rows.count ?? 1) { members.append(ItemMembers(blocks, event: event, items)) }
  }
}

/// Counts items one after another, with bitmaps that are cleared member by member.
struct ItemCounter {
  private var viewers: [UInt64]
  private var base: [UInt64]
  private var seen: [UInt64]
  private let denominator: ContentQuestion.Denominator

  init(memberCount: Int, denominator: ContentQuestion.Denominator) {
    let words = [UInt64](repeating: 0, count: (memberCount + 63) / 64)
    (viewers, base, seen) = (words, denominator == .delivered ? words : [], words)
    self.denominator = denominator
  }

  /// Views and viewers of each of `numbers`.
  mutating func views(of numbers: ArraySlice<Int>, _ events: ItemEvents) -> [ItemCounts] {
    let members = events.members[0]
    return members.withMembers { list in
      viewers.withUnsafeMutableBufferPointer { words in
        numbers.map { number in
          let own = UnsafeBufferPointer(rebasing: list[members.range(of: number)])
          var counts = ItemCounts(number: number)
          counts.views = own.count
          for member in own {
            let (word, bit) = (Int(member >> 6), UInt64(1) << UInt64(member & 63))
            counts.viewers &+= words[word] & bit == 0 ? 1 : 0
            words[word] |= bit
          }
          for member in own { words[Int(member >> 6)] = 0 }
          return counts
        }
      }
    }
  }

  /// Counts item `number` in full, without the base where that is followers. The events are views, three reactions and,
  /// where they are the base, deliveries.
  mutating func counts(of number: Int, _ events: ItemEvents) -> ItemCounts {
    var counts = ItemCounts(number: number)
    counts.views = events.members[0].counts[number]
    counts.viewers = Self.insert(&viewers, events.members[0], number)
    defer { Self.clear(&viewers, events.members[0], number) }
    switch denominator {
    case .viewers: counts.base = counts.viewers
    case .delivered: counts.base = Self.insert(&base, events.members[4], number)
    case .followers: break
    }
    for reaction in 1...3 {
      counts.reactions.append(events.members[reaction].counts[number])
      counts.reacted.append(reacted(events.members[reaction], number))
    }
    if denominator == .delivered { Self.clear(&base, events.members[4], number) }
    return counts
  }

  /// Members of the base among those of an item; all of them where it is followers, whom no event names.
  private mutating func reacted(_ members: ItemMembers, _ item: Int) -> Int {
    var count = 0
    if denominator == .followers {
      count = Self.insert(&seen, members, item)
      Self.clear(&seen, members, item)
      return count
    }
    seen.withUnsafeMutableBufferPointer { seen in
      (denominator == .delivered ? base : viewers).withUnsafeBufferPointer { base in
        members.forEachMember(of: item) { member in
          let (word, bit) = (Int(member >> 6), UInt64(1) << UInt64(member & 63))
          if base[word] & ~seen[word] & bit != 0 { count += 1 }
          seen[word] |= bit
        }
      }
    }
    Self.clear(&seen, members, item)
    return count
  }

  private static func insert(_ words: inout [UInt64], _ members: ItemMembers, _ item: Int) -> Int {
    words.withUnsafeMutableBufferPointer { words in
      var count = 0
      members.forEachMember(of: item) { member in
        let (word, bit) = (Int(member >> 6), UInt64(1) << UInt64(member & 63))
        count &+= words[word] & bit == 0 ? 1 : 0
        words[word] |= bit
      }
      return count
    }
  }

  private static func clear(_ words: inout [UInt64], _ members: ItemMembers, _ item: Int) {
    words.withUnsafeMutableBufferPointer { words in
      members.forEachMember(of: item) { words[Int($0 >> 6)] = 0 }
    }
  }
}
