internal import ArgumentParser
internal import Events
internal import Ingest
internal import Segments

struct Ingest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Load logs into the store.",
    discussion: """
      Reads JSON lines, CSV, TSV and space-separated logs, plain, .gz or .zst, and Parquet. Without a dataset a file is a plain log \
      with the fields event_id, ts, user_id, event, community_id, platform, content_id and properties, of which ts, \
      user_id and event are required. datasets/NAME/dataset.yaml maps any other form; presets know the exports of \
      Segment, CloudEvents, Amplitude, Mixpanel, PostHog, Snowplow, GH Archive, Telegram, Discord, Slack, Discourse, \
      WeChat statistics and web access logs. `muster dataset guess FILE` proposes a description.

      All of a call is committed at once, or nothing is. What was read before is skipped; a file that has grown is read \
      from where it ended. Rejected records lie in the store's quarantine, with reason and position.

      Examples:
        muster ingest export.jsonl.gz            a plain log
        muster ingest logs/                      all files of a folder
        muster ingest warehouse/*.parquet        exports of a warehouse with the same columns
        muster ingest --dataset forum dump.csv   a log that datasets/forum/dataset.yaml describes
        muster ingest --preset telegram result.json
        muster ingest --preset slack export/     the folder that a Slack export was unpacked to
        muster ingest forum                      the path that forum's dataset.yaml names
        muster ingest                            every dataset with a path
        zcat part*.gz | muster ingest -          standard input
        muster ingest --follow app.log           keep reading, until interrupted
        muster ingest --replay-quarantine        rejected records again, after a dataset.yaml was mended
      """)

  @Argument(help: ArgumentHelp("Files, folders, - for standard input, or names of datasets.", valueName: "path"))
  var inputs: [String] = []

  @Option(help: ArgumentHelp("How the files are read: datasets/NAME/dataset.yaml.", valueName: "name"))
  var dataset: String?

  @Option(help: ArgumentHelp("How the files are read: a preset, such as telegram or access-log.", valueName: "name"))
  var preset: String?

  @Option(help: ArgumentHelp("Commit nothing where a larger part of the records is rejected.", valueName: "part"))
  var rejectLimit = 0.05

  @Flag(help: "Take late records of days whose duplicate check is closed.")
  var reopen = false

  @Flag(help: "Read rejected records again out of the quarantine; of one --dataset, or of all.")
  var replayQuarantine = false

  @Flag(help: "Keep reading files that grow, and new files of a folder, until interrupted.")
  var follow = false

  @Option(help: ArgumentHelp("With --follow: commit what came every so many seconds.", valueName: "seconds"))
  var every = 10

  @Option(help: "table or json.")
  var format = OutputFormat.table

  @OptionGroup var options: WorkspaceOptions

  func validate() throws {
    guard (0...1).contains(rejectLimit) else {
      throw ValidationError("--reject-limit is a part from 0 to 1, such as 0.05.")
    }
    if follow, replayQuarantine { throw ValidationError("--follow and --replay-quarantine exclude each other.") }
    guard (1...3600).contains(every) else { throw ValidationError("--every takes 1 to 3600 seconds.") }
    if replayQuarantine, !inputs.isEmpty {
      throw ValidationError("--replay-quarantine reads the quarantine alone: leave out the paths.")
    }
    if inputs.contains("-"), inputs.count > 1 { throw ValidationError("Standard input (-) comes alone.") }
    if preset != nil, dataset != nil {
      throw ValidationError("--preset and --dataset each say how to read: give one. A dataset.yaml can name a preset.")
    }
    if preset != nil, inputs.isEmpty { throw ValidationError("--preset needs the path of a log or folder.") }
    guard format == .table || format == .json else { throw ValidationError("ingest prints table or json.") }
  }

  func run() async throws {
    let workspace = try options.load()
    let run = IngestRun(
      workspace, arrival: SystemClock.now, rejectLimit: rejectLimit, reopensClosedDays: reopen)
    if replayQuarantine {
      if let dataset, dataset != DatasetDescription.plainLog(schema: workspace.settings.schema).name {
        _ = try DatasetDescription.named(dataset, in: workspace)
      }
      return write(try await run.replayQuarantine(dataset: dataset))
    }
    if follow { return write(try await followSources(in: workspace)) }
    let sources = try sources(in: workspace)
    if sources.isEmpty {
      throw IngestError(
        .notFound, "no dataset of this workspace has a log", file: workspace.folder,
        hint: "Name a log: muster ingest FILE.")
    }
    var progress = Progress(quiet: options.quiet)
    let report = try await run.load(sources) { state in
      progress.show(Self.line(state))
    }
    Progress.clearLine()
    write(report)
  }

  private func write(_ report: IngestReport) {
    if !options.quiet { warn(report) }
    Terminal.write(format == .json ? Self.json(report) : Self.table(report))
  }

  func sources(in workspace: Workspace) throws -> [LogSource] {
    if let preset {
      let presets = Presets(workspaceFolder: workspace.folder)
      let description = try presets.description(preset, schema: workspace.settings.schema)
      return try LogSource.files(inputs, from: currentFolder, as: description)
    }
    if let dataset {
      let description = try DatasetDescription.named(dataset, in: workspace)
      if inputs.isEmpty { return try LogSource.files(ofDatasets: [dataset], in: workspace) }
      return try LogSource.files(inputs, from: currentFolder, as: description)
    }
    if inputs.isEmpty { return try LogSource.files(ofDatasets: [], in: workspace) }
    let plain = DatasetDescription.plainLog(schema: workspace.settings.schema)
    return try inputs.flatMap { input -> [LogSource] in
      let isPath = input == "-" || fileExists(absolutePath(input, from: currentFolder)) || input.contains("/")
      if isPath { return try LogSource.files([input], from: currentFolder, as: plain) }
      if workspace.datasets.contains(input) { return try LogSource.files(ofDatasets: [input], in: workspace) }
      let near = nearestWord(to: input, among: workspace.datasets).map { "Did you mean the dataset '\($0)'? " } ?? ""
      throw IngestError(
        .notFound, "there is no such file, and no dataset of this name", file: input,
        hint: near + "Datasets: \(workspace.datasets.joined(separator: ", ")).")
    }
  }

  private func warn(_ report: IngestReport) {
    if report.totals.rejected > 0 {
      Terminal.warn(
        "warning: \(grouped(report.totals.rejected)) records rejected (\(report.rejectionSummary)); see "
          + "\(report.quarantineFile ?? "the quarantine")." + (report.examples.isEmpty ? "" : " The first ones:"))
      for example in report.examples { Terminal.warn("  \(example)") }
    }
    if report.totals.conflicts > 0 {
      Terminal.warn(
        "note: \(grouped(report.totals.conflicts)) records share an event id with another record of different content; "
          + "all are stored")
    }
    if report.replacedFacts > 0 {
      Terminal.warn("note: \(grouped(report.replacedFacts)) rows of member facts replaced what was known")
    }
    for (why, count) in report.leftInQuarantine.sorted(by: { $0.key < $1.key }) {
      Terminal.warn("note: \(grouped(count)) records stay in the quarantine unread: \(why)")
    }
    for path in report.skippedSources { Terminal.warn("skipped \(path): read before, unchanged") }
  }

  private static func line(_ state: IngestProgress) -> String {
    let share = state.fraction.map { " \(Int($0 * 100)) %" } ?? ""
    let name = state.path.split(separator: "/").last.map(String.init) ?? state.path
    return "reading \(name) (\(state.sourceNumber) of \(state.sourceCount))\(share) · \(grouped(state.read)) records"
  }

  private static func table(_ report: IngestReport) -> String {
    let totals = report.totals
    let days = report.days.isEmpty ? "none" : "\(report.days.count) (\(report.days.first!) to \(report.days.last!))"
    return """
      read       \(grouped(totals.read))
      stored     \(grouped(totals.stored))
      duplicate  \(grouped(totals.duplicate))
      rejected   \(grouped(totals.rejected))
      days       \(days)

      """
  }

  private static func json(_ report: IngestReport) -> String {
    let totals = report.totals
    return """
      {"read":\(totals.read),"stored":\(totals.stored),"duplicate":\(totals.duplicate),"rejected":\(totals.rejected),\
      "conflicts":\(totals.conflicts),"days":[\(report.days.map { "\"\($0)\"" }.joined(separator: ","))],\
      "skipped_sources":[\(report.skippedSources.map(jsonText).joined(separator: ","))]}

      """
  }
}
