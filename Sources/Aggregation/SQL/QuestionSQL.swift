package import Events
internal import Segments

/// Compiles a question to SQL that an outside engine runs over the same segment files.
///
/// The calendar comes as literal rows (day → period, whether it has ended by as-of): engines disagree about time
/// zone rules, and the community day of an event is stored. Everything that is counted is counted by the engine.
package struct QuestionSQL {
  private let question: Question
  private let resolved: ResolvedQuestion
  private let engine: Engine
  private let dialect: SQLDialect

  /// - Throws: ``AggregationError`` for what cannot be asked.
  package init(_ question: Question, engine: Engine, dialect: SQLDialect, asOf: Timestamp? = nil) throws {
    self.question = question
    self.engine = engine
    self.dialect = dialect
    resolved = try engine.resolve(question, asOf: asOf)
  }

  /// One statement whose rows are those of the native answer: same columns, same order.
  package var text: String {
    let head = """
      -- \(question.definition): muster query \(oneLine(question.commandLine))
      -- as of \(resolved.asOf), community days of \(resolved.zone.name), \(dialect.rawValue)

      """
    guard let days = resolved.days, !engine.snapshot.segments.isEmpty else {
      return head + "SELECT NULL AS period WHERE 1 = 0\n"
    }
    switch question {
    case .activity(let activity):
      let sql = ActivitySQL(question: activity, resolved: resolved, days: days, source: source)
      return head + (activity.trailing == nil ? sql.periods : sql.trailing)
    case .retention(let retention):
      return head + RetentionSQL(question: retention, resolved: resolved, days: days, source: source).text
    }
  }

  /// A comment ends with its line: breaks within a text literal become blanks.
  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private var source: SourceSQL {
    SourceSQL(
      dialect: dialect, files: engine.snapshot.segments.map { ($0.day, engine.store.path(of: $0)) },
      columns: Array(Set(question.by).union(question.filter?.columns ?? []).subtracting(["event"] + question.factNames))
        .sorted(),
      facts: question.factNames,
      factsFile: engine.snapshot.facts.map { engine.store.path(of: $0) },
      passiveEvents: engine.store.settings.schema.passiveEvents.sorted(), filter: question.filter, asOf: resolved.asOf)
  }
}

/// The common part of every statement: qualifying events of the files of one snapshot.
struct SourceSQL {
  let dialect: SQLDialect
  let files: [(day: CommunityDay, path: String)]
  /// Further columns that the question needs.
  let columns: [String]
  /// Attributes of members, as `member.X`, and the file that holds them.
  var facts: [String] = []
  var factsFile: String?
  let passiveEvents: [String]
  let filter: Filter?
  let asOf: Timestamp

  /// `segments AS (…), qualifying AS (…)`
  var tables: String {
    """
    segments AS (
    \(segments)
    ),
    \(factTable)qualifying AS (
      SELECT * FROM segments\(factTable.isEmpty ? "" : " LEFT JOIN facts USING (member)")
      WHERE \(conditions.joined(separator: "\n    AND "))
    )
    """
  }

  private var conditions: [String] {
    let instant = dialect == .duckdb ? "TIMESTAMPTZ '\(asOf)'" : "TIMESTAMP '\(asOf)'"
    var conditions = ["ts < \(instant)"]
    if !passiveEvents.isEmpty {
      conditions.append("event NOT IN (\(passiveEvents.map(dialect.literal).joined(separator: ", ")))")
    }
    if let filter { conditions.append("(\(filter.sql(dialect)))") }
    return conditions
  }

  private var segments: String {
    let names = (["event", "member", "ts"] + columns).map(dialect.identifier).joined(separator: ", ")
    switch dialect {
    case .duckdb:
      let list = files.map { "    " + dialect.literal($0.path) }.joined(separator: ",\n")
      return """
          SELECT day, \(names)
          FROM read_parquet([
        \(list)
          ], hive_partitioning = true, hive_types = {'day': DATE}, union_by_name = true)
        """
    case .spark:
      return files.map { "  SELECT DATE '\($0.day)' AS day, \(names) FROM parquet.`\($0.path)`" }
        .joined(separator: "\n  UNION ALL\n")
    }
  }

  /// `name (columns) AS (VALUES …)`, split over lines.
  func literalTable(_ name: String, _ columns: [String], _ rows: [[String]]) -> String {
    let list = rows.map { "  (" + $0.joined(separator: ", ") + ")" }.joined(separator: ",\n")
    return "\(name) (\(columns.joined(separator: ", "))) AS (\n  VALUES\n\(list)\n)"
  }
}
