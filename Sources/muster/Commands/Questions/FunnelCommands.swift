internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

extension FunnelQuestion.Entry: ExpressibleByArgument {}
extension FunnelQuestion.Order: ExpressibleByArgument {}
extension FunnelQuestion.Ties: ExpressibleByArgument {}
extension FunnelQuestion.OpenWindows: ExpressibleByArgument {}
extension FunnelQuestion.Attribution: ExpressibleByArgument {}

/// A length of time on the command line: `30m`, `24h`, `7d`.
struct DurationOption: ExpressibleByArgument {
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    guard let seconds = durationSeconds(argument) else { return nil }
    self.seconds = seconds
  }

  var defaultValueDescription: String { durationText(seconds) }
}

/// Flags of `funnel`, for asking and for its SQL.
struct FunnelOptions: QuestionFlags {
  @Option(help: ArgumentHelp("Names of events in their order, with commas; two or more.", valueName: "events"))
  var steps: String

  @Option(help: ArgumentHelp("How long a path may take from its first event: 30m, 24h, 7d.", valueName: "time"))
  var window = DurationOption(seconds: 7 * 86400)

  @Option(help: "any: each step-1 event opens a window; first: only the member's first one in the days asked for.")
  var entry = FunnelQuestion.Entry.any

  @Option(help: "ordered: others may lie between; strict: none may; any: the steps in any order.")
  var order = FunnelQuestion.Order.ordered

  @Option(help: "Events of one instant: either may follow the other, or a step must be strictly-later.")
  var ties = FunnelQuestion.Ties.either

  @Option(help: "Members whose window is open at as-of: leave-out (and count them in a note) or include.")
  var openWindows = FunnelQuestion.OpenWindows.leaveOut

  @Option(help: ArgumentHelp("Events that drop a member on the way, with commas.", valueName: "events"))
  var exclude: String?

  @Option(help: ArgumentHelp("A dimension or properties.KEY that stays the same along a path.", valueName: "column"))
  var hold: String?

  @Option(help: ArgumentHelp("Break down by these columns, with commas.", valueName: "columns"))
  var by: String?

  @Option(help: "Whose values --by takes: those of the path's first or last event.")
  var attribution = FunnelQuestion.Attribution.first

  @OptionGroup var question: QuestionOptions

  func question(_ workspace: Workspace) throws -> any Question {
    var funnel = FunnelQuestion(steps: steps.listed)
    funnel.scope = try question.scope(workspace)
    funnel.windowSeconds = window.seconds
    (funnel.entry, funnel.order, funnel.ties) = (entry, order, ties)
    (funnel.openWindows, funnel.attribution) = (openWindows, attribution)
    funnel.exclude = exclude?.listed ?? []
    funnel.hold = hold
    funnel.by = by?.listed ?? []
    return funnel
  }
}

struct QueryFunnel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "How many members go through steps one after another, and how fast.",
    discussion: """
      Of each member the deepest path counts. Its first event lies in the days asked for; the others follow within \
      --window. Times are between a step and the one before.

      Examples:
        muster query funnel --steps post_view,comment,share --window 7d
        muster query funnel --steps signup,post_create --window 24h --entry first --by platform
        muster query funnel --steps add_to_cart,purchase --exclude refund --hold properties.cart
        muster query funnel --steps like,comment,share --order any --format csv
      """)

  @OptionGroup var funnel: FunnelOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(funnel) }
}

struct SQLFunnel: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "funnel", abstract: "The SQL of query funnel.")

  @OptionGroup var funnel: FunnelOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(funnel) }
}
