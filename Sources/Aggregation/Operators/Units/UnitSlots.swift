internal import Events

/// A figure that is kept of every unit while events are read: what outcomes are made of. Outcomes that need the same one
/// share it.
struct UnitSlot: Equatable, Sendable {
  /// What is kept.
  enum Kind: Equatable, Sendable {
    /// How many events.
    case count
    /// On which days, a bit each.
    case days
    /// The sum of the property at these keys, in fixed point.
    case sum([String])
    /// The first instant.
    case first
  }

  var kind: Kind
  /// Empty is all activity.
  var events: [String]
  var filter: Filter?
  /// Days counted from the anchor: the first, and how many.
  var firstDay: Int32
  var dayCount: Int32
  /// Where only events of the unit's own push count: microseconds from the send.
  var tapSpan: Int64?
  /// Whether events count wherever they are, be units those of communities.
  var isAnywhere = false

  /// Words of 32 bits for each unit; 0 where it is not kept in words.
  var wordCount: Int {
    switch kind {
    case .count: 1
    case .days: (Int(dayCount) + 31) / 32
    case .sum, .first: 0
    }
  }

  /// Bytes kept of each unit.
  var byteCount: Int {
    switch kind {
    case .count, .days: 4 * wordCount
    case .sum: 16
    case .first: 8
    }
  }
}

/// The slots of a question, each once, and where each outcome finds its own.
struct UnitSlots: Sendable {
  /// Places of slots; nil where an outcome has no such figure.
  struct Places: Sendable {
    var value: Int
    var denominator: Int?
    var past: Int?
    var pastDenominator: Int?
  }

  private(set) var slots: [UnitSlot] = []
  private(set) var outcomes: [Places] = []
  /// Active days before the anchor, for a segment.
  private(set) var priorActivity: Int?

  init(_ question: UnitQuestion) {
    if question.segments.contains(UnitQuestion.priorActivity) {
      var slot = Self.past(UnitQuestion.Measure(.days))
      slot.isAnywhere = question.clusterColumn != nil
      priorActivity = place(of: slot)
    }
    var found = [Places?](repeating: nil, count: question.outcomes.count)
    // What asks for more goes first: others can share it.
    let order = question.outcomes.indices.sorted {
      (question.outcomes[$0].measure.kind == .occurred ? 1 : 0, $0) < (
        question.outcomes[$1].measure.kind == .occurred ? 1 : 0, $1
      )
    }
    for index in order {
      let outcome = question.outcomes[index]
      let (measure, denominator) = (outcome.measure, outcome.denominator)
      var places = Places(value: place(of: Self.slot(measure, of: outcome), measure))
      places.denominator = denominator.map { place(of: Self.slot($0, of: outcome), $0) }
      if question.readsPast(of: outcome) {
        places.past = place(of: Self.past(measure), measure)
        places.pastDenominator = denominator.map { place(of: Self.past($0), $0) }
      }
      found[index] = places
    }
    outcomes = found.compactMap(\.self)
  }

  private mutating func place(of slot: UnitSlot) -> Int {
    if let place = slots.firstIndex(of: slot) { return place }
    slots.append(slot)
    return slots.count - 1
  }

  /// Whether there was one says how many there were, and on how many days.
  private mutating func place(of slot: UnitSlot, _ measure: UnitQuestion.Measure) -> Int {
    guard measure.kind == .occurred else { return place(of: slot) }
    var other = slot
    for kind in [UnitSlot.Kind.count, .days] {
      other.kind = kind
      if let place = slots.firstIndex(of: other) { return place }
    }
    return place(of: slot)
  }

  private static func slot(_ measure: UnitQuestion.Measure, of outcome: UnitQuestion.Outcome) -> UnitSlot {
    UnitSlot(
      kind: kind(measure), events: Set(measure.events).sorted(), filter: measure.filter, firstDay: 0,
      dayCount: Int32(outcome.windowDays), tapSpan: outcome.isOfPush ? outcome.windowSeconds * 1_000_000 : nil)
  }

  private static func past(_ measure: UnitQuestion.Measure) -> UnitSlot {
    let count = Int32(UnitQuestion.pastDayCount)
    return UnitSlot(
      kind: kind(measure), events: Set(measure.events).sorted(), filter: measure.filter, firstDay: -count,
      dayCount: count)
  }

  private static func kind(_ measure: UnitQuestion.Measure) -> UnitSlot.Kind {
    switch measure.kind {
    case .count: .count
    // Of all activity the index knows days.
    case .occurred: measure.events.isEmpty ? .days : .count
    case .days: .days
    case .sum: .sum(measure.kind.property ?? [])
    case .hoursToFirst: .first
    case .fact: preconditionFailure("facts are not made of events")
    }
  }

  /// Slots that one scan can fill: the same filter and the same columns.
  func scans(isClustered: Bool) -> [[Int]] {
    func columns(_ slot: UnitSlot) -> Int {
      if slot.tapSpan != nil { return 4 }
      if ActivityDays.canFill(slot, isClustered: isClustered) { return 3 }
      return switch slot.kind {
      case .count, .days: 0
      case .sum: 1
      case .first: 2
      }
    }
    var scans: [[Int]] = []
    for (place, slot) in slots.enumerated() {
      let known = scans.firstIndex { slots[$0[0]].filter == slot.filter && columns(slots[$0[0]]) == columns(slot) }
      if let known { scans[known].append(place) } else { scans.append([place]) }
    }
    return scans
  }
}
