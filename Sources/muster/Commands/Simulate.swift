internal import ArgumentParser
internal import Events
internal import Ingest
internal import Segments

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Write the log of a made-up community: seeded, of any size.",
    discussion: """
      Members join, come back less and less, and keep to their hours. Two pushes a week are an experiment: each push \
      and member is drawn into one of four times of the day or into a holdout without a push, as push_planned says; in \
      the second half of the days by another plan. What comes out is printed beside the truth. The same options give \
      the same bytes. One file of JSON lines a day.

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
        + "\(folder)\n" + Self.text(summary.arms))
  }

  /// The experiment's arms as a table; empty where no push was planned.
  private static func text(_ arms: [PushArmTruth]) -> String {
    if arms.isEmpty { return "" }
    let rows = arms.map { arm in
      [
        arm.plan, arm.arm, arm.propensity.description, grouped(arm.planned), grouped(arm.sent), grouped(arm.opened),
        percentage(arm.openProbability), grouped(arm.left), percentage(arm.leaveProbability),
      ]
    }
    let heads = ["plan", "arm", "propensity", "planned", "sent", "opened", "of planned", "left", "of planned"]
    let lines = ([heads] + rows).map { cells in
      zip(cells, [4, 7, 12, 9, 9, 9, 12, 7, 12]).map { cell, width in
        String(repeating: " ", count: max(1, width - cell.count)) + cell
      }.joined()
    }
    return "push_time, with the true probabilities of opening and leaving:\n" + lines.joined(separator: "\n") + "\n"
  }

  /// `0.0637` as `6.37 %`.
  private static func percentage(_ share: Double) -> String {
    let hundredths = Int((share * 10_000).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) %"
  }
}
