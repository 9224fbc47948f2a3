package import Events

/// The planned units of an experiment, and what became of them: the rows that its statistics rest on.
///
/// ```
/// anchor day  ├── 14 days before ──┤00:00 ├── day 1 ──┼── day 2 ──┤…     whole community days
/// unit                              planned   sent ├── 24 h ──┤            taps of its own push alone
/// ```
package struct UnitQuestion: Sendable, Equatable {
  /// How it is known which arm a unit is in.
  package enum Assignment: Sendable, Equatable {
    /// Each (member, push) of this event is a planned send; its arm is the dimension `arm`, its day the anchor.
    case event(String)
    /// An attribute of members, of a test that was run elsewhere: no days, no sends. Without prefix.
    case fact(String)
  }

  /// What is one row of the table, and what is drawn as one.
  package enum Unit: Sendable, Equatable {
    /// A member, in one arm for good, from the first planned day on.
    case member
    /// A planned (member, push); the arm is drawn for each.
    case send
    /// A planned member of a community, which as a whole is in one arm; the dimension that names communities. Outcomes
    /// are those within that community.
    case cluster(dimension: String)
  }

  /// What is counted of a unit.
  package struct Measure: Sendable, Equatable {
    /// How events become a number.
    package enum Kind: Sendable, Equatable {
      /// 1 where there is one, else 0.
      case occurred
      /// How many.
      case count
      /// The days that have one.
      case days
      /// The sum of a property, such as `properties.amount`; events without a number in it add nothing.
      case sum(of: String)
      /// Hours from the anchor to the first; NaN where there is none.
      case hoursToFirst
      /// An attribute of the member, without prefix: numbers, or true and false.
      case fact(String)
    }

    package var kind: Kind
    /// Names of events; empty is all activity.
    package var events: [String]
    /// Only events for which it holds.
    package var filter: Filter?

    package init(_ kind: Kind, events: [String] = [], filter: Filter? = nil) {
      (self.kind, self.events, self.filter) = (kind, events, filter)
    }
  }

  /// One figure of each unit.
  package struct Outcome: Sendable, Equatable {
    package var name: String
    package var measure: Measure
    /// What it is divided by, of a ratio.
    package var denominator: Measure?
    /// How long after the anchor events count: whole days. Of taps: how long after the send.
    package var windowSeconds: Int64
    /// Only events that carry the unit's own push, from the send on: taps.
    package var isOfPush: Bool
    /// Whether values other than 0 and 1 make no sense.
    package var isProportion: Bool

    package init(
      _ name: String, _ measure: Measure, denominator: Measure? = nil, windowSeconds: Int64, isOfPush: Bool = false,
      isProportion: Bool = false
    ) {
      (self.name, self.measure, self.denominator) = (name, measure, denominator)
      (self.windowSeconds, self.isOfPush, self.isProportion) = (windowSeconds, isOfPush, isProportion)
    }

    /// Whole days of the window.
    package var windowDays: Int { Int((windowSeconds + 86399) / 86400) }
  }

  /// The experiment that it is of, as its file is called.
  package var experiment = ""
  /// Anchor days lie in its days; its filter is on planned units.
  package var scope = QuestionScope()
  package var assignment = Assignment.event("push_planned")
  package var unit = Unit.send
  /// Names of the arms.
  package var arms: [String] = []
  /// Whether a row is of the first arm, whatever arm it names: of what was before there were arms.
  package var isBeforeArms = false
  /// The event that is a delivery.
  package var sent = "push_sent"
  package var outcomes: [Outcome] = []
  /// Columns to break units down by: dimensions of the planned unit, `member.X`, and `prior-activity`.
  package var segments: [String] = []
  /// Whether a member that was planned in two arms keeps the first; else such members are left out. Of `unit: member`.
  package var keepsFirstArm = false
  /// Whether the same measures are taken over the days before the anchor, for CUPED.
  package var readsPast = true
  /// When the last send of an anchor day leaves at the latest, in seconds of the wall clock
  /// after its midnight: no arm matures before.
  package var latestSendSeconds: Int64 = 86400

  package init() {}

  /// Days before the anchor that a covariate and `prior-activity` look at.
  package static let pastDayCount = 14
  /// The segment of members by active days in the days before: `0`, `1–3`, `4–9`, `10–14`; `new` where the member's first
  /// activity is not before the anchor.
  package static let priorActivity = "prior-activity"
  /// Properties of planned units that are read where they are there.
  package static let propensityProperty = "properties.propensity"
  package static let planProperty = "properties.plan"
}

extension UnitQuestion: Question {
  package static var metric: String { "units" }
  package var definition: String { "experiment.units/1" }

  package var flags: [QuestionFlag] { [] }
  /// What else is asked stands in the experiment's file.
  package var command: String { "muster experiment units \(shellWord(experiment))" }
  package var readsEvents: Bool {
    if case .event = assignment { return true }
    return false
  }
  /// Covariates and prior activity look back.
  package var daysReadBefore: Int { readsPast || segments.contains(Self.priorActivity) ? Self.pastDayCount : 0 }

  /// Whether an outcome is taken over the days before the anchor, too.
  func readsPast(of outcome: Outcome) -> Bool {
    readsPast && readsEvents && outcome.measure.kind != .hoursToFirst && outcome.denominator?.kind != .hoursToFirst
  }

  /// Every measure, numerators and denominators.
  var measures: [Measure] { outcomes.flatMap { [$0.measure] + ($0.denominator.map { [$0] } ?? []) } }
  package var filters: [Filter] { (scope.filter.map { [$0] } ?? []) + measures.compactMap(\.filter) }

  package var columns: Set<String> {
    var columns = filters.reduce(into: Set(segments).subtracting([Self.priorActivity])) { $0.formUnion($1.columns) }
    for case .fact(let name) in measures.map(\.kind) { columns.insert(FactColumns.prefix + name) }
    if case .fact(let name) = assignment { columns.insert(FactColumns.prefix + name) }
    if measures.contains(where: { $0.kind.property != nil }) { columns.insert("properties") }
    return columns
  }

  package var eventNames: [String] {
    guard case .event(let name) = assignment else { return [] }
    var names = [name, sent]
    for measure in measures { names += measure.events.filter { !names.contains($0) } }
    return Set(names).sorted()
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    try check(resolved)
    return UnitSums(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    UnitSQL(question: self, resolved: resolved, days: days, source: source).text
  }
}

extension UnitQuestion.Measure.Kind {
  /// The keys of the property that is summed.
  var property: [String]? {
    guard case .sum(let name) = self else { return nil }
    return (name.hasPrefix("properties.") ? String(name.dropFirst(11)) : name).split(separator: ".").map(String.init)
  }
}
