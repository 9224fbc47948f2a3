internal import Events

/// Where the figures of units are kept, and which units a member has.
struct UnitPlaces: Sendable {
  private let units: PlannedUnits
  let memberCount: Int
  /// Whether figures are kept by member key: each member is one unit at most.
  let isDense: Bool
  /// By member key, where ``isDense``: the anchor; a day that no window reaches where there is no unit.
  private var anchors: [Int32] = []
  let firstDay: Int32
  let lastDay: Int32
  let midnights: Midnights

  init(_ units: PlannedUnits, isDense: Bool, memberCount: Int, zone: TimeZoneRules) {
    (self.units, self.isDense, self.memberCount) = (units, isDense, memberCount)
    firstDay = units.days.min() ?? 0
    lastDay = units.days.max() ?? -1
    midnights = Midnights(firstDay, lastDay, zone)
    guard isDense else { return }
    anchors = [Int32](repeating: .max, count: memberCount)
    for unit in units.members.indices { anchors[Int(units.members[unit])] = units.days[unit] }
  }

  /// How many places there are.
  var count: Int { isDense ? memberCount : units.count }

  /// The places of units, in the order of units.
  var places: [Int32] { isDense ? units.members : (0..<units.count).map { Int32($0) } }

  /// Whether a day is among a slot's for any anchor.
  func mayReach(_ day: Int32, _ slot: UnitSlot) -> Bool {
    let newest = day - slot.firstDay
    return newest >= firstDay && newest - slot.dayCount < lastDay
  }

  /// Calls `body` with the anchors by member key, where the units of each member key begin, and the anchors of units.
  @inline(__always)
  func withPointers(
    _ body: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Int32>) -> Void
  ) {
    anchors.withUnsafeBufferPointer { anchors in
      units.starts.withUnsafeBufferPointer { starts in
        units.days.withUnsafeBufferPointer { days in body(anchors, starts, days) }
      }
    }
  }

  /// Calls `body` with each unit of a member, its place and its anchor.
  @inline(__always)
  func forEachUnit(of member: Int32, _ body: (Int, Int, Int32) -> Void) {
    guard UInt(bitPattern: Int(member)) < UInt(memberCount) else { return }
    for unit in Int(units.starts[Int(member)])..<Int(units.starts[Int(member) + 1]) {
      body(unit, isDense ? Int(member) : unit, units.days[unit])
    }
  }

  func cluster(of unit: Int) -> Int32 { units.clusters[unit] }
}

/// When each of some days begins.
struct Midnights: Sendable {
  private let first: Int32
  private let starts: [Int64]

  init(_ first: Int32, _ last: Int32, _ zone: TimeZoneRules) {
    self.first = first
    starts = first > last ? [] : (first...last).map { zone.start(of: CommunityDay($0)).microseconds }
  }

  /// Microseconds of UTC; the day must be one of them.
  func start(of day: Int32) -> Int64 { starts[Int(day - first)] }
}
