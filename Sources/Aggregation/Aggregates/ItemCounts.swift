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
  /// Members that rates are shares of.
  var base = 0
  /// Events of each reaction.
  var reactions: [Int] = []
  /// Members of the base who reacted.
  var reacted: [Int] = []
}

/// Pairs of item and member of several events.
struct ItemEvents: Sendable {
  private let parts: [ItemPairs]
  /// By part: the number of each of its items.
  private let itemNumbers: [[UInt32]]
  /// By event; those behind the first only once they are asked for.
  private(set) var members: [ItemMembers]
  let names: StringTable

  /// Items that have the first event.
  var numbers: [Int] { members[0].counts.indices.filter { members[0].counts[$0] > 0 } }

  /// Reads the events `names`.
  init(
    _ question: ContentQuestion, _ resolved: ResolvedQuestion, _ days: ClosedRange<CommunityDay>, names: [String],
    into answer: inout Answer
  ) throws {
    var scan = try EventScan(resolved, days: days, events: .named(names))
    scan.columns = [question.item]
    let item = question.item
    parts = try scan.fold(ItemPairs(eventCount: names.count), into: &answer) { pairs, block in
      pairs.add(block, column: block.columns[item])
    }
    try EngineLimits.check(bytes: parts.reduce(0) { $0 + $1.byteCount }, of: "pairs of item and member")
    // The numbering of the first core serves for all.
    var items = parts.first?.items ?? StringTable()
    itemNumbers = [Array(0..<UInt32(items.count))] + parts.dropFirst().map { $0.numbers(in: &items) }
    self.names = items
    members = [ItemMembers(parts, event: 0, itemNumbers: itemNumbers, itemCount: items.count)]
  }

  /// Makes the members of the other events known, of `items` alone where they are given.
  mutating func addOthers(of items: [Int]? = nil) {
    for event in 1..<(parts.first?.pairs.count ?? 1) {
      members.append(
        ItemMembers(parts, event: event, itemNumbers: itemNumbers, itemCount: names.count, only: items))
    }
  }
}

/// Counts items one after another, with bitmaps that are cleared member by member.
struct ItemCounter {
  private var viewers: [UInt64]
  private var base: [UInt64]
  private var seen: [UInt64]
  private let isDelivered: Bool

  init(memberCount: Int, isDelivered: Bool) {
    let words = [UInt64](repeating: 0, count: (memberCount + 63) / 64)
    (viewers, base, seen) = (words, isDelivered ? words : [], words)
    self.isDelivered = isDelivered
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

  /// Counts item `number` in full. The events are views, three reactions and, where they are the base, deliveries.
  mutating func counts(of number: Int, _ events: ItemEvents) -> ItemCounts {
    var counts = ItemCounts(number: number)
    counts.views = events.members[0].counts[number]
    counts.viewers = Self.insert(&viewers, events.members[0], number)
    defer { Self.clear(&viewers, events.members[0], number) }
    counts.base = isDelivered ? Self.insert(&base, events.members[4], number) : counts.viewers
    for reaction in 1...3 {
      counts.reactions.append(events.members[reaction].counts[number])
      counts.reacted.append(reacted(events.members[reaction], number))
    }
    if isDelivered { Self.clear(&base, events.members[4], number) }
    return counts
  }

  /// Members of the base among those of an item.
  private mutating func reacted(_ members: ItemMembers, _ item: Int) -> Int {
    var count = 0
    seen.withUnsafeMutableBufferPointer { seen in
      (isDelivered ? base : viewers).withUnsafeBufferPointer { base in
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
