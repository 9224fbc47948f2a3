internal import ArgumentParser

struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Push-timing experiments: plan them, size them, read them.",
    discussion: """
      An experiment is a file, pipelines/experiments/NAME.yaml.

      Examples:
        muster experiment power push-hour --effect 0.01
        muster experiment plan push-hour --out next-week.jsonl --show-ids
        muster experiment analyze push-hour
        muster experiment policy push-hour
      """,
    subcommands: [
      ExperimentAnalyze.self, ExperimentPower.self, ExperimentPlan.self, ExperimentPolicy.self, ExperimentUnits.self,
    ])
}
