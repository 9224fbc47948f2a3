internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

extension StatesQuestion.Table: ExpressibleByArgument {}

/// Flags of `states`, for asking and for its SQL.
struct StatesOptions: QuestionFlags {
  @Option(help: ArgumentHelp("The YAML file that describes the states.", valueName: "file"))
  var fromFile: String

  @Option(help: "states, transitions, impossible (those not allowed), time (in a state) or ageing (of open cases).")
  var table = StatesQuestion.Table.states

  @Option(help: ArgumentHelp("For time and ageing: lengths of time, ascending, with commas.", valueName: "times"))
  var horizons = "1h,24h,7d,30d"

  @OptionGroup var question: QuestionOptions

  func validate() throws { _ = try horizonSeconds() }

  private func horizonSeconds() throws -> [Int64] {
    try horizons.listed.map { text in
      guard let seconds = durationSeconds(text) else {
        throw ValidationError("'\(text)' is not a length of time; write 30m, 24h or 7d.")
      }
      return seconds
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    let description = try StatesDescription(YAMLValue(contentsOf: fromFile))
    var states = StatesQuestion(description, file: fromFile)
    states.scope = try question.scope(workspace)
    (states.table, states.horizonSeconds) = (table, try horizonSeconds())
    return states
  }
}

struct QueryStates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "states",
    abstract: "Where members stand in a process that branches, how they move and how long it takes.",
    discussion: """
      The file names states, the events that lead into them, and which may follow:

        states:
          applied:   {event: apply, to: [in-review]}
          in-review: {event: review, to: [funded, rejected]}
          funded:    {event: fund}
          rejected:  {event: reject}

      A member is in the state of its latest such event. Visits count that begin in the days asked for.

      Examples:
        muster query states --from-file loans.yaml
        muster query states --from-file loans.yaml --table transitions --format csv
        muster query states --from-file loans.yaml --table time --horizons 24h,7d
        muster query states --from-file loans.yaml --table ageing
      """)

  @OptionGroup var states: StatesOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(states) }
}

struct SQLStates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "states",
    abstract: "The SQL of query states.",
    discussion: "Without medians; of --table time it gives the stays, with an empty `to` where they have not ended.")

  @OptionGroup var states: StatesOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(states) }
}
