internal import Aggregation
internal import ArgumentParser
internal import Segments

/// Flags of `hours`, for asking and for its SQL.
struct HoursOptions: QuestionFlags {
  @Option(help: "community, or member: the member's own zone where facts of members carry one (time-zone).")
  var clock = HoursQuestion.Clock.community

  @Option(help: ArgumentHelp("Break down by these columns: event, or dimensions, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func question(_ workspace: Workspace) throws -> any Question {
    var hours = HoursQuestion()
    hours.scope = try question.scope(workspace)
    hours.clock = clock
    hours.by = by?.listed ?? []
    return hours
  }
}

extension HoursQuestion.Clock: ExpressibleByArgument {}

struct QueryHours: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hours",
    abstract: "Events and active members by weekday and hour.",
    discussion: """
      Weekday 1 is Monday. 168 rows, of all days asked for; with --by as many a group.

      Examples:
        muster query hours
        muster query hours --from 2026-08-01 --to 2026-08-31 --where "event = 'post_view'"
        muster query hours --clock member --format csv
        muster query hours --by platform
      """)

  @OptionGroup var hours: HoursOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(hours) }
}

struct SQLHours: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hours", abstract: "The SQL of query hours.")

  @OptionGroup var hours: HoursOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(hours) }
}
