internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments
internal import Trials

struct ExperimentPlan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Draw next week's sends: who gets which arm, and with which probability.",
    discussion: """
      The key plan of the experiment's file says whom sends may reach, on which days, within which hours, how often. The \
      draw is a function of experiment, version, day and raw id: the same plan is drawn again on any machine.

      Printed are counts by day and arm, and whom the plan leaves out, by reason. The records themselves hold raw ids: \
      --show-ids writes them, to standard output or --out FILE, as JSON lines or CSV; the counts go to standard error \
      then. A record is of the day it is planned for, and `muster ingest FILE` takes none that lies more than 24 hours \
      ahead. --dataset NAME writes into datasets/NAME, with a dataset.yaml that lets plans lie ahead: `muster ingest \
      NAME`, and the nightly run, load them at once. Nothing counts before its day comes.

      Examples:
        muster experiment plan push_time
        muster experiment plan push_time --show-ids --dataset plans
        muster experiment plan push_time --week 2026-08-10 --show-ids --out plan.jsonl
        muster experiment plan push_time --from 2026-08-11 --to 2026-08-11 --show-ids --format csv > tuesday.csv
      """)

  @Option(help: ArgumentHelp("The week that holds this day; default: the next one after as-of.", valueName: "day"))
  var week: CommunityDay?

  @Option(help: ArgumentHelp("First day, instead of a week.", valueName: "day"))
  var from: CommunityDay?

  @Option(help: ArgumentHelp("Last day.", valueName: "day"))
  var to: CommunityDay?

  @Flag(help: "Write the records, which hold raw ids of members.")
  var showIds = false

  @Option(help: ArgumentHelp("The file for the records, with --show-ids; default: standard output.", valueName: "file"))
  var out: String?

  @Option(
    help: ArgumentHelp("The dataset for the records, with --show-ids; made where there is none.", valueName: "name"))
  var dataset: String?

  @OptionGroup var options: ExperimentOptions

  func validate() throws {
    if week != nil, from != nil || to != nil { throw ValidationError("--week and --from/--to exclude each other.") }
    guard (from == nil) == (to == nil) else { throw ValidationError("--from and --to come together.") }
    if let from, let to, from > to { throw ValidationError("The plan ends on \(to), before it starts on \(from).") }
    if let from, let to, to - from > 366 { throw ValidationError("A plan is of a year at most.") }
    if out != nil, !showIds { throw ValidationError("--out writes records with raw ids: say --show-ids too.") }
    if let dataset {
      if out != nil { throw ValidationError("--out and --dataset each say where records go: give one.") }
      if !showIds { throw ValidationError("--dataset writes records with raw ids: say --show-ids too.") }
      guard PlanDataset.isName(dataset) else {
        throw ValidationError("--dataset: '\(dataset)' is no name of a folder in datasets/.")
      }
    }
    if showIds, ![.table, .json, .csv].contains(options.format) {
      throw ValidationError("Records are written as json (lines) or csv.")
    }
  }

  func run() throws {
    let workspace = try options.place.load()
    let experiment = try ExperimentDescription(named: options.name, in: workspace)
    let store = try Store(reading: workspace)
    let asked = try options.asOf.instant(in: store.zone)
    let now = SystemClock.now
    let (plan, values) = try Engine.overNewest(store, now: now) { engine in
      let asOf = asked ?? engine.defaultAsOf
      return try self.plan(experiment, engine, asOf: asOf, days: days(asOf: asOf, store))
    }
    let answer = plan.answer(values)
    guard showIds else { return answer.write(options.format, quiet: options.place.quiet) }
    let form = options.format == .csv ? PlanRecords.Form.csv : .json
    let records = PlanRecords(plan, as: form)
    var (path, described) = (out.map { absolutePath($0, from: currentFolder) }, String?.none)
    if let dataset, let first = plan.firstDay, let last = plan.lastDay {
      let target = PlanDataset(dataset, in: workspace)
      path = try target.file(of: options.name, from: first, as: form)
      let end = store.zone.start(of: last)
      described = try target.describe(upTo: end, now: now, schema: workspace.settings.schema)
    }
    if let path {
      let file = try GrowingFile(path)
      try records.write { try file.append($0) }
      try file.finish()
    } else if dataset == nil {
      try records.write { Terminal.write(String(decoding: $0, as: UTF8.self)) }
    }
    if options.place.quiet { return }
    Terminal.warn(answer.table + "as of \(answer.asOf), days of \(answer.timeZone)")
    for note in answer.notes { Terminal.warn("note: \(note)") }
    if let described { Terminal.warn("wrote \(described): plans may lie ahead of the day they are loaded on") }
    Terminal.warn(
      "\(counted(plan.unitCount, "record"))\(path.map { " in \(out ?? $0)" } ?? "")"
        + (dataset.map { "; `muster ingest \($0)` loads them" } ?? ""))
  }

  private func days(asOf: Timestamp, _ store: Store) -> ClosedRange<CommunityDay> {
    if let from, let to { return from...to }
    let calendar = store.calendar
    let last = store.zone.day(of: Timestamp(microseconds: asOf.microseconds - 1))
    let start =
      week.map { calendar.start(of: .week, holding: $0) }
      ?? calendar.start(calendar.start(of: .week, holding: last), advancedBy: 1, .week)
    return start...start + 6
  }

  private func plan(
    _ experiment: ExperimentDescription, _ engine: Engine, asOf: Timestamp, days: ClosedRange<CommunityDay>
  ) throws -> (SendPlan, ArmValues?) {
    let settings = experiment.sendPlan ?? SendPlanSettings()
    try engine.checkFacts(of: experiment)
    let roster = try engine.roster(
      SendPlan.rosterQuestion(experiment, days, readsAhead: options.asOf.asOf == nil), asOf: asOf)
    let table =
      experiment.units.assignment.isFact ? nil : try engine.unitsSoFar(of: experiment, asOf: asOf)
    let values = table.map { ArmValues($0, of: experiment) }
    var learned: [Double]?
    if settings.allocation == .thompson {
      learned = values?.shares(of: experiment)
      if learned == nil, !options.place.quiet {
        Terminal.warn("note: too little is known of some arm to learn from: arms are drawn by their weights")
      }
    }
    let planner = try SendPlanner(experiment, roster: roster, learned: learned, from: days.lowerBound)
    return (planner.plan(days), values)
  }
}

/// A file that is written part by part and has its name once it is whole.
private final class GrowingFile {
  private let path: String
  private let beside: String
  private var byteCount = 0
  private var isFinished = false

  init(_ path: String) throws {
    (self.path, beside) = (path, path + ".writing")
    try [UInt8]().withUnsafeBytes { try writeNewFile($0, to: beside) }
  }

  func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try appendToFile($0, to: beside, at: byteCount) }
    byteCount += bytes.count
  }

  func finish() throws {
    try moveFile(beside, to: path)
    isFinished = true
  }

  deinit { if !isFinished { try? removeFile(beside) } }
}
