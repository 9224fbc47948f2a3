internal import Aggregation
internal import ArgumentParser

struct QueryRetention: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "How many of those who first came in a period come back later.",
    discussion: """
      Rows with a cohort are cells of the triangle; rows without are pooled over complete cells. low and high are the \
      95 % interval of rate: Wilson's, or clustered by member where one stands in several cohorts.

      Examples:
        muster query retention
        muster query retention --cohort week --periods 8
        muster query retention --where "platform = 'ios'" --format json
        muster query retention --mode bracket --brackets 1-3,4-7,8-30
        muster query retention --start signup --return post_view,comment --clock rolling
        muster query retention --start recurring --cohort week --mode on-or-after
      """)

  @OptionGroup var retention: RetentionOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(retention) }
}

struct SQLRetention: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "retention", abstract: "The SQL of query retention.")

  @OptionGroup var retention: RetentionOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(retention) }
}
