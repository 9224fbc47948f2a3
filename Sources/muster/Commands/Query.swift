internal import Aggregation
internal import ArgumentParser
internal import Columns
internal import Segments

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Ask a question of the store.",
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
    keepFreedMemory()
    let workspace = try workspace.load()
    let question = try flags.question(workspace)
    let store = try Store(reading: workspace)
    let instant = try asOf.instant(in: store.zone)
    let answer = try Engine.overNewest(store, now: SystemClock.now) {
      explain ? try $0.explanation(of: question, asOf: instant) : try $0.answer(question, asOf: instant)
    }
    answer.write(format, quiet: self.workspace.quiet)
  }
}

extension Answer {
  /// Prints the answer; what it says besides goes to standard error, unless it is in the object itself.
  func write(_ format: OutputFormat, quiet: Bool) {
    switch format {
    case .json: Terminal.write(json + "\n")
    case .csv: Terminal.write(csv)
    case .table: Terminal.write(table)
    case .markdown: Terminal.write(markdown)
    }
    guard format != .json, !quiet else { return }
    Terminal.warn("as of \(asOf), days of \(timeZone)")
    for note in notes { Terminal.warn("note: \(note)") }
  }
}
