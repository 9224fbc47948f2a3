internal import Columns
internal import Events
internal import Segments

/// Answers how many sessions began in each interval.
///
/// ```
/// from      |           day 1            |           day 2            |     to
/// member    ·  ·   (pause)  · · ·        |  · ·    (pause)   ·  ·  ·  |  ·   (pause)
///           session 1       session 2    …continues          session 3   …continues
/// ```
/// Events are walked in the order of time with a state a member. Reading begins early enough, and goes on late enough,
/// that a pause is found on both sides: a session is never cut by the range.
struct SessionsRun: QuestionPlan {
  let question: SessionsQuestion
  let resolved: ResolvedQuestion

  func run(into answer: inout Answer) throws {
    answer.columns =
      [AnswerColumn("period", .date)] + ["sessions", "members", "events"].map { AnswerColumn($0, .int) }
      + ["mean_seconds", "median_seconds", "p90_seconds"].map { AnswerColumn($0, .float) }
      + [AnswerColumn("complete", .bool)]
    guard let days = resolved.days else { return }
    var tallies: [CommunityDay: SessionTally] = [:]
    if let data = resolved.dataDays, data.overlaps(days) {
      tallies = try self.tallies(days, data: data, into: &answer)
    }
    let openCount = tallies.values.reduce(0) { $0 + $1.openCount }
    for period in resolved.periods(question.granularity) {
      let end = resolved.calendar.start(period, advancedBy: 1, question.granularity)
      let complete = Cell.bool(resolved.hasEnded(before: end))
      guard resolved.hasBegun(period) else {
        answer.rows.append([.day(period)] + Array(repeating: Cell.null, count: 6) + [complete])
        continue
      }
      var tally = tallies[period] ?? SessionTally(memberCount: 0)
      answer.rows.append([.day(period)] + tally.cells + [complete])
    }
    if let note = resolved.partialNote(question.granularity) { answer.notes.append(note) }
    if openCount > 0 {
      answer.notes.append(
        "\(openCount) session\(openCount == 1 ? " was" : "s were") open at as-of, and may still grow longer.")
    }
  }

  /// Reads `days` and as many beside them as it takes to find pauses.
  private func tallies(_ days: ClosedRange<CommunityDay>, data: ClosedRange<CommunityDay>, into answer: inout Answer)
    throws -> [CommunityDay: SessionTally]
  {
    var margin = 1
    while true {
      let read = (days.lowerBound - margin...days.upperBound + margin).clamped(to: data)
      var walk = SessionWalk(question: question, resolved: resolved, days: days, read: read)
      var scan = try EventScan(resolved, days: read)
      scan.readsTimestamps = true
      var cost = answer
      try TimelineScan(scan: scan, resolved: resolved).forEachStretch(into: &cost, marks: { _ in { _ in .all(0) } }) {
        walk.add($0)
      }
      walk.finish()
      if !walk.needsMore(than: read, of: data) {
        answer.statistics = cost.statistics
        return walk.tallies
      }
      margin *= 4
    }
  }
}

/// What is known of the sessions that began in one interval.
struct SessionTally {
  var members: Bitmap
  var eventCount = 0
  /// Sessions whose last event lies less than the gap before as-of.
  var openCount = 0
  /// Microseconds, one a session.
  var lengths: [Int64] = []

  init(memberCount: Int) { members = Bitmap(capacity: memberCount) }

  /// sessions, members, events, mean, median and 90th percentile of the length.
  var cells: [Cell] {
    mutating get {
      lengths.sort()
      let sum = lengths.reduce(0, +)
      let mean: Cell = lengths.isEmpty ? .null : .float(Double(sum) / Double(lengths.count) / 1e6)
      return [
        .int(lengths.count), .int(members.count), .int(eventCount), mean, quantile(0.5), quantile(0.9),
      ]
    }
  }

  /// By linear interpolation between the two nearest (type 7).
  private func quantile(_ share: Double) -> Cell {
    if lengths.isEmpty { return .null }
    let place = share * Double(lengths.count - 1)
    let low = Int(place)
    let high = min(low + 1, lengths.count - 1)
    let between = place - Double(low)
    return .float((Double(lengths[low]) + between * Double(lengths[high] - lengths[low])) / 1e6)
  }
}

/// The sessions of all members, event by event.
private struct SessionWalk {
  /// The session that a member is in; without events it is none.
  private struct Open {
    var start: Int64 = 0
    var last: Int64 = .min
    var count: Int32 = 0
  }

  private let days: ClosedRange<CommunityDay>
  private let gap: Int64
  private let asOf: Int64
  private let readFrom: Int64
  private let readTo: Int64
  private var clock: DayClock
  /// By day asked for: the place of its interval.
  private let places: [Int]
  private let periods: [CommunityDay]
  private var tallyByPlace: [SessionTally]
  /// By member key.
  private var open: [Open]
  /// Whether a session at the edge of what was read may be part of a longer one that touches the range.
  private var mayBeginEarlier = false
  private var mayEndLater = false

  init(
    question: SessionsQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>,
    read: ClosedRange<CommunityDay>
  ) {
    self.days = days
    clock = DayClock(resolved.zone)
    gap = question.gapSeconds * 1_000_000
    asOf = resolved.asOf.microseconds
    readFrom = resolved.zone.start(of: read.lowerBound).microseconds
    readTo = resolved.zone.start(of: read.upperBound + 1).microseconds
    let memberCount = resolved.snapshot.memberCount
    periods = resolved.periods(question.granularity)
    places = (days.lowerBound.number...days.upperBound.number).map { number in
      let start = resolved.calendar.start(of: question.granularity, holding: CommunityDay(number))
      let first = resolved.calendar.start(of: question.granularity, holding: days.lowerBound)
      return resolved.calendar.distance(from: first, to: start, question.granularity)
    }
    tallyByPlace = periods.map { _ in SessionTally(memberCount: memberCount) }
    open = Array(repeating: Open(), count: memberCount)
  }

  /// What was found, by the first day of the interval.
  var tallies: [CommunityDay: SessionTally] {
    Dictionary(uniqueKeysWithValues: zip(periods, tallyByPlace))
  }

  mutating func add(_ rows: [TimelineRow]) {
    var closed: [(member: Int32, session: Open)] = []
    open.withUnsafeMutableBufferPointer { open in
      rows.withUnsafeBufferPointer { rows in
        for row in rows {
          let member = Int(row.member)
          if open[member].count > 0, row.ts - open[member].last <= gap {
            open[member].count += 1
          } else {
            if open[member].count > 0 { closed.append((row.member, open[member])) }
            open[member] = Open(start: row.ts, last: row.ts, count: 1)
          }
          open[member].last = row.ts
        }
      }
    }
    for (member, session) in closed { close(member, session) }
  }

  mutating func finish() {
    for member in open.indices where open[member].count > 0 { close(Int32(member), open[member]) }
  }

  private mutating func close(_ member: Int32, _ session: Open) {
    let day = clock.day(of: session.start)
    if session.start - readFrom <= gap, clock.day(of: session.last) >= days.lowerBound { mayBeginEarlier = true }
    if !days.contains(day) { return }
    if readTo - session.last <= gap { mayEndLater = true }
    tallyByPlace[places[day - days.lowerBound]].add(
      member: UInt32(bitPattern: member), eventCount: Int(session.count), length: session.last - session.start,
      isOpen: asOf - session.last <= gap)
  }

  func needsMore(than read: ClosedRange<CommunityDay>, of data: ClosedRange<CommunityDay>) -> Bool {
    mayBeginEarlier && read.lowerBound > data.lowerBound || mayEndLater && read.upperBound < data.upperBound
  }
}

extension SessionTally {
  fileprivate mutating func add(member: UInt32, eventCount count: Int, length: Int64, isOpen: Bool) {
    members.insert(member)
    eventCount += count
    lengths.append(length)
    if isOpen { openCount += 1 }
  }
}
