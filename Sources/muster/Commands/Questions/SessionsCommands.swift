internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `sessions`, for asking and for its SQL.
struct SessionsOptions: QuestionFlags {
  @Option(help: "day, week or month: the interval in which sessions begin.")
  var granularity = Granularity.day

  @Option(help: ArgumentHelp("A longer pause ends a session: 30m, 1h.", valueName: "duration"))
  var gap = "30m"

  @Option(help: ArgumentHelp("Break down by these columns: event, or dimensions, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    guard durationSeconds(gap) != nil else {
      throw ValidationError("--gap: '\(gap)' is no duration. Write 30m, 1h or 90s.")
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var sessions = SessionsQuestion()
    sessions.scope = try question.scope(workspace)
    sessions.granularity = granularity
    if let seconds = durationSeconds(gap) { sessions.gapSeconds = seconds }
    sessions.by = by?.listed ?? []
    return sessions
  }
}

struct QuerySessions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions",
    abstract: "How many sessions members had, how long and how rich.",
    discussion: """
      A session is a row of a member's events without a pause of more than 30 minutes. It belongs whole to the day of its \
      first event, also where it goes on past midnight. Its length is from its first event to its last.

      Examples:
        muster query sessions
        muster query sessions --granularity week --gap 1h
        muster query sessions --by platform
      """)

  @OptionGroup var sessions: SessionsOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(sessions) }
}

struct SQLSessions: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sessions", abstract: "The SQL of query sessions.")

  @OptionGroup var sessions: SessionsOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(sessions) }
}
