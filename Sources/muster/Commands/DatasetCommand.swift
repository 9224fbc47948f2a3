internal import ArgumentParser
internal import Events
internal import Ingest
internal import Segments

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset", abstract: "Describe logs.", subcommands: [DatasetGuessCommand.self])
}

struct DatasetGuessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guess",
    abstract: "Propose a dataset.yaml from a sample of a log.",
    discussion: """
      Looks at the first megabytes: form, presets, time and its unit, member, event, id, dimensions. The proposal goes \
      to standard output, with how sure each choice is, why, and what else it could be; what should be looked at first \
      is also said on standard error. Nothing is loaded.

      Examples:
        muster dataset guess export.csv
        mkdir datasets/forum && muster dataset guess dump.json.gz > datasets/forum/dataset.yaml && muster ingest forum
        muster dataset guess slack-export/       a folder
      """)

  @Argument(help: ArgumentHelp("A log, or a folder of logs.", valueName: "path"))
  var path: String

  @OptionGroup var options: WorkspaceOptions

  func run() throws {
    let workspace: Workspace?
    do { workspace = try options.load() } catch let error as StoreError
      where error.code == .notFound && options.workspace == nil
    {
      // A proposal needs no workspace; without one the usual dimensions count.
      workspace = nil
    }
    let log = absolutePath(path, from: currentFolder)
    guard fileExists(log) else {
      throw IngestError(.notFound, "there is no such file", file: path, hint: "Give the path of a log.")
    }
    let guess = try DatasetGuess(
      of: log, schema: (workspace?.settings ?? WorkspaceSettings()).schema,
      workspaceFolder: workspace?.folder ?? currentFolder, latest: SystemClock.now)
    Terminal.write(guess.yaml)
    if !options.quiet { for doubt in guess.doubts { Terminal.warn("warning: \(doubt)") } }
  }
}
