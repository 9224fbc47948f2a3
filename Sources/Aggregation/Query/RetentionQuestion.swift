package import Events

/// How many of those who started in an interval came back.
package struct RetentionQuestion: Sendable, Equatable {
  /// When a member counts as returned in period k.
  package enum Mode: String, Sendable, CaseIterable {
    /// In exactly period k.
    case on
    /// In period k or a later one up to as-of.
    case onOrAfter = "on-or-after"
    /// In any period of a bracket.
    case bracket
    /// In every period 1…k.
    case full
    /// In every period 0…k.
    case streak
  }

  /// How periods are told apart.
  package enum Clock: String, Sendable, CaseIterable {
    /// Calendar intervals after the cohort's own.
    case calendar
    /// Period k of a start s is [s + k·u, s + (k + 1)·u): u is 24 hours, 7 or 30 times that.
    case rolling
    /// The same with instants floored to the hour of UTC.
    case rollingHour = "rolling-hour"
  }

  /// What makes a member part of a cohort.
  package enum Start: Sendable, Equatable {
    /// The first qualifying event ever, or the first one of a kind.
    case first(String?)
    /// The earliest qualifying event, or event of a kind, in each cohort.
    case recurring(String?)
  }

  /// How cohorts are put together in the pooled line.
  package enum Pool: String, Sendable, CaseIterable {
    /// Sum of numerators / sum of sizes.
    case pooled
    /// The mean of the cohorts' ratios.
    case simple
    /// Σ returned · size / Σ size²: the weighting that Mixpanel publishes.
    case mixpanel
  }

  /// Cohorts start in its days, and returns count up to as-of; both the start and the return must match its filter.
  package var scope = QuestionScope()
  package var cohort = Granularity.day
  /// The last k; nil is 30 for days and 12 for weeks and months, or the end of the last bracket.
  package var periods: Int?
  package var mode = Mode.on
  /// Of mode `bracket`: ascending, not overlapping.
  package var brackets: [ClosedRange<Int>] = []
  package var clock = Clock.calendar
  package var start = Start.first(nil)
  /// Kinds of events that are a return; empty is every qualifying one.
  package var returns: [String] = []
  package var startFilter: Filter?
  package var returnFilter: Filter?
  package var pool = Pool.pooled

  package init() {}

  /// A longer triangle is refused.
  package static let periodMax = 1000

  /// The last k that is asked for.
  package var lastPeriod: Int {
    if mode == .bracket { return brackets.last?.upperBound ?? 0 }
    return periods ?? (cohort == .day ? 30 : 12)
  }

  /// The periods of each cell of a cohort's row.
  var cells: [ClosedRange<Int>] {
    mode == .bracket ? brackets : (0...lastPeriod).map { $0...$0 }
  }

  /// Whether a cohort is of members' first qualifying events, and members return by any in exactly period k: what
  /// active members by day are enough for.
  var isPlain: Bool {
    mode == .on && clock == .calendar && start == .first(nil) && returns.isEmpty && startFilter == nil
      && returnFilter == nil
  }

  /// Whether a member can stand in several cohorts.
  package var isRecurring: Bool {
    if case .recurring = start { return true }
    return false
  }

  /// The kind of event that starts; nil is every qualifying one.
  var startKind: String? {
    switch start {
    case .first(let kind), .recurring(let kind): kind
    }
  }

  /// Why it cannot be asked; nil where it can.
  package var problem: String? {
    if let periods, !(0...Self.periodMax).contains(periods) { return "periods are 0 to \(Self.periodMax)" }
    if mode == .bracket {
      if brackets.isEmpty { return "mode bracket needs brackets, such as 1-3,4-7" }
      if periods != nil { return "brackets say which periods; leave out the number of periods" }
    } else if !brackets.isEmpty {
      return "brackets belong to mode bracket"
    }
    if brackets.contains(where: { $0.lowerBound < 0 || $0.upperBound > Self.periodMax }) {
      return "brackets lie within 0 to \(Self.periodMax)"
    }
    if zip(brackets, brackets.dropFirst()).contains(where: { $0.upperBound >= $1.lowerBound }) {
      return "brackets ascend and do not overlap"
    }
    return nil
  }
}

extension RetentionQuestion.Start {
  /// What a word says: `first`, `recurring`, `recurring:EVENT`, or the name of an event whose first one starts.
  package init(word: String) {
    switch word {
    case "first": self = .first(nil)
    case "recurring": self = .recurring(nil)
    default:
      let prefix = "recurring:"
      self = word.hasPrefix(prefix) ? .recurring(String(word.dropFirst(prefix.count))) : .first(word)
    }
  }
}

extension RetentionQuestion: Question {
  package static var metric: String { "retention" }
  package var definition: String { "retention.\(mode.rawValue)/1" }
  package var interval: Granularity { cohort }
  package var filters: [Filter] { [scope.filter, startFilter, returnFilter].compactMap(\.self) }
  package var eventNames: [String] { [startKind].compactMap(\.self) + returns }

  package var flags: [QuestionFlag] {
    var startWord: String?
    switch start {
    case .first(let kind): startWord = kind
    case .recurring(let kind): startWord = kind.map { "recurring:\($0)" } ?? "recurring"
    }
    return [
      QuestionFlag("cohort", cohort == .day ? nil : cohort.rawValue),
      QuestionFlag("periods", periods.map(String.init)),
      QuestionFlag("mode", mode == .on ? nil : mode.rawValue),
      QuestionFlag(
        "brackets",
        brackets.isEmpty ? nil : brackets.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")),
      QuestionFlag("clock", clock == .calendar ? nil : clock.rawValue),
      QuestionFlag("start", startWord),
      QuestionFlag("return", returns.isEmpty ? nil : returns.joined(separator: ",")),
      QuestionFlag("start-where", startFilter?.text), QuestionFlag("return-where", returnFilter?.text),
      QuestionFlag("pool", pool == .pooled ? nil : pool.rawValue),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    if let problem { throw AggregationError(.usage, problem) }
    if isPlain { return RetentionRun(question: self, resolved: resolved, scan: try resolved.dayScan()) }
    if RecurringRun.serves(self, resolved) { return RecurringRun(question: self, resolved: resolved) }
    return RetentionWalkRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    RetentionSQL(question: self, resolved: resolved, days: days, source: source).text
  }
}
