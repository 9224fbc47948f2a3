internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `activity`, for asking and for its SQL.
struct ActivityOptions: QuestionFlags {
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

  func question(_ workspace: Workspace) throws -> any Question {
    var activity = ActivityQuestion()
    activity.scope = try question.scope(workspace)
    activity.granularity = granularity
    activity.trailing = trailing
    activity.by = by?.listed ?? []
    return activity
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

  func run() throws { try output.answer(activity) }
}

struct SQLActivity: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "activity", abstract: "The SQL of query activity.")

  @OptionGroup var activity: ActivityOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(activity) }
}
