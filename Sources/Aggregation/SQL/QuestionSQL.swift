package import Events
internal import Segments

/// Compiles a question to SQL that an outside engine runs over the same segment files.
///
/// The calendar comes as literal rows (day → period, whether it has ended by as-of): engines disagree about time
/// zone rules, and the community day of an event is stored. Everything that is counted is counted by the engine.
package struct QuestionSQL {
  private let question: any Question
  private let resolved: ResolvedQuestion
  private let engine: Engine
  private let dialect: SQLDialect

  /// - Throws: ``AggregationError`` for what cannot be asked.
  package init(_ question: any Question, engine: Engine, dialect: SQLDialect, asOf: Timestamp? = nil) throws {
    var question = question
    if let rival = question.scope.rival {
      question.scope.rival = nil
      question = question.adapted(to: rival).question
    }
    self.question = question
    self.engine = engine
    self.dialect = dialect
    resolved = try engine.resolve(question, asOf: asOf)
  }

  /// One statement whose rows are those of the native answer: same columns, same order.
  package var text: String {
    let head = """
      -- \(question.definition): \(oneLine(question.command))
      -- as of \(resolved.asOf), community days of \(resolved.zone.name), \(dialect.rawValue)

      """
    if !question.readsEvents {
      let day = CommunityDay(0)
      return head + question.sql(resolved, days: resolved.days ?? day...day, source: source)
    }
    guard let days = resolved.days, !engine.snapshot.segments.isEmpty else {
      return head + "SELECT NULL AS period WHERE 1 = 0\n"
    }
    return head + question.sql(resolved, days: days, source: source)
  }

  /// A comment ends with its line: breaks within a text literal become blanks.
  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private var source: SourceSQL {
    SourceSQL(
      dialect: dialect, files: engine.snapshot.segments.map { ($0.day, engine.store.path(of: $0)) },
      columns: question.columns.subtracting(["event"] + question.factNames).sorted(),
      facts: question.factNames,
      factsFile: engine.snapshot.facts.map { engine.store.path(of: $0) },
      passiveEvents: engine.store.settings.schema.passiveEvents.sorted(), filter: question.filter, asOf: resolved.asOf,
      foreignZone: resolved.isForeign ? resolved.zone : nil)
  }
}
