package import Events

/// A question: a value that says what is asked, and how each engine answers it.
///
/// A question passes four stages. It is *parsed* when a value of this protocol is made of words or of YAML; *resolved*
/// when its names and days are settled against a snapshot (``ResolvedQuestion``); *planned* when it is settled what is
/// read and how (``QuestionPlan``); then it is *run*. ``QuestionSQL`` goes another way from the second stage on.
///
/// To add one: a type of this protocol under `Query/`, its plan under `Operators/`, its SQL under `SQL/`, its flags
/// under `muster/Commands/Questions/`, its keys in a tile under `Dashboards/Tiles/`.
package protocol Question: Sendable, Equatable {
  /// The word behind `muster query`.
  static var metric: String { get }
  /// The stable id of what its numbers mean, such as `activity.active_members/1`.
  var definition: String { get }
  /// What every question has: days, filter, zone.
  var scope: QuestionScope { get set }
  /// Columns to break down by: `event`, declared dimensions, `member.X`.
  var by: [String] { get }
  /// Its own flags on the command line, those that differ from the default.
  var flags: [QuestionFlag] { get }
  /// The question as one types it behind `muster query`; words with spaces are quoted for a shell.
  var commandLine: String { get }
  /// The whole command, from `muster` on.
  var command: String { get }
  /// The interval that its rows step by.
  var interval: Granularity { get }
  /// How many days before the first one asked for are read too.
  var daysReadBefore: Int { get }
  /// All its filters.
  var filters: [Filter] { get }
  /// Columns that it reads besides `member` and `ts`.
  var columns: Set<String> { get }
  /// Whether events are read at all; else attributes of members alone.
  var readsEvents: Bool { get }
  /// Names of events that it asks for; one that no member ever did is noted.
  var eventNames: [String] { get }

  /// The question that a rival's rules make of it.
  func adapted(to rival: Rival) -> RivalQuestion
  /// Settles what is read. Throws ``AggregationError`` for what cannot be asked of this store.
  func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan
  /// One statement, without head, whose rows are those of the native answer: same columns, same order.
  func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String
}

extension Question {
  /// The word behind `muster query`.
  package var metric: String { Self.metric }
  /// None, unless the question has them.
  package var by: [String] { [] }
  /// Days, unless the question has another.
  package var interval: Granularity { .day }
  /// None, unless the question reaches back.
  package var daysReadBefore: Int { 0 }
  /// The one of the scope, unless the question has more.
  package var filters: [Filter] { scope.filter.map { [$0] } ?? [] }
  /// Those of the breakdown and of the filters, unless the question needs more.
  package var columns: Set<String> { filters.reduce(into: Set(by)) { $0.formUnion($1.columns) } }
  /// Most do.
  package var readsEvents: Bool { true }
  /// None, unless the question names some.
  package var eventNames: [String] { [] }

  /// Days asked for.
  package var days: DayRange {
    get { scope.days }
    set { scope.days = newValue }
  }

  /// The condition on every event that counts.
  package var filter: Filter? {
    get { scope.filter }
    set { scope.filter = newValue }
  }
}

/// A question settled down to what is read and how: the stage before it runs.
package protocol QuestionPlan {
  /// Which events it reads where no index answers.
  func read(_ resolved: ResolvedQuestion) -> PlannedRead
  /// Fills the columns, rows, notes and statistics of `answer`.
  func run(into answer: inout Answer) throws
}

extension QuestionPlan {
  /// All activity of the days asked for and of those that the question reaches back to.
  package func read(_ resolved: ResolvedQuestion) -> PlannedRead {
    guard let days = resolved.days, let data = resolved.dataDays else { return PlannedRead(days: nil) }
    let read = days.lowerBound - resolved.question.daysReadBefore...days.upperBound
    return PlannedRead(days: read.overlaps(data) ? read.clamped(to: data) : nil)
  }
}
