package import Aggregation
package import Events
internal import Segments

/// A place in an experiment's file that names an attribute of members.
struct FactMention: Sendable, Equatable {
  /// Without prefix.
  var name: String
  var line: Int?
  var column: Int?

  init(_ name: String, at yaml: YAMLValue) {
    let place = yaml.error("")
    (self.name, line, column) = (name, place.line, place.column)
  }
}

extension Engine {
  /// The units of an experiment, and what became of them before `asOf`.
  /// - Throws: ``StoreError`` with line and column where the file names an attribute that members do not have; else as
  ///   ``units(_:asOf:)``.
  package func units(of experiment: ExperimentDescription, asOf: Timestamp? = nil) throws -> UnitTable {
    try checkFacts(of: experiment)
    return try units(experiment.units, asOf: asOf)
  }

  /// - Throws: ``StoreError`` with line and column where the file names an attribute that members do not have.
  package func checkFacts(of experiment: ExperimentDescription) throws {
    for mention in experiment.factMentions {
      guard let complaint = try complaint(onFact: mention.name) else { continue }
      throw StoreError(
        .configuration, complaint.message, file: experiment.file, line: mention.line, column: mention.column,
        hint: complaint.hint)
    }
  }
}
