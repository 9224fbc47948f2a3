import Aggregation
import Events

/// The slow, obvious units of an experiment: each on its own, over all events, straight from the definitions.
struct ReferenceUnits {
  private let question: UnitQuestion
  private let zone: TimeZoneRules
  private let days: ClosedRange<CommunityDay>
  /// Conditions by the text of a filter.
  private let conditions: [String: (UnitEvent) -> Bool]
  /// What lies before as-of: all, by member, and planned rows in order.
  private let seen: [UnitEvent]
  private let seenOf: [String: [UnitEvent]]
  private var planned: [UnitEvent] = []

  init(
    question: UnitQuestion, events: [UnitEvent], zone: TimeZoneRules, asOf: Timestamp,
    days: ClosedRange<CommunityDay>, conditions: [String: (UnitEvent) -> Bool]
  ) {
    (self.question, self.zone, self.days, self.conditions) = (question, zone, days, conditions)
    seen = events.filter { $0.ts < asOf }
    seenOf = Dictionary(grouping: seen, by: \.member)
    planned = findPlanned()
  }

  /// One row of the table.
  struct Row: Equatable {
    var member: String
    var cluster: String
    var arm: String
    var day: CommunityDay
    var push: String?
    var propensity: Double?
    var version: String?
    var isDelivered: Bool
    var segments: [String?]
    /// Nil is not known. Numerators and denominators, then those of the past.
    var values: [Double?]
  }

  private func day(_ event: UnitEvent) -> CommunityDay { zone.day(of: event.ts) }
  private func holds(_ filter: Filter?, _ event: UnitEvent) -> Bool {
    filter.map { conditions[$0.text]!(event) } ?? true
  }
  private func isActive(_ event: UnitEvent) -> Bool { !["push_sent", "push_planned"].contains(event.name) }

  private var cluster: Bool { if case .cluster = question.unit { true } else { false } }

  private func findPlanned() -> [UnitEvent] {
    guard case .event(let name) = question.assignment else { return [] }
    func text(_ value: String?) -> String { value ?? "\u{10FFFF}" }
    func key(_ event: UnitEvent) -> [String] {
      let terms = propensity(event).map { "\($0)" }
      return [event.push, event.community, event.arm, terms, version(event), event.platform].map(text)
    }
    return seen.filter { $0.name == name && days.contains(day($0)) && holds(question.scope.filter, $0) }
      .sorted { a, b in
        if day(a) != day(b) { return day(a) < day(b) }
        if a.ts != b.ts { return a.ts < b.ts }
        return key(a).lexicographicallyPrecedes(key(b))
      }
  }

  private func propensity(_ event: UnitEvent) -> Double? {
    event.properties["propensity"].flatMap(Double.init).flatMap { $0 > 0 && $0 <= 1 ? $0 : nil }
  }

  private func version(_ event: UnitEvent) -> String? { event.properties["plan"]?.replacing("\"", with: "") }

  /// Rows of each unit.
  private var groups: [[UnitEvent]] {
    func key(_ event: UnitEvent) -> String? {
      switch question.unit {
      case .member: event.member
      case .send: event.push.map { "\(event.member) \($0)" }
      case .cluster: event.community.map { "\(event.member) \($0)" }
      }
    }
    return Array(Dictionary(grouping: planned.filter { key($0) != nil }) { key($0)! }.values)
  }

  private func isMixed(_ rows: [UnitEvent]) -> Bool {
    if question.keepsFirstArm { return false }
    let same = cluster ? planned.filter { $0.community == rows[0].community } : rows
    return same.contains { $0.arm != same[0].arm }
  }

  /// All rows, in no order, and what is not among them.
  func table() -> (rows: [Row], exclusions: UnitTable.Exclusions) {
    var exclusions = UnitTable.Exclusions()
    if question.unit == .send { exclusions.withoutPush = planned.count { $0.push == nil } }
    if cluster { exclusions.withoutCommunity = planned.count { $0.community == nil } }
    var rows: [Row] = []
    for group in groups {
      if isMixed(group) {
        exclusions.inTwoArms += 1
      } else if !question.arms.contains(group[0].arm ?? "") {
        exclusions.unknownArms[group[0].arm ?? "", default: 0] += 1
      } else {
        if question.unit == .send { exclusions.plannedAgain += group.count - 1 }
        rows.append(row(group, &exclusions))
      }
    }
    if question.unit == .send {
      let sent = seen.filter { $0.name == question.sent && $0.push != nil && days.contains(day($0)) }
      let isPlanned = Set(planned.map { "\($0.member) \($0.push ?? "")" })
      exclusions.unplannedSends = Set(sent.map { "\($0.member) \($0.push!)" }).subtracting(isPlanned).count
    }
    return (rows, exclusions)
  }

  /// The first send of each push that was planned for a unit on its anchor day.
  private func sends(_ group: [UnitEvent]) -> [String: Timestamp?] {
    let anchor = day(group[0])
    var sends: [String: Timestamp?] = [:]
    for row in group where day(row) == anchor {
      guard let push = row.push else { continue }
      sends[push] = .some(
        seenOf[row.member]!.filter {
          $0.name == question.sent && $0.push == push && day($0) >= anchor - 1
        }.map(\.ts).min())
    }
    return sends
  }

  private func row(_ group: [UnitEvent], _ exclusions: inout UnitTable.Exclusions) -> Row {
    let (first, sends) = (group[0], sends(group))
    let anchor = day(first)
    let all = seenOf[first.member]!
    let own = all.filter { !cluster || $0.community == first.community }
    let firstActivity = all.filter { isActive($0) }.map(\.ts).min()
    let isNew = firstActivity.map { zone.day(of: $0) >= anchor } ?? true
    var values: [Double?] = []
    var past: [Double?] = []
    for outcome in question.outcomes {
      for measure in [outcome.measure] + (outcome.denominator.map { [$0] } ?? []) {
        let counted = own.filter { counts($0, measure) }
        let inside = counted.filter { event in
          guard outcome.isOfPush else { return (anchor..<anchor + outcome.windowDays).contains(day(event)) }
          guard let push = event.push, let sent = sends[push] ?? nil else { return false }
          return event.ts >= sent && event.ts < sent.adding(seconds: outcome.windowSeconds)
        }
        var value = figure(measure, inside, anchor)
        if outcome.isProportion, outcome.denominator == nil, let number = value, number != 0, number != 1 {
          value = nil
          exclusions.unusableValues[outcome.name, default: 0] += 1
        }
        if measure == outcome.measure, case .sum = measure.kind {
          let unusable = inside.count { $0.properties["amount"].map { $0 != "null" } == true && amount($0) == nil }
          if unusable > 0 { exclusions.unusableValues[outcome.name, default: 0] += unusable }
        }
        values.append(value)
        if question.readsPast, measure.kind != .hoursToFirst {
          past.append(
            isNew ? nil : figure(measure, counted.filter { (anchor - 14..<anchor).contains(day($0)) }, anchor))
        }
      }
    }
    exclusions.tapsBeforeSend += tapsBeforeSend(own, sends, anchor)
    let isDelivered =
      sends.isEmpty
      ? all.contains { $0.name == question.sent && day($0) == anchor }
      : sends.values.contains { $0 != nil }
    return Row(
      member: first.member, cluster: cluster ? first.community! : first.member, arm: first.arm!, day: anchor,
      push: first.push, propensity: propensity(first), version: version(first), isDelivered: isDelivered,
      segments: segments(first, isNew: isNew), values: values + past)
  }

  private func counts(_ event: UnitEvent, _ measure: UnitQuestion.Measure) -> Bool {
    (measure.events.isEmpty ? isActive(event) : measure.events.contains(event.name)) && holds(measure.filter, event)
  }

  private func figure(_ measure: UnitQuestion.Measure, _ events: [UnitEvent], _ anchor: CommunityDay) -> Double? {
    switch measure.kind {
    case .occurred: return events.isEmpty ? 0 : 1
    case .count: return Double(events.count)
    case .days: return Double(Set(events.map(day)).count)
    case .sum:
      return events.compactMap(amount).reduce(0, +)
    case .hoursToFirst:
      let start = zone.start(of: anchor).microseconds
      return events.map(\.ts.microseconds).min().map { Double(max(0, $0 - start)) / 3.6e9 }
    case .fact: return nil
    }
  }

  private func amount(_ event: UnitEvent) -> Double? {
    event.properties["amount"].flatMap(Double.init).flatMap { abs($0) < 9e15 ? $0 : nil }
  }

  /// Once for all outcomes of one filter.
  private func tapsBeforeSend(_ own: [UnitEvent], _ sends: [String: Timestamp?], _ anchor: CommunityDay) -> Int {
    let taps = question.outcomes.filter(\.isOfPush)
    let filters = taps.map(\.measure.filter?.text)
    return Set(filters).reduce(0) { sum, text in
      let measures = taps.map(\.measure).filter { $0.filter?.text == text }
      return sum
        + own.count { event in
          guard measures.contains(where: { counts(event, $0) }), let push = event.push, let sent = sends[push] ?? nil
          else { return false }
          return event.ts < sent && event.ts >= zone.start(of: anchor)
        }
    }
  }

  private func segments(_ first: UnitEvent, isNew: Bool) -> [String?] {
    question.segments.map { name in
      switch name {
      case "platform": return first.platform
      case "community": return first.community
      default:
        if isNew { return "new" }
        let anchor = day(first)
        let own = seenOf[first.member]!.filter { event in
          isActive(event) && (anchor - 14..<anchor).contains(day(event))
        }
        let count = Set(own.map(day)).count
        return count == 0 ? "0" : count < 4 ? "1–3" : count < 10 ? "4–9" : "10–14"
      }
    }
  }
}
