internal import Columns
internal import Events
internal import Segments

/// What members were like before each unit of a table: what a policy may go by.
package struct UnitTraits: Sendable, Equatable {
  /// By unit: the hour in which the member began most sessions before the anchor, of equal ones the earliest; -1 where
  /// there is none.
  package var ownHours: [Int8]
  /// By unit: 0 up to the number of folds, by the hash of the member's id.
  package var folds: [UInt8]
  package var notes: [String] = []

  package init(ownHours: [Int8], folds: [UInt8], notes: [String] = []) {
    (self.ownHours, self.folds, self.notes) = (ownHours, folds, notes)
  }
}

/// What is asked of members before their units.
package struct TraitsQuestion: Sendable, Equatable {
  package var foldCount = 5
  /// Hours are those of the member's own zone where facts name one.
  package var goesByMemberClock = false
  /// The event that is a delivery: sessions that begin within 24 h after one are the push's, not the member's habit.
  package var sent = "push_sent"
  /// Events that are no habit: taps, planned units.
  package var leftOut = ["push_open", "push_planned"]

  package init() {}

  static let pushSeconds: Int64 = 86400
}

extension Engine {
  /// Traits of the units of a table.
  ///
  /// Cost: one scan of all activity before the last anchor, and the ids.
  /// - Throws: ``AggregationError`` `limit` where that is more than fits; ``StoreError`` for damage.
  package func traits(_ question: TraitsQuestion, of units: UnitTable) throws -> UnitTraits {
    var carrier = HoursQuestion()
    carrier.clock = question.goesByMemberClock ? .member : .community
    let resolved = try resolve(carrier, asOf: units.asOf)
    let ids = try store.memberIDs(snapshot)
    let folds = units.members.map { member in
      ids.withBytes(of: UInt32(bitPattern: member)) {
        UInt8((byteHash($0, seed: 0x4D75_7374_6572_466F) >> 32) % UInt64(question.foldCount))
      }
    }
    var traits = UnitTraits(ownHours: [Int8](repeating: -1, count: units.count), folds: folds)
    let zones = try MemberZones(carrier, resolved)
    if question.goesByMemberClock {
      traits.notes.append(
        zones.factName.map { "Own hours are those of \($0), for members without one those of \(resolved.zone.name)." }
          ?? "No facts of members name a zone: own hours are those of \(resolved.zone.name).")
    }
    guard let last = units.days.max(), let data = resolved.dataDays, data.lowerBound.number < last else {
      return traits
    }
    // An event of the day before may still lie in a segment of the anchor's day where clocks turn back over midnight.
    let days = data.lowerBound...min(data.upperBound, CommunityDay(last))
    var scan = try EventScan(resolved, days: days, events: .qualifyingAnd([question.sent] + question.leftOut))
    scan.readsTimestamps = true
    var answer = Answer(metric: "", definition: "", asOf: resolved.asOf, timeZone: resolved.zone.name, columns: [])
    let parts = try scan.map(into: &answer) { block in
      block.runs.filter { $0.place <= 0 }.map { run in
        var part = MemberRun(run, of: block)
        part.name = run.place == 0 ? SessionStarts.send : SessionStarts.activity
        return part
      }
    }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "activity before sends")
    let anchors = UnitAnchors(units, zone: store.zone, memberCount: snapshot.memberCount)
    traits.ownHours.withUnsafeMutableBufferPointer { hours in
      nonisolated(unsafe) let hours = hours
      let walk = SessionStarts(zone: resolved.zone, zones: zones)
      _ = runs.fold(walk) { walk, member, rows in
        walk.visit(member, rows, anchors) { hours[$0] = $1 }
      }
    }
    return traits
  }
}

/// The units of each member in the order of their anchors.
private struct UnitAnchors {
  let places: [Int]
  let instants: [Int64]
  /// By member: where its places begin; one more at the end.
  let starts: [Int]

  init(_ units: UnitTable, zone: TimeZoneRules, memberCount: Int) {
    let (members, days) = (units.members, units.days)
    places = members.indices.sorted { (members[$0], days[$0], $0) < (members[$1], days[$1], $1) }
    var known: [Int32: Int64] = [:]
    for day in Set(days) { known[day] = zone.start(of: CommunityDay(day)).microseconds }
    instants = days.map { known[$0]! }
    var starts = [Int](repeating: 0, count: memberCount + 1)
    for member in members { starts[Int(member) + 1] += 1 }
    for member in 0..<memberCount { starts[member + 1] += starts[member] }
    self.starts = starts
  }
}

/// Counts a member's sessions by the hour in which they begin, and looks at the counts at each anchor.
///
/// ```
/// rows      s s    send   s        |anchor   s         sessions s; those within 24 h after a send do not count
/// counts    1 2           2        |read     3
/// ```
private struct SessionStarts {
  static let send: Int32 = 0
  static let activity: Int32 = 1

  private var clock: DayClock
  private var clocks: [DayClock]
  private let zonePlaces: [Int32]
  private var counts = [Int32](repeating: 0, count: 24)

  init(zone: TimeZoneRules, zones: MemberZones) {
    clock = DayClock(zone)
    clocks = zones.zones.map(DayClock.init)
    zonePlaces = zones.places
  }

  mutating func visit(
    _ member: Int, _ rows: UnsafeBufferPointer<MemberRow>, _ anchors: UnitAnchors, _ give: (Int, Int8) -> Void
  ) {
    var (next, end) = (anchors.starts[member], anchors.starts[member + 1])
    if next == end { return }
    for hour in 0..<24 { counts[hour] = 0 }
    let gap = PushQuestion.sessionGapSeconds * 1_000_000
    let reach = TraitsQuestion.pushSeconds * 1_000_000
    var (lastSend, lastActivity) = (Int64.min / 2, Int64.min / 2)
    let zone = zonePlaces.isEmpty ? -1 : Int(zonePlaces[member])
    for row in rows {
      while next < end, anchors.instants[anchors.places[next]] <= row.ts {
        give(anchors.places[next], most)
        next += 1
      }
      if next == end { return }
      if row.name == Self.send {
        lastSend = row.ts
        continue
      }
      if row.ts - lastActivity > gap, row.ts - lastSend >= reach {
        let local = zone < 0 ? clock.localMicroseconds(of: row.ts) : clocks[zone].localMicroseconds(of: row.ts)
        counts[Int(local.flooredDivision(by: 86_400_000_000).remainder / 3_600_000_000)] += 1
      }
      lastActivity = row.ts
    }
    while next < end {
      give(anchors.places[next], most)
      next += 1
    }
  }

  /// The hour with most sessions; -1 where there is none.
  private var most: Int8 {
    let best = (0..<24).max { (counts[$0], -$0) < (counts[$1], -$1) }!
    return counts[best] == 0 ? -1 : Int8(best)
  }
}
