internal import Aggregation
internal import ArgumentParser
internal import Segments

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a question of the store.",
    discussion: """
      Examples:
        muster query activity --granularity week
        muster query activity --by platform --from 2026-08-01 --to 2026-08-31
        muster query retention --cohort week --periods 8 --format csv
      """,
    subcommands: [
      QueryActivity.self, QueryRetention.self, QueryLifecycle.self, QueryStickiness.self, QueryHours.self,
      QuerySessions.self, QueryFunnel.self, QueryStates.self, QueryContent.self, QueryFollowers.self, QueryPush.self,
      QueryHealth.self, QueryMembers.self,
    ])
}

/// How an answer is asked for and written.
struct AnswerOptions: ParsableArguments {
  @Option(help: "table, json, csv or markdown.")
  var format = OutputFormat.table

  @Flag(help: "Say how the question is answered: days, segments, row groups, rows, time of each stage.")
  var explain = false

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var workspace: WorkspaceOptions

  /// Asks what `flags` say and prints the answer.
  func answer(_ flags: some QuestionFlags) throws {
    let workspace = try workspace.load()
    let question = try flags.question(workspace)
    let store = try Store(reading: workspace)
    let instant = try asOf.instant(in: store.zone)
    let answer = try Engine.overNewest(store, now: SystemClock.now) {
      explain ? try $0.explanation(of: question, asOf: instant) : try $0.answer(question, asOf: instant)
    }
    switch format {
    case .json: Terminal.write(answer.json + "\n")
    case .csv: Terminal.write(answer.csv)
    case .table: Terminal.write(answer.table)
    case .markdown: Terminal.write(answer.markdown)
    }
    if format != .json, !self.workspace.quiet {
      Terminal.warn("as of \(answer.asOf), days of \(answer.timeZone)")
      for note in answer.notes { Terminal.warn("note: \(note)") }
    }
  }
}
