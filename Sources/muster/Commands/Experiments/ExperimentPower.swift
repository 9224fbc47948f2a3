internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Experiments
internal import Segments
internal import Trials

struct ExperimentPower: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power", abstract: "How many units an experiment needs, and what fewer would find.",
    discussion: """
      Rows, for each arm that is compared with the control: the units that find --effect or --lift, and the smallest \
      effect that 1, 2 and 4 weeks of units find. Alpha is what Holm leaves to the first comparison. The baseline is \
      that of the control's units in the log, of the days --from --to; before any are planned, that of all pushes \
      delivered in the last 28 days; without these, give --baseline, --units-per-day, and --deviation where the goal is \
      no share. What is given wins.

      With --effect or --lift, planned-units and reference-units are written into the experiment's file: before the \
      first look; after it reference-units cannot change (exit status 1). --dry-run writes nothing. Of a switchback: the \
      least p that so many blocks can reach.

      Examples:
        muster experiment power push_time --effect 0.01
        muster experiment power push_time --lift 5% --power 0.9 --baseline 0.12 --units-per-day 22000 --members 80000
        muster experiment power push_time --units 50000 --format csv
      """)

  @Option(help: ArgumentHelp("A difference that would matter, in the unit of the primary goal.", valueName: "number"))
  var effect: Double?

  @Option(help: ArgumentHelp("The same as a part of the baseline, such as 5%.", valueName: "percent"))
  var lift: String?

  @Option(help: ArgumentHelp("The chance with which it is to be found.", valueName: "part"))
  var power = 0.8

  @Option(help: ArgumentHelp("Also: what so many units of all arms find.", valueName: "count"))
  var units: Int?

  @Option(help: ArgumentHelp("The primary goal without the experiment; default: from the log.", valueName: "number"))
  var baseline: Double?

  @Option(help: ArgumentHelp("The standard deviation of one unit, with --baseline.", valueName: "number"))
  var deviation: Double?

  @Option(help: ArgumentHelp("Units of all arms that come in a day.", valueName: "number"))
  var unitsPerDay: Double?

  @Option(help: ArgumentHelp("Members that planned sends go to, where sends draw their arm.", valueName: "count"))
  var members: Int?

  @Option(help: ArgumentHelp("First day of the units that give the baseline.", valueName: "day"))
  var from: CommunityDay?

  @Option(help: ArgumentHelp("Last day of them.", valueName: "day"))
  var to: CommunityDay?

  @Flag(help: "Write nothing into the experiment's file.")
  var dryRun = false

  @OptionGroup var options: ExperimentOptions

  func validate() throws {
    if effect != nil, lift != nil { throw ValidationError("--effect and --lift say the same: give one.") }
    _ = try liftPart()
    guard power > 0, power < 1 else { throw ValidationError("--power is a part between 0 and 1, such as 0.8.") }
    if let units, units < 4 { throw ValidationError("--units: two arms need 4 units at least.") }
    if let deviation, !(deviation > 0) { throw ValidationError("--deviation is a number above 0.") }
    if let unitsPerDay, !(unitsPerDay > 0) { throw ValidationError("--units-per-day is a number above 0.") }
    if let members, members < 1 { throw ValidationError("--members is a number from 1 up.") }
    if baseline == nil, deviation != nil { throw ValidationError("--deviation belongs to --baseline: give both.") }
  }

  private func liftPart() throws -> Double? {
    guard let lift else { return nil }
    let isPercent = lift.hasSuffix("%")
    guard let number = Double(isPercent ? String(lift.dropLast()) : lift), number.isFinite, number != 0 else {
      throw ValidationError("--lift: '\(lift)' is no part of the baseline. Write 5% or 0.05.")
    }
    return isPercent ? number / 100 : number
  }

  func run() throws {
    let workspace = try options.place.load()
    let experiment = try ExperimentDescription(named: options.name, in: workspace)
    let store = try storeIfMade(workspace)
    let zone = try TimeZoneRules(named: workspace.settings.timeZone)
    let now = SystemClock.now
    let asOf = try options.asOf.instant(in: zone) ?? store.map { try Engine($0, now: now).defaultAsOf } ?? now
    if experiment.design == .switchback {
      do throws(InsufficientData) {
        let answer = try SwitchbackPower(experiment).answer(asOf: asOf, timeZone: zone.name)
        return answer.write(options.format, quiet: options.place.quiet)
      } catch {
        throw StoreError(
          .refused, error.description, file: experiment.file,
          hint: "With fewer no p can be as small as alpha asks: end the experiment later.")
      }
    }
    let plan = try PowerPlan(experiment, baseline: try baseline(experiment, store, asOf: asOf), question())
    plan.answer(asOf: asOf, timeZone: zone.name).write(options.format, quiet: options.place.quiet)
    guard let planned = plan.plannedUnits else { return }
    try write(PlannedNumbers(plannedUnits: planned, referenceUnits: plan.referenceUnits), experiment, store, workspace)
  }

  /// Nil where nothing was ever ingested: an experiment may be planned before.
  private func storeIfMade(_ workspace: Workspace) throws -> Store? {
    do { return try Store(reading: workspace) } catch let error as StoreError where error.code == .notFound {
      return nil
    }
  }

  private func question() throws -> PowerQuestion {
    var question = PowerQuestion(effect: effect.map { .absolute($0) })
    if let part = try liftPart() { question.effect = .lift(part) }
    (question.power, question.units) = (power, units)
    return question
  }

  private func baseline(_ experiment: ExperimentDescription, _ store: Store?, asOf: Timestamp) throws -> PowerBaseline {
    if let baseline {
      return try PowerBaseline(
        given: baseline, deviation: deviation, unitsPerDay: unitsPerDay, members: members, of: experiment)
    }
    var shortfall = "no units are planned in the log"
    if let store {
      let engine = try Engine(store, now: SystemClock.now)
      let days = from == nil && to == nil ? nil : DayRange(from: from, to: to)
      let table = try Engine.overNewest(store, now: SystemClock.now) {
        try $0.unitsSoFar(of: experiment, days: days, asOf: asOf)
      }
      if let table, table.count > 0 {
        do throws(InsufficientData) {
          var found = try PowerBaseline(table, of: experiment)
          found.unitsPerDay = unitsPerDay ?? found.unitsPerDay
          found.members = members ?? found.members
          return found
        } catch { shortfall = error.description }
      } else if let history = try self.history(experiment, engine, asOf: asOf), history.count > 0 {
        do throws(InsufficientData) {
          var found = try PowerBaseline(history: history, of: experiment)
          found.unitsPerDay = unitsPerDay ?? found.unitsPerDay
          found.members = members ?? found.members
          return found
        } catch { shortfall += ", and of earlier pushes: \(error.description)" }
      }
    }
    throw StoreError(
      .refused, "there is no baseline: \(shortfall)", file: experiment.file,
      hint: "Give it: --baseline 0.12 --units-per-day 20000, and --deviation where the goal is no share.")
  }

  /// What was sent before anything was planned; nil where arms are attributes, or communities are drawn.
  private func history(_ experiment: ExperimentDescription, _ engine: Engine, asOf: Timestamp) throws -> UnitTable? {
    let isOfSends = experiment.design == .memberRandomised || experiment.design == .sendRandomised
    guard isOfSends, !experiment.units.assignment.isFact, from == nil, to == nil else { return nil }
    let last = engine.store.zone.day(of: Timestamp(microseconds: asOf.microseconds - 1))
    return try engine.units(PowerBaseline.historyQuestion(of: experiment, last: last), asOf: asOf)
  }

  private func write(
    _ numbers: PlannedNumbers, _ experiment: ExperimentDescription, _ store: Store?, _ workspace: Workspace
  ) throws {
    if numbers.stand(in: experiment) { return say("\(experiment.file) says so already: \(numbers.description)") }
    try numbers.check(try store.flatMap { try ExperimentLog(reading: $0).state(of: experiment.name) })
    if dryRun { return say("would write into \(experiment.file): \(numbers.description)") }
    try numbers.write(to: experiment, schema: workspace.settings.schema)
    say("wrote into \(experiment.file): \(numbers.description)")
  }

  private func say(_ text: String) { if !options.place.quiet { Terminal.warn(text) } }
}
