internal import Columns
internal import Dispatch
internal import Events
internal import Segments
internal import Synchronization

/// Which events a scan gives.
enum EventChoice: Sendable {
  /// All that are activity of the member.
  case qualifying
  /// Those called so, be they passive.
  case named([String])
  /// Both; those called so have their place.
  case qualifyingAnd([String])
}

/// Reads events block by block on all cores: only the columns and row groups that are asked for, and of named events
/// only the pages that hold them, since the rows of an event lie together.
///
/// ```
/// var scan = try EventScan(resolved, days: days, events: .named(["post_view", "share"]))
/// scan.readsTimestamps = true
/// let counts = try scan.fold([Int](repeating: 0, count: 2), into: &answer) { counts, block in
///   for run in block.runs { block.forEachRow(of: run) { _ in counts[run.place] += 1 } }
/// }                                                       // one state a core; add them up
/// ```
struct EventScan: Sendable {
  private let store: Store
  private let asOf: Timestamp
  private let zone: TimeZoneRules
  private let isForeign: Bool
  /// In the order of days and batches.
  let segments: [SegmentRecord]
  private let days: ClosedRange<CommunityDay>
  private let events: EventChoice
  private let facts: FactColumns
  /// Only rows for which it holds count.
  var filter: Filter?
  /// Columns to give, besides what the filter reads: `event`, dimensions, `properties`, `member.X`.
  var columns: [String] = []
  /// Whether blocks hold instants.
  var readsTimestamps = false

  /// A scan of the events of `days`, in the question's zone, before as-of.
  init(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, events: EventChoice = .qualifying) throws {
    self.init(
      resolved, days: days, events: events,
      facts: try FactColumns(resolved.question, store: resolved.store, snapshot: resolved.snapshot))
  }

  /// The same with attributes of members that were read before, for one of several scans of a question.
  init(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, events: EventChoice, facts: FactColumns) {
    (store, asOf, zone, isForeign) = (resolved.store, resolved.asOf, resolved.zone, resolved.isForeign)
    (self.days, self.events, self.facts) = (days, events, facts)
    filter = resolved.question.filter
    segments = resolved.segments(holding: days)
  }

  /// Gives every block to one of several states, one a core, and returns them.
  ///
  /// Which block meets which state is left open: what is made of the states must not depend on it.
  /// - Throws: what reading or `body` throws, of the earliest segment that fails.
  func fold<State>(
    _ initial: @autoclosure () throws -> State, into answer: inout Answer,
    _ body: (inout State, EventBlock) throws -> Void
  ) throws -> [State] {
    let width = max(1, min(EngineLimits.coreCount, segments.count))
    var states: [State] = []
    for _ in 0..<width { states.append(try initial()) }
    let next = Atomic<Int>(0)
    let failure = Mutex<(segment: Int, error: any Error)?>(nil)
    let counted = Mutex(AnswerStatistics())
    states.withUnsafeMutableBufferPointer { states in
      nonisolated(unsafe) let states = states
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: width) { worker in
        var statistics = AnswerStatistics()
        while true {
          let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if place >= segments.count || failure.withLock({ $0 != nil && $0!.segment < place }) { break }
          do {
            try blocks(of: place, counting: &statistics) { try body(&states[worker], $0) }
          } catch {
            failure.withLock { if $0 == nil || $0!.segment > place { $0 = (place, error) } }
          }
        }
        counted.withLock { $0.add(statistics) }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    answer.statistics.add(counted.withLock { $0 })
    return states
  }

  /// What `body` makes of each block, in the order of segments and of their rows.
  func map<Result>(into answer: inout Answer, _ body: (EventBlock) throws -> Result) throws -> [Result] {
    let parts = try fold([(segment: Int, result: Result)](), into: &answer) { results, block in
      results.append((block.segment, try body(block)))
    }
    // Blocks of a segment come in order, and all of them to one state.
    var bySegment: [[Result]] = Array(repeating: [], count: segments.count)
    for (segment, result) in parts.joined() { bySegment[segment].append(result) }
    return bySegment.flatMap(\.self)
  }

  /// Calls `body` with the blocks of a segment in the order of their rows.
  func blocks(
    of place: Int, counting statistics: inout AnswerStatistics, _ body: (EventBlock) throws -> Void
  ) throws {
    let segment = try SegmentReader(segments[place], of: store)
    statistics.segmentsRead += 1
    for group in 0..<segment.rowGroupCount where segment.reasonToSkip(rowGroup: group, conditions) == nil {
      guard let events = try segment.textRuns("event", rowGroup: group) else {
        throw StoreError(.corrupt, "the column 'event' is missing", file: segment.record.file)
      }
      let runs = runs(of: events)
      for range in Self.ranges(of: runs, in: segment, group) {
        let inside = runs.filter { range.contains($0.rows.lowerBound) }
        statistics.rowsScanned += range.count
        let block = try block(segment, place, group, range, runs: inside, events: events)
        statistics.columnsRead.formUnion(["event", "member"] + block.columns.keys)
        if !block.timestamps.isEmpty { statistics.columnsRead.insert("ts") }
        try body(block)
      }
    }
  }

  private var conditions: [ColumnCondition] {
    guard case .named(let names) = events else { return filter?.conditions ?? [] }
    return [ColumnCondition("event", .isAmong(names))] + (filter?.conditions ?? [])
  }

  /// The runs of the events asked for; rows lie in the order of event names.
  private func runs(of events: TextRuns) -> [EventRun] {
    events.runs.compactMap { run in
      let name = events.values.string(run.code)
      guard mayMatch(name) else { return nil }
      let isPassive = store.settings.schema.passiveEvents.contains(name)
      switch self.events {
      case .qualifying: return isPassive ? nil : EventRun(name: name, place: -1, rows: run.rows)
      case .named(let names):
        return Self.place(of: name, in: names).map { EventRun(name: name, place: $0, rows: run.rows) }
      case .qualifyingAnd(let names):
        let place = Self.place(of: name, in: names)
        return place == nil && isPassive ? nil : EventRun(name: name, place: place ?? -1, rows: run.rows)
      }
    }
  }

  /// Whether rows of an event can meet the filter: not where it joins with `and` that the event is another.
  private func mayMatch(_ name: String) -> Bool {
    conditions.allSatisfy { condition in
      guard condition.column == "event", case .isAmong(let names) = condition.test else { return true }
      return names.contains(name)
    }
  }

  private static func place(of name: String, in names: [String]) -> Int? {
    names.firstIndex { $0.utf8.elementsEqual(name.utf8) }
  }

  /// A gap of so many rows is read over: that costs less than reading a dictionary again behind it.
  private static let gapRowCountMax = 2 * 20_000

  /// Whole pages that hold the runs, each run within one range.
  private static func ranges(of runs: [EventRun], in segment: SegmentReader, _ group: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for run in runs {
      let rows = segment.widened(run.rows, inGroup: group)
      if let last = ranges.last, rows.lowerBound <= last.upperBound + gapRowCountMax {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, rows.upperBound)
      } else {
        ranges.append(rows)
      }
    }
    return ranges
  }

  private func block(
    _ segment: SegmentReader, _ place: Int, _ group: Int, _ range: Range<Int>, runs: [EventRun], events: TextRuns
  ) throws -> EventBlock {
    let members = try segment.members(rowGroup: group, rows: range)
    var loaded: [String: TextColumn] = [:]
    for name in Set(columns).union(filter?.columns ?? []) {
      if name == "event" {
        loaded[name] = events.column(range)
      } else if name.hasPrefix(FactColumns.prefix) {
        loaded[name] = facts.column(name, of: members)
      } else {
        loaded[name] = try segment.text(name, rowGroup: group, rows: range)
      }
    }
    let isCut = segment.record.timestamps.upperBound >= asOf.microseconds
    let timestamps =
      readsTimestamps || isCut || isForeign ? try segment.timestamps(rowGroup: group, rows: range) : []
    var selection = filter.map { filter in filter.evaluate(rowCount: range.count) { loaded[$0] } }
    if isCut { Self.deselect(&selection, rowCount: range.count) { timestamps[$0] >= asOf.microseconds } }
    let foreignDays = isForeign ? days(of: timestamps) : nil
    if let foreignDays {
      let (first, last) = (days.lowerBound.number, days.upperBound.number)
      Self.deselect(&selection, rowCount: range.count) { foreignDays[$0] < first || foreignDays[$0] > last }
    }
    return EventBlock(
      segment: place, storedDay: segment.record.day,
      runs: runs.map { run in
        EventRun(
          name: run.name, place: run.place,
          rows: run.rows.lowerBound - range.lowerBound..<run.rows.upperBound - range.lowerBound)
      }, members: members, timestamps: timestamps, columns: loaded, selection: selection, foreignDays: foreignDays)
  }

  private static func deselect(_ selection: inout [UInt8]?, rowCount: Int, _ isOut: (Int) -> Bool) {
    var result = selection ?? [UInt8](repeating: 1, count: rowCount)
    for row in 0..<rowCount where isOut(row) { result[row] = 0 }
    selection = result
  }

  private func days(of timestamps: [Int64]) -> [Int32] {
    var clock = DayClock(zone)
    return timestamps.map { clock.day(of: $0).number }
  }
}
