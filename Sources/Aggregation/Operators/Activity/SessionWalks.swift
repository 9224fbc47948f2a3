internal import Columns
internal import Dispatch
internal import Events
internal import Segments

/// The sessions of all members, event by event: a walk for each range of members, on all cores.
struct SessionWalks {
  private var walks: [SessionWalk]

  /// - Parameters:
  ///   - days: those asked for.
  ///   - read: those whose events will be added.
  init(
    question: SessionsQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>,
    read: ClosedRange<CommunityDay>
  ) {
    // Members who came first have more events: more ranges than cores even that out.
    let memberCount = resolved.snapshot.memberCount
    let count = EngineLimits.coreCount * 4
    walks = (0..<count).map { part in
      SessionWalk(
        of: memberCount * part / count..<memberCount * (part + 1) / count, question: question, resolved: resolved,
        days: days, read: read)
    }
  }

  /// Takes the events of a stretch, member by member in the order of time.
  mutating func add(_ rows: [TimelineRow]) { forEachWalk { $0.add(rows) } }

  /// Ends all sessions.
  mutating func finish() { forEachWalk { $0.finish() } }

  private mutating func forEachWalk(_ body: (inout SessionWalk) -> Void) {
    walks.withUnsafeMutableBufferPointer { walks in
      nonisolated(unsafe) let walks = walks
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: walks.count) { body(&walks[$0]) }
    }
  }

  /// What was found, by interval asked for.
  var tallies: [SessionTally] {
    walks.reduce(into: walks[0].tallies.map { _ in SessionTally() }) { total, walk in
      for place in total.indices { total[place].add(walk.tallies[place]) }
    }
  }

  /// Whether a session at the edge of `read` may go on beyond it.
  func needMore(than read: ClosedRange<CommunityDay>, of data: ClosedRange<CommunityDay>) -> Bool {
    walks.contains { $0.mayBeginEarlier } && read.lowerBound > data.lowerBound
      || walks.contains { $0.mayEndLater } && read.upperBound < data.upperBound
  }
}

/// The sessions of a range of members.
private struct SessionWalk: Sendable {
  /// The session that a member is in; without events it is none.
  private struct Open {
    var start: Int64 = 0
    var last: Int64 = .min
    var count: Int32 = 0
  }

  private let members: Range<Int>
  private let days: ClosedRange<CommunityDay>
  private let gap: Int64
  private let asOf: Int64
  private let readFrom: Int64
  private let readTo: Int64
  private var clock: DayClock
  /// By day asked for: the place of its interval.
  private let places: [Int]
  private(set) var tallies: [SessionTally]
  /// By interval: the members who began a session, the first of the range being 0.
  private var begun: [Bitmap]
  /// By member.
  private var open: [Open]
  /// Whether a session at the edge of what was read may be part of a longer one that touches the range.
  private(set) var mayBeginEarlier = false
  private(set) var mayEndLater = false

  init(
    of members: Range<Int>, question: SessionsQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>,
    read: ClosedRange<CommunityDay>
  ) {
    (self.members, self.days) = (members, days)
    clock = DayClock(resolved.zone)
    gap = question.gapSeconds * 1_000_000
    asOf = resolved.asOf.microseconds
    readFrom = resolved.zone.start(of: read.lowerBound).microseconds
    readTo = resolved.zone.start(of: read.upperBound + 1).microseconds
    let first = resolved.calendar.start(of: question.granularity, holding: days.lowerBound)
    places = (days.lowerBound.number...days.upperBound.number).map { number in
      let start = resolved.calendar.start(of: question.granularity, holding: CommunityDay(number))
      return resolved.calendar.distance(from: first, to: start, question.granularity)
    }
    let count = (places.last ?? -1) + 1
    tallies = Array(repeating: SessionTally(), count: count)
    begun = (0..<count).map { _ in Bitmap(capacity: members.count) }
    open = Array(repeating: Open(), count: members.count)
  }

  mutating func add(_ rows: [TimelineRow]) {
    var closed: [(member: Int, session: Open)] = []
    let first = members.lowerBound
    let own = Self.place(of: first, in: rows)..<Self.place(of: members.upperBound, in: rows)
    open.withUnsafeMutableBufferPointer { open in
      rows.withUnsafeBufferPointer { rows in
        for row in rows[own] {
          let member = Int(row.member) &- first
          if open[member].count > 0, row.ts - open[member].last <= gap {
            open[member].count += 1
          } else {
            if open[member].count > 0 { closed.append((member, open[member])) }
            open[member] = Open(start: row.ts, last: row.ts, count: 1)
          }
          open[member].last = row.ts
        }
      }
    }
    for (member, session) in closed { close(member, session) }
  }

  /// The first place whose member is `member` or greater.
  private static func place(of member: Int, in rows: [TimelineRow]) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle].member) < member { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func finish() {
    for member in open.indices where open[member].count > 0 { close(member, open[member]) }
    for place in tallies.indices { tallies[place].memberCount = begun[place].count }
  }

  private mutating func close(_ member: Int, _ session: Open) {
    let day = clock.day(of: session.start)
    if session.start - readFrom <= gap, clock.day(of: session.last) >= days.lowerBound { mayBeginEarlier = true }
    if !days.contains(day) { return }
    if readTo - session.last <= gap { mayEndLater = true }
    let place = places[day - days.lowerBound]
    begun[place].insert(UInt32(truncatingIfNeeded: member))
    tallies[place].add(
      eventCount: Int(session.count), length: session.last - session.start, isOpen: asOf - session.last <= gap)
  }
}
