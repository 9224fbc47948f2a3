internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

extension PushQuestion.Attribution: ExpressibleByArgument {}

extension PushQuestion.Guardrail: ExpressibleByArgument {
  /// `leave:72h`.
  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), colon > argument.startIndex,
      let seconds = durationSeconds(String(argument[argument.index(after: colon)...]))
    else { return nil }
    self.init(event: String(argument[..<colon]), windowSeconds: seconds)
  }

  var defaultValueDescription: String { "\(event):\(durationText(windowSeconds))" }
}

/// Flags of `push`, for asking and for its SQL.
struct PushOptions: QuestionFlags {
  @Option(help: ArgumentHelp("How long after a send an open counts; default by --attribution.", valueName: "time"))
  var window: DurationOption?

  @Option(
    help:
      "direct (taps, 24h), window (first session without a tap, 24h, last touch), braze (30m) or baseline-adjusted (12h)."
  )
  var attribution = PushQuestion.Attribution.direct

  @Option(help: ArgumentHelp("Break down by these columns of the send, with commas.", valueName: "columns"))
  var by = "push,arm"

  @Option(help: ArgumentHelp("The event that is a send.", valueName: "event"))
  var send = "push_sent"

  @Option(help: ArgumentHelp("The event that is a tap.", valueName: "event"))
  var open = "push_open"

  @Option(
    help: ArgumentHelp("The event that is leaving, and how long after a send it counts.", valueName: "event:time"))
  var leave = PushQuestion.Guardrail(event: "leave", windowSeconds: 72 * 3600)

  @Flag(help: "Rows by pushes received in the 7 days before a send.")
  var fatigue = false

  @Option(
    help: ArgumentHelp("Rows by group and these events, each with its window, with commas.", valueName: "event:time,…"))
  var guardrails: String?

  @Flag(
    help:
      "A row for each group and rule: direct, window, braze, baseline-adjusted, and incremental against the holdout.")
  var triangle = false

  @Option(help: ArgumentHelp("With --triangle: the event that plans a push for a member.", valueName: "event"))
  var planned = "push_planned"

  @Option(help: ArgumentHelp("With --triangle: the arm of those who are sent nothing.", valueName: "arm"))
  var holdout = "none"

  @OptionGroup var question: QuestionOptions

  func validate() throws { _ = try listedGuardrails() }

  private func listedGuardrails() throws -> [PushQuestion.Guardrail] {
    try (guardrails?.listed ?? []).map { text in
      guard let guardrail = PushQuestion.Guardrail(argument: text) else {
        throw ValidationError("'\(text)' is no guardrail; write leave:72h.")
      }
      return guardrail
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var push = PushQuestion()
    push.scope = try question.scope(workspace)
    push.window = window?.seconds
    (push.attribution, push.fatigue, push.by) = (attribution, fatigue, fatigue ? [] : by.listed)
    (push.send, push.open, push.leave) = (send, open, leave)
    push.guardrails = try listedGuardrails()
    (push.triangle, push.planned, push.holdout) = (triangle, planned, holdout)
    return push
  }
}

struct QueryPush: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Sends, opens and members who left, by push and arm.",
    discussion: """
      A push matures for all arms together, once the window of its last send has closed; rates are of matured sends. \
      low and high are the 95 % interval of the open rate, clustered by member.

      Examples:
        muster query push
        muster query push --by arm --window 24h
        muster query push --attribution window --by arm
        muster query push --fatigue
        muster query push --by arm --guardrails leave:72h,mute:72h,complaint:7d --format csv
        muster query push --triangle --by arm
      """)

  @OptionGroup var push: PushOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(push) }
}

struct SQLPush: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "push", abstract: "The SQL of query push.")

  @OptionGroup var push: PushOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(push) }
}
