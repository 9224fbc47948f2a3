internal import Events

/// The records of a batch by the day they belong to.
///
/// In a log in order they are runs, and positions stay as they are; in a shuffled one they are sorted by day.
struct DayGroups {
  struct Group {
    /// Of the day, as the caller counts them.
    var place: Int
    /// Where its positions lie in `order`.
    var range: Range<Int>
  }

  /// Positions in the rows that were given, group by group.
  private var order: [Int32]
  private(set) var groups: [Group] = []

  /// - Parameter place: of a day; the same for the same day.
  init(_ ts: [Int64], _ rows: UnsafeBufferPointer<Int32>, clock: inout DayClock, place: (CommunityDay) -> Int) {
    var places = [Int32](repeating: 0, count: rows.count)
    var (number, last, start) = (Int32.min, 0, 0)
    for (index, row) in rows.enumerated() {
      let day = clock.day(of: ts[Int(row)])
      if day.number != number {
        if index > start { groups.append(Group(place: last, range: start..<index)) }
        (number, last, start) = (day.number, place(day), index)
      }
      places[index] = Int32(last)
    }
    if rows.count > start { groups.append(Group(place: last, range: start..<rows.count)) }
    order = Array(0..<Int32(rows.count))
    if groups.count * Self.shortRun > rows.count { sort(places) }
  }

  /// Shorter runs are not worth being copied one by one.
  private static let shortRun = 64

  /// Counting sort, stable: the records of a day keep their order.
  private mutating func sort(_ places: [Int32]) {
    var counts = [Int](repeating: 0, count: Int(places.max() ?? 0) + 1)
    for place in places { counts[Int(place)] += 1 }
    groups = []
    var start = 0
    for place in counts.indices where counts[place] > 0 {
      groups.append(Group(place: place, range: start..<start + counts[place]))
      (counts[place], start) = (start, start + counts[place])
    }
    for (position, place) in places.enumerated() {
      order[counts[Int(place)]] = Int32(position)
      counts[Int(place)] += 1
    }
  }

  func withPositions(of group: Group, _ body: (UnsafeBufferPointer<Int32>) -> Void) {
    order.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[group.range])) }
  }
}
