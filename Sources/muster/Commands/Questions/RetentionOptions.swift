internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `retention`, for asking and for its SQL.
struct RetentionOptions: QuestionFlags {
  @Option(help: "The length of cohorts and of periods: day, week or month.")
  var cohort = Granularity.day

  @Option(
    help: ArgumentHelp("The last period after the first; default 30 for days, 12 for weeks and months.", valueName: "n")
  )
  var periods: Int?

  @Option(help: "on, on-or-after, bracket, full or streak: when a member counts as returned in period k.")
  var mode: RetentionQuestion.Mode?

  @Option(help: ArgumentHelp("Of mode bracket: ranges of periods, such as 1-3,4-7.", valueName: "ranges"))
  var brackets: String?

  @Option(help: "calendar, rolling (24-hour days, 7 and 30 of them) or rolling-hour (instants floored to the hour).")
  var clock = RetentionQuestion.Clock.calendar

  @Option(
    help: ArgumentHelp(
      "What starts: first (ever), EVENT (its first ever), recurring or recurring:EVENT (the earliest in each cohort).",
      valueName: "start"))
  var start = "first"

  @Option(
    name: .customLong("return"),
    help: ArgumentHelp("Events that are a return, with commas; default: all activity.", valueName: "events"))
  var returns: String?

  @Option(help: ArgumentHelp("A condition on the start alone.", valueName: "expr"))
  var startWhere: String?

  @Option(help: ArgumentHelp("A condition on returns alone.", valueName: "expr"))
  var returnWhere: String?

  @Option(help: "pooled (sums), simple (mean of rates) or mixpanel (its weighting): the line over all cohorts.")
  var pool = RetentionQuestion.Pool.pooled

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if let problem = try plainQuestion().problem { throw ValidationError("\(problem).") }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var retention = try plainQuestion()
    retention.scope = try question.scope(workspace)
    retention.startFilter = try workspace.filter(startWhere)
    retention.returnFilter = try workspace.filter(returnWhere)
    return retention
  }

  /// The question without its conditions, which need the workspace.
  private func plainQuestion() throws -> RetentionQuestion {
    var retention = RetentionQuestion()
    retention.cohort = cohort
    retention.periods = periods
    retention.brackets = try brackets?.listed.map(Self.bracket) ?? []
    retention.mode = mode ?? (retention.brackets.isEmpty ? .on : .bracket)
    retention.clock = clock
    retention.start = RetentionQuestion.Start(word: start)
    retention.returns = returns?.listed ?? []
    retention.pool = pool
    return retention
  }

  private static func bracket(_ text: String) throws -> ClosedRange<Int> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
      throw ValidationError("--brackets: '\(text)' is no range of periods. Write 1-3,4-7.")
    }
    return first...last
  }
}

extension RetentionQuestion.Mode: ExpressibleByArgument {}
extension RetentionQuestion.Clock: ExpressibleByArgument {}
extension RetentionQuestion.Pool: ExpressibleByArgument {}
