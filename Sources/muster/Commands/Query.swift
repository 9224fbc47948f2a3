internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a question of the store.",
    discussion: """
      Examples:
        muster query activity --granularity week
        muster query activity --by platform --from 2026-08-01 --to 2026-08-31
        muster query retention --cohort week --periods 8 --format csv
      """,
    subcommands: [QueryActivity.self, QueryRetention.self])
}

/// What every question has.
struct QuestionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("First community day; default: the first with data.", valueName: "day"))
  var from: CommunityDay?

  @Option(help: ArgumentHelp("Last community day; default: the last with data.", valueName: "day"))
  var to: CommunityDay?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only events for which this holds, such as \"platform = 'ios' and properties.length > 100\".", valueName: "expr"))
  var condition: String?

  var days: DayRange { DayRange(from: from, to: to) }

  func filter(_ workspace: Workspace) throws -> Filter? {
    try condition.map { try Filter($0, dimensions: workspace.settings.schema.dimensions) }
  }
}

/// Flags of `activity`, for asking and for its SQL.
struct ActivityOptions: ParsableArguments {
  @Option(help: "day, week or month.")
  var granularity = Granularity.day

  @Option(help: ArgumentHelp("Count members of the N days that end with each day.", valueName: "n"))
  var trailing: Int?

  @Option(help: ArgumentHelp("Break down by these columns: event, or dimensions, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if let trailing, !(1...3650).contains(trailing) { throw ValidationError("--trailing takes 1 to 3650 days.") }
    if trailing != nil, granularity != .day {
      throw ValidationError("--trailing counts the days that end with each day; leave out --granularity.")
    }
  }

  func question(_ workspace: Workspace) throws -> Question {
    var activity = ActivityQuestion()
    activity.days = question.days
    activity.granularity = granularity
    activity.trailing = trailing
    activity.by = (by ?? "").split(separator: ",").map { String($0).trimmed }
    activity.filter = try question.filter(workspace)
    return .activity(activity)
  }
}

/// Flags of `retention`, for asking and for its SQL.
struct RetentionOptions: ParsableArguments {
  @Option(help: "The length of cohorts and of periods: day, week or month.")
  var cohort = Granularity.day

  @Option(
    help: ArgumentHelp("The last period after the first; default 30 for days, 12 for weeks and months.", valueName: "n")
  )
  var periods: Int?

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if let periods, !(0...RetentionQuestion.periodMax).contains(periods) {
      throw ValidationError("--periods takes 0 to \(RetentionQuestion.periodMax).")
    }
  }

  func question(_ workspace: Workspace) throws -> Question {
    var retention = RetentionQuestion()
    retention.days = question.days
    retention.cohort = cohort
    retention.periods = periods
    retention.filter = try question.filter(workspace)
    return .retention(retention)
  }
}

struct QueryActivity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activity",
    abstract: "Events, active members and new members by day, week or month.",
    discussion: """
      A member is active in a period with at least one event that is not passive (see passive-events in muster.yaml).

      Examples:
        muster query activity
        muster query activity --trailing 28
        muster query activity --granularity month --by platform
        muster query activity --by event --where "community = 'c_7'" --format csv
      """)

  @OptionGroup var activity: ActivityOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer { try activity.question($0) } }
}

struct QueryRetention: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "How many of those who first came in a period are active in exactly the k-th one after it.",
    discussion: """
      Rows with a cohort are cells of the triangle; rows without are pooled over complete cells. low and high are the \
      95 % Wilson interval of rate.

      Examples:
        muster query retention
        muster query retention --cohort week --periods 8
        muster query retention --where "platform = 'ios'" --format json
      """)

  @OptionGroup var retention: RetentionOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer { try retention.question($0) } }
}

/// How an answer is asked for and written.
struct AnswerOptions: ParsableArguments {
  @Option(help: "table, json, csv or markdown.")
  var format = OutputFormat.table

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var workspace: WorkspaceOptions

  /// Asks what `question` makes of the workspace's words and prints the answer.
  func answer(_ question: (Workspace) throws -> Question) throws {
    let workspace = try workspace.load()
    let question = try question(workspace)
    let store = try Store(reading: workspace)
    let instant = try asOf.instant(in: store.zone)
    let answer = try Engine.overNewest(store, now: SystemClock.now) { try $0.answer(question, asOf: instant) }
    switch format {
    case .json: Terminal.write(answer.json + "\n")
    case .csv: Terminal.write(answer.csv)
    case .table: Terminal.write(answer.table)
    case .markdown: Terminal.write(answer.markdown)
    }
    if format != .json, !self.workspace.quiet {
      Terminal.warn("as of \(answer.asOf), days of \(answer.timeZone)")
      for note in answer.notes { Terminal.warn("note: \(note)") }
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
