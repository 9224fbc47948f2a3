internal import Aggregation
internal import ArgumentParser
internal import Segments
internal import Trials

/// The name of an experiment, for what is asked of its units.
struct ExperimentUnitOptions: QuestionFlags {
  @Argument(help: ArgumentHelp("Name of the experiment: its file in pipelines/experiments.", valueName: "name"))
  var name: String

  func question(_ workspace: Workspace) throws -> any Question {
    try ExperimentDescription(named: name, in: workspace).units
  }
}

struct ExperimentUnits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "units",
    abstract: "The sums that an experiment's statistics rest on, by outcome and arm.",
    discussion: """
      Units are those whose window has closed for every arm; observed are those of them with a value. `muster sql \
      experiment NAME` gives the same rows in another engine.

      Examples:
        muster experiment units push-time
        muster experiment units push-time --as-of 2026-09-01 --format json
      """)

  @OptionGroup var experiment: ExperimentUnitOptions
  @OptionGroup var output: AnswerOptions

  func run() throws { try output.answer(experiment) }
}

struct SQLExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment", abstract: "The SQL of experiment units.")

  @OptionGroup var experiment: ExperimentUnitOptions
  @OptionGroup var output: SQLOptions

  func run() throws { try output.write(experiment) }
}
