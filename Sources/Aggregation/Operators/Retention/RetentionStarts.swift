internal import Dispatch
internal import Events
internal import Segments
internal import Synchronization

/// All starts, and the periods in which their members returned: of the calendar the intervals by member, of the rolling
/// clocks a bit a period by start.
///
/// Members' events must come in the order of time.
struct RetentionStarts {
  private let question: RetentionQuestion
  private let days: ClosedRange<CommunityDay>
  private let cells: [ClosedRange<Int>]
  private let lastPeriod: Int
  private let unit: Int64?
  private let floor: Int64
  private var clock: DayClock
  private var places: CohortPlaces
  private let asOf: Int64

  /// One start; what a walk along a member's starts needs lies side by side.
  private struct Start {
    var instant: Int64
    /// Rolling periods 0…63 in which the member returned; later ones are in `laterBits`.
    var bits: UInt64 = 0
    /// The member's start before; -1 for none.
    var earlier: Int32
    var cohort: Int32
  }

  /// A calendar interval in which a member returned, and the last time it did so there.
  private struct Return {
    var last: Int64
    /// The member's interval before; -1 for none.
    var earlier: Int32
    var place: Int32
  }

  private var starts: [Start] = []
  private var returns: [Return] = []
  /// Periods from 64 on, so many words a start.
  private var laterBits: [UInt64] = []
  private let laterWordCount: Int

  // By member key; -1 and `Int64.min` where there is none.
  private var latest: [Int32]
  private var lastReturn: [Int64]
  private var latestReturn: [Int32]
  private var hasStarted: [Bool]

  /// Whether starts were known beforehand.
  private(set) var isPreloaded = false

  init(question: RetentionQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>) {
    (self.question, self.days, cells, lastPeriod) = (question, days, question.cells, question.lastPeriod)
    (unit, clock) = (question.rollingSeconds.map { $0 * 1_000_000 }, DayClock(resolved.zone))
    floor = question.clock == .rollingHour ? 3_600_000_000 : 1
    places = CohortPlaces(first: days.lowerBound, granularity: question.cohort, calendar: resolved.calendar)
    asOf = resolved.asOf.microseconds
    laterWordCount = question.lastPeriod / 64
    let count = resolved.snapshot.memberCount
    latest = Array(repeating: -1, count: count)
    lastReturn = Array(repeating: .min, count: count)
    latestReturn = Array(repeating: -1, count: count)
    hasStarted = Array(repeating: false, count: count)
  }

  /// Takes members' starts by key; `Int64.max` is none.
  mutating func preload(_ starts: [Int64]) throws {
    isPreloaded = true
    for (member, instant) in starts.enumerated() where instant < asOf {
      let day = clock.day(of: instant)
      if days.contains(day) { try append(member, instant, places.place(of: day)) }
    }
  }

  private mutating func append(_ member: Int, _ instant: Int64, _ cohort: Int32) throws {
    try checkSize()
    starts.append(Start(instant: instant, earlier: latest[member], cohort: cohort))
    for _ in 0..<laterWordCount { laterBits.append(0) }
    latest[member] = Int32(starts.count - 1)
  }

  private func checkSize() throws {
    let bytes =
      starts.count * (MemoryLayout<Start>.stride + laterWordCount * 8) + returns.count * MemoryLayout<Return>.stride
    try EngineLimits.check(bytes: bytes, of: "starts and returns")
  }

  /// Takes the events of a stretch of time.
  mutating func add(_ rows: [TimelineRow]) throws {
    for row in rows {
      let member = Int(row.member)
      let day = clock.day(of: row.ts)
      if row.mark & RetentionMark.noStart == 0 { try start(member, row.ts, day) }
      if row.mark & RetentionMark.isReturn != 0 { try noteReturn(member, row.ts, day) }
    }
  }

  private mutating func start(_ member: Int, _ instant: Int64, _ day: CommunityDay) throws {
    if question.isRecurring {
      guard days.contains(day) else { return }
      let place = places.place(of: day)
      var last = latest[member]
      // Where clocks turn back over midnight, a day goes on after the next one began.
      while last >= 0, starts[Int(last)].cohort > place { last = starts[Int(last)].earlier }
      if last < 0 || starts[Int(last)].cohort < place { try append(member, instant, place) }
    } else if !hasStarted[member] {
      hasStarted[member] = true
      if days.contains(day) { try append(member, instant, places.place(of: day)) }
    }
  }

  private mutating func noteReturn(_ member: Int, _ instant: Int64, _ day: CommunityDay) throws {
    var start = latest[member]
    if start < 0 { return }
    lastReturn[member] = instant
    guard let unit else { return try noteInterval(member, instant, places.place(of: day)) }
    let (floor, lastPeriod) = (floor, lastPeriod)
    var isLater = false
    starts.withUnsafeMutableBufferPointer { starts in
      while start >= 0 {
        let index = Int(start)
        if starts[index].instant <= instant {
          let period = Self.period(of: instant, after: starts[index].instant, unit: unit, floor: floor)
          // Periods since earlier starts are longer still.
          if period > lastPeriod { return }
          isLater = period >= 64
          if isLater { return }
          starts[index].bits |= 1 << UInt64(period)
        }
        start = starts[index].earlier
      }
    }
    if isLater { noteLater(start, instant, unit: unit) }
  }

  private mutating func noteInterval(_ member: Int, _ instant: Int64, _ place: Int32) throws {
    let latest = latestReturn[member]
    if latest >= 0, returns[Int(latest)].place == place {
      returns[Int(latest)].last = instant
      return
    }
    try checkSize()
    returns.append(Return(last: instant, earlier: latest, place: place))
    latestReturn[member] = Int32(returns.count - 1)
  }

  /// Goes on from a start for which the return is in period 64 or later.
  private mutating func noteLater(_ first: Int32, _ instant: Int64, unit: Int64) {
    var start = first
    while start >= 0 {
      let index = Int(start)
      let period = Self.period(of: instant, after: starts[index].instant, unit: unit, floor: floor)
      if period > lastPeriod { return }
      laterBits[index * laterWordCount + period / 64 - 1] |= 1 << UInt64(period % 64)
      start = starts[index].earlier
    }
  }

  /// The rolling period of an instant, in periods of `unit` microseconds from an instant floored to `floor` of them.
  @inline(__always)
  private static func period(of instant: Int64, after start: Int64, unit: Int64, floor: Int64) -> Int {
    if floor == 1 { return Int((instant - start) / unit) }
    return Int((instant / floor * floor - start / floor * floor) / unit)
  }

  /// Sizes and returns by cohort, and sums by member over complete cells.
  func counted(by table: RetentionTable, periods: [CommunityDay]) -> ([RetentionTable.Cohort], [ClusterSums]) {
    let isComplete = periods.map { period in cells.map { table.state(period, $0) == .complete } }
    let width = max(1, min(EngineLimits.coreCount, latest.count / 1000))
    let parts = Mutex<[RetentionCounts]>([])
    DispatchQueue.concurrentPerform(iterations: width) { part in
      let members = latest.count * part / width..<latest.count * (part + 1) / width
      let counts = counted(members, isComplete: isComplete)
      parts.withLock { $0.append(counts) }
    }
    var cohorts = periods.map { RetentionTable.Cohort(start: $0, returned: Array(repeating: 0, count: cells.count)) }
    var clusters = Array(repeating: ClusterSums(), count: cells.count)
    for part in parts.withLock({ $0 }) {
      for place in cohorts.indices {
        cohorts[place].size += part.sizes[place]
        for cell in cells.indices { cohorts[place].returned[cell] += part.returned[place * cells.count + cell] }
      }
      for cell in cells.indices { clusters[cell].add(part.clusters[cell]) }
    }
    return (cohorts, clusters)
  }

  private struct RetentionCounts {
    var sizes: [Int]
    var returned: [Int]
    var clusters: [ClusterSums]
  }

  private func counted(_ members: Range<Int>, isComplete: [[Bool]]) -> RetentionCounts {
    let count = cells.count
    var result = RetentionCounts(
      sizes: Array(repeating: 0, count: isComplete.count),
      returned: Array(repeating: 0, count: isComplete.count * count),
      clusters: Array(repeating: ClusterSums(), count: count))
    var words = [UInt64](repeating: 0, count: laterWordCount + 1)
    var intervals: [Return] = []
    var (x, n) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    for member in members where latest[member] >= 0 {
      for cell in 0..<count { (x[cell], n[cell]) = (0, 0) }
      collect(&intervals, of: member)
      var start = latest[member]
      while start >= 0 {
        fill(&words, Int(start), intervals)
        let cohort = Int(starts[Int(start)].cohort)
        let reach = reach(of: Int(start), member, words)
        result.sizes[cohort] += 1
        for cell in 0..<count {
          let isBack = isBack(words, cell, reach: reach)
          if isBack { result.returned[cohort * count + cell] += 1 }
          guard question.isRecurring, isComplete[cohort][cell] else { continue }
          n[cell] += 1
          if isBack { x[cell] += 1 }
        }
        start = starts[Int(start)].earlier
      }
      if question.isRecurring {
        for cell in 0..<count { result.clusters[cell].add(x: x[cell], n: n[cell]) }
      }
    }
    return result
  }

  /// The intervals in which a member returned.
  private func collect(_ intervals: inout [Return], of member: Int) {
    intervals.removeAll(keepingCapacity: true)
    var place = latestReturn[member]
    while place >= 0 {
      intervals.append(returns[Int(place)])
      place = returns[Int(place)].earlier
    }
  }

  /// A bit for each period after a start in which its member returned.
  private func fill(_ words: inout [UInt64], _ start: Int, _ intervals: [Return]) {
    words[0] = starts[start].bits
    for word in 0..<laterWordCount { words[word + 1] = laterBits[start * laterWordCount + word] }
    let (instant, cohort) = (starts[start].instant, starts[start].cohort)
    for interval in intervals where interval.last >= instant {
      let period = Int(interval.place - cohort)
      if period >= 0, period <= lastPeriod { words[period / 64] |= 1 << UInt64(period % 64) }
    }
  }

  private func isBack(_ words: [UInt64], _ cell: Int, reach: Int) -> Bool {
    switch question.mode {
    case .on: Self.holds(words, cells[cell].lowerBound)
    case .bracket: cells[cell].contains { Self.holds(words, $0) }
    case .onOrAfter, .full, .streak: reach >= cells[cell].lowerBound
    }
  }

  /// The last period that counts: of any return, or of those without a gap; -1 for none.
  private func reach(of start: Int, _ member: Int, _ words: [UInt64]) -> Int {
    switch question.mode {
    case .on, .bracket: return 0
    case .onOrAfter:
      guard lastReturn[member] >= starts[start].instant else { return -1 }
      if let unit { return Self.period(of: lastReturn[member], after: starts[start].instant, unit: unit, floor: floor) }
      var (clock, places) = (clock, places)
      return Int(places.place(of: clock.day(of: lastReturn[member])) - starts[start].cohort)
    case .full, .streak:
      var period = question.mode == .full ? 1 : 0
      while period <= lastPeriod, Self.holds(words, period) { period += 1 }
      return period - 1
    }
  }

  private static func holds(_ words: [UInt64], _ period: Int) -> Bool {
    words[period / 64] & (1 << UInt64(period % 64)) != 0
  }
}

/// The places of days' intervals, 0 being that of the first day asked for; the last day asked is remembered.
private struct CohortPlaces {
  private let first: CommunityDay
  private let granularity: Granularity
  private let calendar: CommunityCalendar
  private var last: (day: CommunityDay, place: Int32)

  init(first day: CommunityDay, granularity: Granularity, calendar: CommunityCalendar) {
    (self.granularity, self.calendar) = (granularity, calendar)
    first = calendar.start(of: granularity, holding: day)
    last = (day, 0)
  }

  mutating func place(of day: CommunityDay) -> Int32 {
    if day != last.day {
      let start = calendar.start(of: granularity, holding: day)
      last = (day, Int32(calendar.distance(from: first, to: start, granularity)))
    }
    return last.place
  }
}
