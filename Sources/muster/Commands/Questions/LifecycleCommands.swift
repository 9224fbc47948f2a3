internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `lifecycle`, for asking and for its SQL.
struct LifecycleOptions: QuestionFlags {
  @Option(help: "day, week or month.")
  var granularity = Granularity.week

  @Option(help: ArgumentHelp("Break down by these columns: event, or dimensions, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func question(_ workspace: Workspace) throws -> any Question {
    var lifecycle = LifecycleQuestion()
    lifecycle.scope = try question.scope(workspace)
    lifecycle.granularity = granularity
    lifecycle.by = by?.listed ?? []
    return lifecycle
  }
}

struct QueryLifecycle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lifecycle",
    abstract: "Who is new, returns, comes back after a pause or falls silent.",
    discussion: """
      new: first ever in the interval. returning: active in it and in the one before. resurrected: active in it, not in \
      the one before, but earlier. dormant: active in the one before, not in it. pulse: (new + resurrected) / dormant.

      Examples:
        muster query lifecycle
        muster query lifecycle --granularity month --where "platform = 'ios'"
        muster query lifecycle --by platform
      """)

  @OptionGroup var lifecycle: LifecycleOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(lifecycle) }
}

struct SQLLifecycle: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "lifecycle", abstract: "The SQL of query lifecycle.")

  @OptionGroup var lifecycle: LifecycleOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(lifecycle) }
}
