package import Aggregation

extension ExperimentDescription {
  /// What the numbers of ``answer(_:)`` mean.
  package static let definition = "experiment.analyze/1"

  /// What the experiment has shown, as rows; of a switchback by its own test.
  package func answer(_ table: UnitTable) -> Answer {
    design == .switchback ? SwitchbackAnalysis(self, table).answer : ExperimentAnalysis(self, table).answer
  }
}
