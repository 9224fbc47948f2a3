internal import ArgumentParser

/// The command line: parses words, calls the library, prints.
///
/// Every command says its name: one that is made from the name of its type costs a search of the whole program.
@main
struct Muster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muster",
    abstract: "Analytics for people who run communities: from interaction logs to decisions.",
    discussion: """
      A workspace is a folder with muster.yaml. Logs become Parquet segments in its store; questions are answered \
      from them, dashboards published from the answers.

        muster new club && cd club          make a workspace
        muster ingest ~/export.jsonl        load a log
        muster query activity               ask
        muster run nightly && muster serve  publish and look

      Exit status: 0 done, 1 a check failed, 64 usage, 65 bad data, 66 no such input, 70 internal, 73 cannot write,
      75 try again.
      """,
    version: "0.1.0",
    subcommands: [
      New.self, Ingest.self, DatasetCommand.self, Query.self, SQL.self, Run.self, Publish.self, Serve.self,
      ExperimentCommand.self, StoreCommand.self, Simulate.self, Manual.self,
    ])

  static func main() async {
    do {
      try Spelling.check(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
  }
}
