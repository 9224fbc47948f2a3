internal import Aggregation
internal import ArgumentParser
internal import Events
internal import Segments
internal import Trials

/// Which experiment, where it lies, and how its answer is written.
struct ExperimentOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The experiment: pipelines/experiments/NAME.yaml.", valueName: "name"))
  var name: String

  @Option(help: "table, json, csv or markdown.")
  var format = OutputFormat.table

  @OptionGroup var asOf: AsOfOption
  @OptionGroup var place: WorkspaceOptions
}

extension Engine {
  /// The planned units of an experiment; nil where it begins after the last day with data.
  func unitsSoFar(of experiment: ExperimentDescription, days: DayRange? = nil, asOf: Timestamp?) throws -> UnitTable? {
    var question = experiment.units
    if let days { question.scope.days = days }
    let end = asOf ?? defaultAsOf
    if let from = question.scope.days.from, store.zone.start(of: from) >= end || from > snapshot.lastDay ?? from - 1 {
      return nil
    }
    return try units(question, asOf: asOf)
  }
}
