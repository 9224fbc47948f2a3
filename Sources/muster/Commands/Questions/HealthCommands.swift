internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments

/// Flags of `health`, for asking and for its SQL.
struct HealthOptions: QuestionFlags {
  @Option(help: "onion, absence, response, newcomers, love, churn or calibration.")
  var view = HealthQuestion.View.onion

  @Option(help: "week, month, quarter or range; default: quarter for onion and absence, else month.")
  var every: ReportInterval?

  @Option(help: ArgumentHelp("The dimension that tells topics apart.", valueName: "dimension"))
  var topic = "content"

  @Option(help: ArgumentHelp("Events that open a topic; default: topic-events.", valueName: "events"))
  var opens: String?

  @Option(help: ArgumentHelp("Events that answer in a topic; default: reply-events.", valueName: "events"))
  var replies: String?

  @Option(help: ArgumentHelp("Events that contribute; default: contribution-events.", valueName: "events"))
  var contributions: String?

  @Option(help: ArgumentHelp("Members that can be contacted a week; default: contact-budget.", valueName: "n"))
  var budget: Int?

  @Flag(help: "What response, churn or calibration is reckoned from, in place of its own rows.")
  var inputs = false

  @OptionGroup var question: QuestionOptions

  func validate() throws {
    if let budget, !(1...100_000_000).contains(budget) { throw ValidationError("--budget takes 1 to 100000000.") }
    if inputs, ![.response, .churn, .calibration].contains(view) {
      throw ValidationError("--inputs belongs to the views response, churn and calibration.")
    }
  }

  func question(_ workspace: Workspace) throws -> any Question {
    var health = HealthQuestion()
    health.scope = try question.scope(workspace)
    (health.view, health.every, health.topic) = (view, every, topic)
    (health.opens, health.replies) = (opens?.listed, replies?.listed)
    (health.contributions, health.budget, health.givesInputs) = (contributions?.listed, budget, inputs)
    return health
  }
}

extension HealthQuestion.View: ExpressibleByArgument {}
extension ReportInterval: ExpressibleByArgument {}

struct QueryHealth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "How well the community does: contributors, answers, newcomers, love, risk of leaving.",
    discussion: """
      onion: core, regular and casual contributors. absence: how few members make half of all contributions. response: \
      time to the first answer of a topic, those without one included. newcomers: who stays, and by whether the first \
      post was answered. love: what members gave, fading by a tenth a month. churn: how well the risk of leaving is \
      foretold on weeks that it was not fitted on; calibration: foretold against observed.

      Examples:
        muster query health
        muster query health --view absence --every range
        muster query health --view response --topic thread --opens question --replies answer
        muster query health --view churn --budget 50
      """)

  @OptionGroup var health: HealthOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(health) }
}

struct SQLHealth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "The SQL of query health; of response, churn and calibration that of --inputs.")

  @OptionGroup var health: HealthOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(health) }
}
