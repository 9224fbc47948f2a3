internal import Events
internal import Segments

/// A question whose every name and date is settled against one snapshot.
struct ResolvedQuestion {
  /// Only events before this instant count.
  let asOf: Timestamp
  /// The days asked for; nil where the store is empty and no range was given.
  let days: ClosedRange<CommunityDay>?
  /// Days that hold data before as-of.
  let dataDays: ClosedRange<CommunityDay>?
  let zone: TimeZoneRules
  let calendar: CommunityCalendar
  var notes: [String] = []

  /// - Parameter now: the instant of the run, which caps the default as-of.
  /// - Throws: ``AggregationError`` for an unknown name or an impossible range.
  init(_ question: Question, store: Store, snapshot: Snapshot, asOf: Timestamp?, now: Timestamp) throws {
    zone = store.zone
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
    self.asOf = asOf ?? Self.defaultAsOf(snapshot, zone: store.zone, now: now)
    let (limit, zone) = (self.asOf, self.zone)
    let lastBefore = snapshot.days.last { zone.start(of: $0) < limit }
    if let first = snapshot.firstDay, let last = lastBefore, first <= last {
      dataDays = first...last
    } else {
      dataDays = nil
    }
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

  /// A longer range is refused: no log reaches that far.
  private static let dayCountMax = 40_000

  /// The end of the last community day that holds data, not later than the run itself.
  static func defaultAsOf(_ snapshot: Snapshot, zone: TimeZoneRules, now: Timestamp) -> Timestamp {
    guard let last = snapshot.lastDay else { return now }
    return min(zone.start(of: last + 1), now)
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
