package import Events

/// Where members stand in a process that branches: who was ever in a state, who is now, how they move and how long it
/// takes.
///
/// A member's state is that of its latest event that leads into one; of one instant, the last in the order of names
/// counts. A visit lasts until the member's next one, in another state or, where a state may follow itself, in the same.
package struct StatesQuestion: Sendable, Equatable {
  /// Which figures.
  package enum Table: String, Sendable, CaseIterable {
    /// A row a state.
    case states
    /// A row a pair of states between which members moved, allowed or not.
    case transitions
    /// Only those that the description does not allow.
    case impossible
    /// What share left a state, and for which one, within each horizon.
    case time
    /// How long members that are in a state now have been there.
    case ageing
  }

  /// Visits count that begin in its days.
  package var scope = QuestionScope()
  package var description: StatesDescription
  /// Where the description was read, for the command line.
  package var file: String
  package var table = Table.states
  /// In ascending order, for time and ageing.
  package var horizonSeconds: [Int64] = [3600, 86400, 7 * 86400, 30 * 86400]

  /// A question about the states of `description`, which was read from `file`.
  package init(_ description: StatesDescription, file: String) {
    (self.description, self.file) = (description, file)
  }
}

extension StatesQuestion: Question {
  package static var metric: String { "states" }
  package var definition: String { "states.\(table.rawValue)/1" }
  package var eventNames: [String] { description.states.flatMap(\.events) }
  package var flags: [QuestionFlag] {
    [
      QuestionFlag("from-file", file), QuestionFlag("table", table == .states ? nil : table.rawValue),
      QuestionFlag(
        "horizons",
        horizonSeconds == [3600, 86400, 7 * 86400, 30 * 86400]
          ? nil : horizonSeconds.map(durationText).joined(separator: ",")),
    ]
  }

  package func plan(_ resolved: ResolvedQuestion) throws -> any QuestionPlan {
    guard !horizonSeconds.isEmpty, zip(horizonSeconds, horizonSeconds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw AggregationError(.usage, "horizons do not ascend", hint: "Write them like 1h,24h,7d.")
    }
    return StatesRun(question: self, resolved: resolved)
  }

  package func sql(_ resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) -> String {
    StatesSQL(question: self, resolved: resolved, days: days, source: source).text
  }
}
