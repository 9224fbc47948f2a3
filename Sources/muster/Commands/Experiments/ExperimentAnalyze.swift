internal import Aggregation
internal import ArgumentParser
internal import Segments
internal import Trials

struct ExperimentAnalyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "What an experiment has shown: sample ratio, every goal and guardrail by arm, the verdict.",
    discussion: """
      Intervals of sequential experiments hold at every nightly look together, so one may look every morning and stop \
      when the verdict says so.

      Examples:
        muster experiment analyze push-hour
        muster experiment analyze push-hour --explore --format csv
        muster experiment analyze push-hour --as-of 2026-09-15
      """)

  @Argument(help: "The experiment: pipelines/experiments/NAME.yaml.")
  var name: String

  @Flag(
    help: "Effects by member segment, by day of the week, by week since entry, and of the push before: exploratory.")
  var explore = false

  @Option(help: "table, json, csv or markdown.")
  var format = OutputFormat.table

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let workspace = try workspace.load()
    let experiment = try ExperimentDescription(named: name, in: workspace)
    if explore, experiment.design == .switchback {
      throw ValidationError("--explore: a switchback reaches all members at once, so that its slots have no segments.")
    }
    let store = try Store(reading: workspace)
    let instant = try asOf.instant(in: store.zone)
    let answer = try Engine.overNewest(store, now: SystemClock.now) { engine in
      let units = try engine.units(of: experiment, asOf: instant)
      let started = ContinuousClock.now
      var answer = explore ? ExperimentAnalysis(experiment, units).exploration : experiment.answer(units)
      answer.statistics.elapsedMilliseconds += Double((ContinuousClock.now - started) / .microseconds(1)) / 1000
      return answer
    }
    if experiment.looks == .sequential { try rememberLook(at: experiment, workspace, store) }
    answer.write(format, quiet: self.workspace.quiet)
  }

  /// From the first look on N* stays: what was shown holds at all looks together with this one alone.
  private func rememberLook(at experiment: ExperimentDescription, _ workspace: Workspace, _ store: Store) throws {
    let units = experiment.settledReferenceUnits
    if let known = try ExperimentLog(reading: store).state(of: name) {
      guard known.referenceUnits == units else { throw ExperimentLog.changed(known, to: units) }
      return
    }
    let look = ExperimentState(name: name, firstLook: SystemClock.now, referenceUnits: units)
    do { try ExperimentLog(workspace).save(look) } catch let error as StoreError where error.code != .refused {
      Terminal.warn("note: this first look could not be recorded: \(error.message)")
    }
  }
}
