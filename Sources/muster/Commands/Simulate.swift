internal import ArgumentParser
internal import Events
internal import Ingest
internal import Segments

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the log of a made-up community: seeded, of any size.",
    discussion: """
      Members join, come back less and less, keep to their hours, and get two pushes a week at one of four times. The \
      same options give the same bytes. One file of JSON lines a day.

      Examples:
        muster simulate log/
        muster simulate log/ --days 365 --members 200000 --events 20000000 --time-zone Asia/Shanghai
      """)

  @Argument(help: ArgumentHelp("The folder for the files.", valueName: "dir"))
  var folder: String

  @Option(help: "Days.")
  var days = 60

  @Option(help: "Members.")
  var members = 40_000

  @Option(help: "Events, about.")
  var events = 1_000_000

  @Option(help: "Another seed, another community.")
  var seed: UInt64 = 7

  @Option(help: ArgumentHelp("The first day.", valueName: "day"))
  var firstDay = CommunityDay(year: 2026, month: 8, day: 1)

  @Option(help: ArgumentHelp("The zone that members live in; default: the workspace's, else UTC.", valueName: "zone"))
  var timeZone: String?

  @Option(help: ArgumentHelp("Part of the records that arrive in a later file.", valueName: "part"))
  var lateShare = 0.0

  @Option(help: ArgumentHelp("Part of the records that arrive twice.", valueName: "part"))
  var duplicateShare = 0.0

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func run() throws {
    var options = SimulationOptions()
    (options.seed, options.firstDay, options.dayCount) = (seed, firstDay, days)
    (options.memberCount, options.eventCount) = (members, events)
    (options.lateShare, options.duplicateShare) = (lateShare, duplicateShare)
    let workspace = try? Workspace(folder: nil, store: nil, current: currentFolder)
    options.zone = try TimeZoneRules(named: timeZone ?? workspace?.settings.timeZone ?? "UTC")
    if let complaint = options.complaint { throw ValidationError(complaint) }
    let folder = absolutePath(folder, from: currentFolder)
    try makeFolder(folder)
    var progress = Progress(quiet: quiet)
    var simulator = CommunitySimulator(options)
    var done = 0
    let summary = try simulator.run { name, bytes, count in
      try bytes.withUnsafeBytes { try writeFileDurably($0, to: "\(folder)/\(name)") }
      done += count
      progress.show("simulating \(name): \(grouped(done)) events")
    }
    Progress.clearLine()
    Terminal.write(
      "\(grouped(summary.lines)) records of \(grouped(summary.members)) members in \(grouped(summary.days)) days in "
        + "\(folder)\n")
  }
}
