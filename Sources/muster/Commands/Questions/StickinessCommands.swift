internal import Aggregation
internal import ArgumentParser
internal import Segments

/// Flags of `stickiness`, for asking and for its SQL.
struct StickinessOptions: QuestionFlags {
  @Option(help: ArgumentHelp("The trailing days that each day is compared with.", valueName: "days"))
  var window = 28

  @Flag(help: "Count members by the number of days on which they were active.")
  var distribution = false

  @Option(help: ArgumentHelp("Break down by these columns: event, or dimensions, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    guard (1...StickinessQuestion.windowMax).contains(window) else {
      throw ValidationError("--window takes 1 to \(StickinessQuestion.windowMax) days.")
    }
    if distribution, window != 28 {
      throw ValidationError("--distribution counts the days of the range (--from, --to); leave out --window.")
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var stickiness = StickinessQuestion()
    stickiness.scope = try question.scope(workspace)
    stickiness.window = window
    stickiness.distribution = distribution
    stickiness.by = by?.listed ?? []
    return stickiness
  }
}

struct QueryStickiness: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stickiness",
    abstract: "What share of a month's members come on a day; on how many days members come.",
    discussion: """
      ratio is the day's active members / the active members of the 28 days that end with it, from the 28th day of data on.

      Examples:
        muster query stickiness
        muster query stickiness --window 7 --from 2026-08-01
        muster query stickiness --by platform
        muster query stickiness --distribution --from 2026-08-01 --to 2026-08-28
      """)

  @OptionGroup var stickiness: StickinessOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(stickiness) }
}

struct SQLStickiness: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "stickiness", abstract: "The SQL of query stickiness.")

  @OptionGroup var stickiness: StickinessOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(stickiness) }
}
