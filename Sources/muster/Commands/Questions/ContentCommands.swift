internal import Aggregation
internal import ArgumentParser
internal import Segments

extension ContentQuestion.Rank: ExpressibleByArgument {}
extension ContentQuestion.Denominator: ExpressibleByArgument {}

/// Flags of `content`, for asking and for its SQL.
struct ContentOptions: QuestionFlags {
  @Option(help: ArgumentHelp("The event that is a view.", valueName: "event"))
  var event = "post_view"

  @Option(help: ArgumentHelp("The events that are likes, comments and shares, with commas.", valueName: "events"))
  var reactions = "like,comment,share"

  @Option(help: ArgumentHelp("The dimension that names the item.", valueName: "column"))
  var item = "content"

  @Option(help: ArgumentHelp("How many items.", valueName: "n"))
  var top = 20

  @Option(help: "viewers, views, or by its lower Wilson bound like_rate, comment_rate, share_rate or reach_rate.")
  var rank = ContentQuestion.Rank.viewers

  @Option(help: "What rates are shares of: viewers, members to whom it was delivered, or followers.")
  var per = ContentQuestion.Denominator.viewers

  @Option(help: ArgumentHelp("The event that is a delivery.", valueName: "event"))
  var delivery = "push_sent"

  @Flag(help: "Rows by item and days since its first view.")
  var age = false

  @Option(
    help: ArgumentHelp("Ask instead what share of interactions each value of this column has.", valueName: "column"))
  var preference: String?

  @Option(help: ArgumentHelp("Segments of a preference: these columns, with commas.", valueName: "columns"))
  var by: String?

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if !(1...ContentQuestion.topMax).contains(top) {
      throw ValidationError("--top takes 1 to \(ContentQuestion.topMax).")
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var content = ContentQuestion()
    content.scope = try question.scope(workspace)
    (content.event, content.reactions, content.delivery) = (event, reactions.listed, delivery)
    (content.item, content.top, content.rank, content.denominator) = (item, top, rank, per)
    (content.byAge, content.preference, content.by) = (age, preference, by?.listed ?? [])
    return content
  }
}

struct QueryContent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "content",
    abstract: "The items that members view and react to most; their curve by age; what segments prefer.",
    discussion: """
      views, likes, comments and shares count events, viewers members. A rate is the share of viewers (or with --per \
      delivered, of members to whom the item was delivered) who also did it; low is the lower end of its 95 % interval. \
      With --per followers it is members who did it by followers at the start of the day of the item's first view, and \
      reach_rate is viewers by those.

      Examples:
        muster query content --event post_view --where "platform = 'ios'" --top 20
        muster query content --rank like_rate --top 10
        muster query content --per followers --rank reach_rate
        muster query content --age --top 5 --format csv
        muster query content --preference content --by community
      """)

  @OptionGroup var content: ContentOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(content) }
}

struct SQLContent: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "content", abstract: "The SQL of query content.")

  @OptionGroup var content: ContentOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(content) }
}
