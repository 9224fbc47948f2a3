package import Columns
package import Events
internal import Segments

/// All members of a store by key: whether a send may reach them, whose clock they live by, which sends they have had.
package struct MemberRoster: Sendable {
  package var asOf: Timestamp
  /// The community's zone.
  package var zone: TimeZoneRules
  /// Raw ids by key: personal data, which is shown only where somebody asks for it.
  package var ids: StringTable
  /// By key: the condition on facts holds, and the member was active.
  package var isEligible: [Bool]
  /// Members whose facts do not meet the condition, and those who do but were not active.
  package var unmetCount = 0
  package var inactiveCount = 0
  /// Zones that members have, each once, and by key a place in them, -1 for the community's; empty where none has one.
  package var zones: [TimeZoneRules] = []
  package var zonePlaces: [Int32] = []
  /// The fact that names zones.
  package var zoneFact: String?
  /// Names of zones that are none.
  package var unknownZones: [String] = []
  package var sends = MemberSends()
  package var notes: [String] = []

  /// A roster of members by their ids, all eligible, none with a zone or a send.
  package init(asOf: Timestamp, zone: TimeZoneRules, ids: StringTable) {
    (self.asOf, self.zone, self.ids) = (asOf, zone, ids)
    isEligible = [Bool](repeating: true, count: ids.count)
  }

  /// How many members there are.
  package var count: Int { isEligible.count }
}

/// Sends that members have had or are planned to have, by key.
package struct MemberSends: Sendable, Equatable {
  /// A (member, push), once, however often it was planned or delivered.
  package struct Send: Sendable, Equatable {
    package var member: Int32
    /// The anchor day of a planned one, else the day of the first delivery.
    package var day: Int32
    /// Whether it is of a push that is being planned, and was planned before, be it with the holdout.
    package var isPlanned: Bool
    /// Whether a push goes out: not with the holdout.
    package var isSent: Bool

    package init(member: Int32, day: Int32, isPlanned: Bool, isSent: Bool) {
      (self.member, self.day, self.isPlanned, self.isSent) = (member, day, isPlanned, isSent)
    }
  }

  /// In any order.
  package private(set) var all: [Send]
  /// Distinct (push, arm) that were delivered, by day: what a quota of the account counts.
  package private(set) var deliveriesByDay: [Int32: Int]

  package init(_ all: [Send] = [], deliveriesByDay: [Int32: Int] = [:]) {
    (self.all, self.deliveriesByDay) = (all, deliveriesByDay)
  }

  /// The sends by member, where those of each of `count` members begin, and where the last ones end.
  package func grouped(memberCount count: Int) -> (sends: [Send], starts: [Int]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for send in all { starts[Int(send.member) + 1] += 1 }
    for member in 0..<count { starts[member + 1] += starts[member] }
    var (next, sends) = (starts, all)
    for send in all {
      sends[next[Int(send.member)]] = send
      next[Int(send.member)] += 1
    }
    return (sends, starts)
  }
}

extension Engine {
  /// Whom sends may reach, with what they have had.
  ///
  /// Cost: reading all ids, the facts that are asked for, the activity of the days asked for, and the sends of the days
  /// asked for.
  /// - Throws: ``AggregationError`` for a fact that members do not have; ``StoreError`` for damage.
  package func roster(_ question: RosterQuestion, asOf: Timestamp? = nil) throws -> MemberRoster {
    var carrier = HoursQuestion()
    carrier.clock = .member
    let plain = try resolve(carrier, asOf: asOf)
    var roster = MemberRoster(asOf: plain.asOf, zone: store.zone, ids: try store.memberIDs(snapshot))
    let zones = try MemberZones(carrier, plain)
    (roster.zones, roster.zonePlaces, roster.zoneFact) = (zones.zones, zones.places, zones.factName)
    roster.unknownZones = zones.unknownNames
    if let condition = question.condition {
      carrier.scope.filter = condition
      let facts = try FactColumns(try resolve(carrier, asOf: asOf).question, store: store, snapshot: snapshot)
      let keys = (0..<Int32(roster.count)).map(\.self)
      let truth = condition.evaluate(rowCount: keys.count) { facts.column($0, of: keys) }
      for key in keys.indices where truth[key] != FilterTruth.true {
        roster.isEligible[key] = false
        roster.unmetCount += 1
      }
    }
    if let days = question.activeWithinDays { try leaveOutInactive(&roster, days: days, plain) }
    let end = question.readsAhead ? max(plain.asOf, store.zone.start(of: question.days.upperBound + 1)) : plain.asOf
    roster.sends = try sends(question, try resolve(carrier, asOf: end))
    return roster
  }

  /// Leaves out members without activity on the last days before as-of.
  private func leaveOutInactive(_ roster: inout MemberRoster, days: Int, _ resolved: ResolvedQuestion) throws {
    let last = store.zone.day(of: Timestamp(microseconds: resolved.asOf.microseconds - 1))
    let asked = last - (days - 1)...last
    var isActive = [Bool](repeating: false, count: roster.count)
    if let data = resolved.dataDays, data.overlaps(asked) {
      try resolved.dayScan().forEachDay(in: asked.clamped(to: data)) { _, activity in
        for group in activity.groups { group.members.forEach { isActive[Int($0)] = true } }
      }
    }
    for key in isActive.indices where roster.isEligible[key] && !isActive[key] {
      roster.isEligible[key] = false
      roster.inactiveCount += 1
    }
  }

  private func sends(_ question: RosterQuestion, _ resolved: ResolvedQuestion) throws -> MemberSends {
    let asked = question.days.lowerBound - question.daysBefore...question.days.upperBound
    guard let data = resolved.dataDays, data.overlaps(asked) else { return MemberSends() }
    var scan = try EventScan(
      resolved, days: asked.clamped(to: data), events: .named([question.planned, question.sent]))
    scan.readsTimestamps = true
    scan.columns = [PushQuestion.pushColumn, "arm"].filter { store.settings.schema.dimensions.contains($0) }
    var answer = Answer(metric: "", definition: "", asOf: resolved.asOf, timeZone: resolved.zone.name, columns: [])
    let (pushes, arms) = (SharedTexts(), SharedTexts())
    let parts = try scan.map(into: &answer) { block in
      block.runs.map { run -> MemberRun in
        var part = MemberRun(run, of: block)
        var rows: [Int] = []
        rows.reserveCapacity(part.members.count)
        block.forEachRow(of: run) { rows.append($0) }
        part.first = pushes.numbers(of: block.columns[PushQuestion.pushColumn], rows: rows)
        part.second = arms.numbers(of: block.columns["arm"], rows: rows)
        return part
      }
    }
    let runs = MemberRuns(runs: parts.flatMap(\.self), memberCount: snapshot.memberCount)
    try EngineLimits.check(bytes: runs.byteCount, of: "sends")
    let texts = pushes.texts
    let collector = SendCollector(
      clock: DayClock(store.zone), own: texts.map { question.pushes.contains($0) },
      holdout: question.holdout.flatMap { name in arms.texts.firstIndex(of: name).map(UInt32.init) })
    let states = runs.fold(collector) { $0.visit(Int32($1), $2) }
    var deliveries: [Int32: Set<UInt64>] = [:]
    for state in states { deliveries.merge(state.deliveries) { $0.union($1) } }
    return MemberSends(states.flatMap(\.sends), deliveriesByDay: deliveries.mapValues(\.count))
  }
}

/// Makes one send of all rows of a (member, push); rows without a push are sends of their own.
private struct SendCollector {
  var clock: DayClock
  /// By number of the push: whether it is being planned.
  let own: [Bool]
  /// Its number among arms.
  let holdout: UInt32?
  private(set) var sends: [MemberSends.Send] = []
  /// By day: numbers of push and arm.
  private(set) var deliveries: [Int32: Set<UInt64>] = [:]
  private var latest: (day: Int32, key: UInt64) = (.min, 0)
  /// The member's pushes, by place in `sends` from the member's first on.
  private var pushes: [(push: UInt32, hasAnchor: Bool)] = []

  init(clock: DayClock, own: [Bool], holdout: UInt32?) { (self.clock, self.own, self.holdout) = (clock, own, holdout) }

  /// Takes in a member's rows in the order of time: planned ones have the name 0, deliveries 1.
  mutating func visit(_ member: Int32, _ rows: UnsafeBufferPointer<MemberRow>) {
    let first = sends.count
    pushes.removeAll(keepingCapacity: true)
    for row in rows {
      let (push, isPlan) = (row.first, row.name == 0)
      let day = clock.day(of: row.ts).number
      let isSent = !isPlan || row.second != holdout
      let isOwn = isPlan && push != TextColumn.null && own[Int(push)]
      if !isPlan { note(UInt64(push) << 32 | UInt64(row.second), on: day) }
      if push != TextColumn.null, let place = pushes.firstIndex(where: { $0.push == push }) {
        sends[first + place].isSent = sends[first + place].isSent || isSent
        sends[first + place].isPlanned = sends[first + place].isPlanned || isOwn
        if isPlan, !pushes[place].hasAnchor {
          sends[first + place].day = day
          pushes[place].hasAnchor = true
        }
      } else {
        sends.append(MemberSends.Send(member: member, day: day, isPlanned: isOwn, isSent: isSent))
        pushes.append((push, isPlan))
      }
    }
  }

  private mutating func note(_ key: UInt64, on day: Int32) {
    if latest == (day, key) { return }
    latest = (day, key)
    deliveries[day, default: []].insert(key)
  }
}
