internal import ArgumentParser
internal import Events
internal import Pipelines
internal import Segments

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline: its steps in order, with a record.",
    discussion: """
      pipelines/NAME.yaml lists the steps. A run that fails leaves what was published before in force; run it again \
      when the cause is mended: what was loaded is not loaded twice.

      Examples:
        muster run nightly
        muster run nightly --date 2026-09-30     as of the end of that day
      """)

  @Argument(help: ArgumentHelp("The pipeline's name.", valueName: "pipeline"))
  var name: String

  @Option(help: ArgumentHelp("Answer as of the end of this community day.", valueName: "day"))
  var date: CommunityDay?

  @OptionGroup var options: WorkspaceOptions

  func run() async throws {
    let workspace = try options.load()
    let pipeline = try PipelineDescription(named: name, in: workspace)
    let zone = try TimeZoneRules(named: workspace.settings.timeZone)
    let quiet = options.quiet
    let run = PipelineRun(
      pipeline, workspace: workspace, now: SystemClock.now, asOf: date.map { zone.start(of: $0 + 1) }
    ) { line in
      if !quiet || line.hasPrefix("warning") { Terminal.warn(line) }
    }
    try await run.run { SystemClock.now }
  }
}
