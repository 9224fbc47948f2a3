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
  private(set) var names = StringTable()
  private var places = ItemPlaces(ItemNumbers(all: []))
  /// Only where rates are by followers, whose number is that of a day.
  private let firstDays: ItemFirstDays?

  /// Those numbered that have the first event.
  var numbers: [Int] {
    (0..<places.itemCount).filter { number in
      places[number].contains { blocks[Int($0.block)].count(of: Int($0.item), event: 0) > 0 }
    }
  }

  /// Reads the events `names`; no item is numbered yet.
  init(
    _ question: ContentQuestion, _ resolved: ResolvedQuestion, _ days: ClosedRange<CommunityDay>, names: [String],
    into answer: inout Answer
  ) throws {
    try EngineLimits.check(memberCount: resolved.snapshot.memberCount, ItemBlock.memberCountMax)
    var scan = try EventScan(resolved, days: days, events: .named(names))
    scan.columns = [question.item]
    let item = question.item
    let none = question.denominator == .followers ? ItemFirstDays() : nil
    let seen = try scan.fold((rows: ItemBlocks(), firstDays: none), into: &answer) {
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

  /// Numbers the items called so, all where none are given.
  mutating func take(_ taken: StringTable? = nil) {
    let items = taken.map { ItemNumbers($0, in: blocks) } ?? ItemNumbers(all: blocks)
    (names, places) = (items.names, ItemPlaces(items))
  }

  /// How many rows of an event item `number` has.
  func count(of number: Int, event: Int) -> Int {
    places[number].reduce(0) { $0 + blocks[Int($1.block)].count(of: Int($1.item), event: event) }
  }

  /// Calls `body` with item `number`'s rows of an event, in several parts: see ``ItemBlock``.
  @inline(__always)
  func forEachPart(of number: Int, event: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void) {
    for place in places[number] { blocks[Int(place.block)].withRows(of: Int(place.item), event: event, body) }
  }
}

/// Counts items one after another, with bitmaps of members that are empty between them.
struct ItemCounter {
  private var viewers: MemberMarks
  private var base: MemberMarks
  private var seen: MemberMarks
  private let denominator: ContentQuestion.Denominator

  init(memberCount: Int, denominator: ContentQuestion.Denominator) {
    viewers = MemberMarks(memberCount: memberCount)
    base = MemberMarks(memberCount: denominator == .delivered ? memberCount : 0)
    seen = viewers
    self.denominator = denominator
  }

  /// Views and viewers of item `number`.
  mutating func views(of number: Int, _ events: ItemEvents) -> ItemCounts {
    var counts = ItemCounts(number: number)
    counts.views = events.count(of: number, event: 0)
    counts.viewers = viewers.insert(events, number, event: 0)
    viewers.clear(events, number, event: 0)
    return counts
  }

  /// Counts item `number` in full, without the base where that is followers. The events are views, three reactions and,
  /// where they are the base, deliveries.
  mutating func counts(of number: Int, _ events: ItemEvents) -> ItemCounts {
    var counts = ItemCounts(number: number)
    counts.views = events.count(of: number, event: 0)
    counts.viewers = viewers.insert(events, number, event: 0)
    switch denominator {
    case .viewers: counts.base = counts.viewers
    case .delivered: counts.base = base.insert(events, number, event: 4)
    case .followers: break
    }
    for reaction in 1...3 {
      counts.reactions.append(events.count(of: number, event: reaction))
      counts.reacted.append(reacted(number, events, event: reaction))
    }
    viewers.clear(events, number, event: 0)
    if denominator == .delivered { base.clear(events, number, event: 4) }
    return counts
  }

  /// Members of the base among those of an item; all of them where it is followers, whom no event names.
  private mutating func reacted(_ number: Int, _ events: ItemEvents, event: Int) -> Int {
    defer { seen.clear(events, number, event: event) }
    return switch denominator {
    case .viewers: seen.insert(events, number, event: event, countedIn: viewers)
    case .delivered: seen.insert(events, number, event: event, countedIn: base)
    case .followers: seen.insert(events, number, event: event)
    }
  }
}
