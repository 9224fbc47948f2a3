internal import Aggregation
internal import ArgumentParser
internal import Segments

struct SQL: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the SQL that gives the same numbers in another engine.",
    discussion: """
      The statement reads the segment files of the newest snapshot by name and gives the rows of `muster query` with \
      the same flags, column for column.

      Examples:
        muster sql activity --by platform | duckdb
        muster sql retention --cohort week --dialect spark > retention.sql
      """,
    subcommands: [SQLActivity.self, SQLRetention.self])
}

struct SQLActivity: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "activity", abstract: "The SQL of query activity.")

  @OptionGroup var activity: ActivityOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write { try activity.question($0) } }
}

struct SQLRetention: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "retention", abstract: "The SQL of query retention.")

  @OptionGroup var retention: RetentionOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write { try retention.question($0) } }
}

extension SQLDialect: ExpressibleByArgument {}

struct SQLOptions: ParsableArguments {
  @Option(help: "duckdb or spark.")
  var dialect = SQLDialect.duckdb

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var workspace: WorkspaceOptions

  func write(_ question: (Workspace) throws -> Question) throws {
    let workspace = try workspace.load()
    let question = try question(workspace)
    let store = try Store(reading: workspace)
    let engine = try Engine(store, now: SystemClock.now)
    let asOf = try asOf.instant(in: store.zone)
    Terminal.write(try QuestionSQL(question, engine: engine, dialect: dialect, asOf: asOf).text)
  }
}
