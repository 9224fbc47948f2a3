internal import Events
internal import Segments

/// A question whose every name and date is settled against one snapshot.
package struct ResolvedQuestion {
  private(set) var question: any Question
  let store: Store
  let snapshot: Snapshot
  /// Only events before this instant count.
  let asOf: Timestamp
  /// The days asked for; nil where the store is empty and no range was given.
  let days: ClosedRange<CommunityDay>?
  /// Days that hold data before as-of.
  let dataDays: ClosedRange<CommunityDay>?
  let zone: TimeZoneRules
  let calendar: CommunityCalendar
  var notes: [String] = []
  /// Where the days of its scans came from.
  let tally = ScanTally()

  /// - Parameter now: the instant of the run, which caps the default as-of.
  /// - Throws: ``AggregationError`` for an unknown name or an impossible range.
  init(_ question: any Question, store: Store, snapshot: Snapshot, asOf: Timestamp?, now: Timestamp) throws {
    (self.question, self.store, self.snapshot) = (question, store, snapshot)
    zone = question.scope.zone ?? store.zone
    calendar = store.calendar
    let known = ["event"] + store.settings.schema.dimensions
    for name in question.by where !known.contains(name) && !name.hasPrefix(FactColumns.prefix) {
      let near = nearestWord(to: name, among: known).map { "Did you mean '\($0)'? " } ?? ""
      throw AggregationError(
        .unknownName, "'\(name)' is not a dimension", hint: near + "Known: \(known.joined(separator: ", ")).")
    }
    try FactColumns.check(question, store: store, snapshot: snapshot)
    if Set(question.by).count < question.by.count {
      throw AggregationError(.usage, "a column stands twice in --by", hint: "Name each once.")
    }
    notes = try Self.notesOnEvents(of: question, store: store, snapshot: snapshot)
    notes += try PropertyNotes.notes(on: question, store: store, snapshot: snapshot)
    self.asOf = asOf ?? Self.defaultAsOf(snapshot, zone: store.zone, now: now)
    dataDays = Self.dataDays(snapshot, of: zone, storedIn: store.zone, before: self.asOf)
    let from = question.days.from ?? dataDays?.lowerBound ?? question.days.to
    let to = question.days.to ?? dataDays?.upperBound ?? question.days.from
    guard let from, let to else {
      days = nil
      notes.append("The store holds no events before as-of.")
      return
    }
    guard from <= to else {
      throw AggregationError(
        .usage, "the range ends on \(to), before it starts on \(from)",
        hint: "Give --from a day that is not after --to.")
    }
    guard to - from < Self.dayCountMax else {
      throw AggregationError(
        .usage, "the range has \(to - from + 1) days, more than \(Self.dayCountMax)", hint: "Ask for a shorter one.")
    }
    days = from...to
    if dataDays == nil { notes.append("The store holds no events before as-of.") }
  }

  /// The same days and snapshot for another question about them.
  func asking(_ question: any Question) -> ResolvedQuestion {
    var other = self
    other.question = question
    return other
  }

  /// A longer range is refused: no log reaches that far.
  private static let dayCountMax = 40_000

  /// The end of the last community day that holds data, not later than the run itself. Days to come, for which sends
  /// are planned, hold nothing yet.
  static func defaultAsOf(_ snapshot: Snapshot, zone: TimeZoneRules, now: Timestamp) -> Timestamp {
    guard let last = snapshot.days.last(where: { zone.start(of: $0) < now }) else { return now }
    return min(zone.start(of: last + 1), now)
  }

  /// A scan of qualifying events by day, under the question's filter.
  func dayScan(by: [String] = []) throws -> DayScan {
    DayScan(
      store: store, snapshot: snapshot, filter: question.filter, by: by, asOf: asOf,
      facts: try FactColumns(question, store: store, snapshot: snapshot), foreignZone: isForeign ? zone : nil,
      tally: tally)
  }

  /// Whether days are those of another zone than the store's, so that stored days and the index do not serve.
  var isForeign: Bool { zone.name != store.zone.name }

  /// The segments that may hold events of `days`, ascending.
  func segments(holding days: ClosedRange<CommunityDay>) -> [SegmentRecord] {
    let zone = isForeign ? zone : nil
    return snapshot.segments.filter { segment in
      segment.timestamps.lowerBound < asOf.microseconds
        && (zone.map { segment.mayHold(days, of: $0) } ?? days.contains(segment.day))
    }
  }

  /// Each member's first qualifying instant ever, by key; `Int64.max` where there is none.
  func firstInstants() throws -> [Int64] { try store.firstQualifyingInstants(snapshot) }

  /// Says which events that the question names no member ever did: one mistyped would be silence else.
  private static func notesOnEvents(of question: any Question, store: Store, snapshot: Snapshot) throws -> [String] {
    let asked = Set(question.eventNames + question.filters.flatMap(\.eventNames))
    if asked.isEmpty { return [] }
    let known = try store.eventNames(snapshot)
    return asked.sorted().filter { name in !known.contains { $0.utf8.elementsEqual(name.utf8) } }.map { name in
      let near = nearestWord(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      return "No member ever did '\(name)'.\(near)"
    }
  }

  /// The days of `zone` that hold data before an instant.
  private static func dataDays(
    _ snapshot: Snapshot, of zone: TimeZoneRules, storedIn stored: TimeZoneRules, before limit: Timestamp
  ) -> ClosedRange<CommunityDay>? {
    if zone.name == stored.name {
      guard let first = snapshot.firstDay, let last = snapshot.days.last(where: { zone.start(of: $0) < limit }) else {
        return nil
      }
      return first <= last ? first...last : nil
    }
    let spans = snapshot.segments.map(\.timestamps)
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max(),
      first < limit.microseconds
    else { return nil }
    let firstDay = zone.day(of: Timestamp(microseconds: first))
    return firstDay...max(firstDay, zone.day(of: Timestamp(microseconds: min(last, limit.microseconds - 1))))
  }

  /// The instants of `days`, in microseconds; none where the clock jumps over them.
  func span(of days: ClosedRange<CommunityDay>) -> Range<Int64> {
    let start = zone.start(of: days.lowerBound).microseconds
    return start..<max(start, zone.start(of: days.upperBound + 1).microseconds)
  }

  /// Whether an interval that ends before `day` starts has ended by as-of.
  func hasEnded(before day: CommunityDay) -> Bool { zone.start(of: day) <= asOf }

  /// Whether an interval that starts on `day` has begun by as-of.
  func hasBegun(_ day: CommunityDay) -> Bool { zone.start(of: day) < asOf }

  /// The first days of the intervals that `days` touches.
  func periods(_ granularity: Granularity) -> [CommunityDay] {
    guard let days else { return [] }
    var periods: [CommunityDay] = []
    var start = calendar.start(of: granularity, holding: days.lowerBound)
    while start <= days.upperBound {
      periods.append(start)
      start = calendar.start(start, advancedBy: 1, granularity)
    }
    return periods
  }

  /// Says which of the first and last intervals the range cuts.
  func partialNote(_ granularity: Granularity) -> String? {
    guard granularity != .day, let days else { return nil }
    let first = calendar.start(of: granularity, holding: days.lowerBound)
    let last = calendar.start(of: granularity, holding: days.upperBound)
    let cutsFirst = first < days.lowerBound
    let cutsLast = calendar.start(last, advancedBy: 1, granularity) - 1 > days.upperBound
    guard cutsFirst || cutsLast else { return nil }
    let which = Set([cutsFirst ? first : nil, cutsLast ? last : nil].compactMap(\.self)).sorted()
    return "Partial: the range covers only part of the \(granularity.rawValue) of "
      + which.map(\.description).joined(separator: " and of ") + "."
  }
}
