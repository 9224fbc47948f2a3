internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments
internal import Trials

struct ExperimentPolicy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "What other rules of send hours would have been worth, from the sends logged.",
    discussion: """
      Rules: one best hour for all, the best hour of each segment (the first of the experiment's segments), the hour \
      nearest to that in which the member began most sessions before; and the sends as they were drawn. Values are of \
      the primary goal a send, by inverse propensity (ips), self-normalised, and doubly robust; intervals are clustered \
      by member. Rules are learned on other members than those they are valued on.

      Nothing is said where a propensity is missing, fewer than 400 effective sends are left, or one send has over 5 % \
      of the weight: the column refusal says why.

      Examples:
        muster experiment policy push_time
        muster experiment policy push_time --as-of 2026-08-31 --format csv
      """)

  @OptionGroup var options: ExperimentOptions

  func run() throws {
    let workspace = try options.place.load()
    let experiment = try ExperimentDescription(named: options.name, in: workspace)
    try PolicyAnalysis.check(experiment)
    let store = try Store(reading: workspace)
    let asOf = try options.asOf.instant(in: store.zone)
    let answer = try Engine.overNewest(store, now: SystemClock.now) { engine in
      let table = try engine.units(of: experiment, asOf: asOf)
      let traits = try engine.traits(PolicyAnalysis.traitsQuestion(experiment), of: table)
      return try PolicyAnalysis(table, traits, of: experiment).answer(table)
    }
    answer.write(options.format, quiet: options.place.quiet)
  }
}
