internal import Aggregation
internal import ArgumentParser
internal import Segments

struct SQL: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Print the SQL that gives the same numbers in another engine.",
    discussion: """
      The statement reads the segment files of the newest snapshot by name and gives the rows of `muster query` with \
      the same flags, column for column.

      Examples:
        muster sql activity --by platform | duckdb
        muster sql retention --cohort week --dialect spark > retention.sql
      """,
    subcommands: [
      SQLActivity.self, SQLRetention.self, SQLLifecycle.self, SQLStickiness.self, SQLHours.self, SQLSessions.self,
      SQLFunnel.self, SQLStates.self, SQLContent.self, SQLFollowers.self, SQLPush.self, SQLHealth.self,
      SQLMembers.self, SQLExperiment.self,
    ])
}

extension SQLDialect: ExpressibleByArgument {}

struct SQLOptions: ParsableArguments {
  @Option(help: "duckdb or spark.")
  var dialect = SQLDialect.duckdb

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var workspace: WorkspaceOptions

  /// Prints the SQL of what `flags` ask.
  func write(_ flags: some QuestionFlags) throws {
    let workspace = try workspace.load()
    let question = try flags.question(workspace)
    let store = try Store(reading: workspace)
    let engine = try Engine(store, now: SystemClock.now)
    let asOf = try asOf.instant(in: store.zone)
    Terminal.write(try QuestionSQL(question, engine: engine, dialect: dialect, asOf: asOf).text)
  }
}
