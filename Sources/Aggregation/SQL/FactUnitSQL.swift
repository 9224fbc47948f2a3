internal import Events

/// The SQL of sums where arms and outcomes are attributes of members.
struct FactUnitSQL {
  private let sql: UnitSQL

  init(_ sql: UnitSQL) { self.sql = sql }

  private var dialect: SQLDialect { sql.dialect }

  var text: String {
    guard case .fact(let arm) = sql.question.assignment, sql.source.factsFile != nil else { return "" }
    let filter = sql.question.filter.map { " WHERE (\($0.sql(dialect)))" } ?? ""
    let units = """
      units AS (
        SELECT f.*, '' AS _k, 0 AS _d, a._nth AS _a
        FROM facts f JOIN arms a ON a._name = f.\(dialect.identifier(FactColumns.prefix + arm))\(filter)
      ),
      delivered AS (SELECT member, _k, 0 AS _v FROM units)
      """
    let tables = sql.question.outcomes.enumerated().flatMap { place, outcome in
      [table("value\(place)", outcome.measure)]
        + (outcome.denominator.map { [table("denominator\(place)", $0)] } ?? [])
    }
    let parts = [sql.arms, units] + tables
    return "WITH \(sql.source.factTable)\(parts.joined(separator: ",\n"))\n" + UnitFiguresSQL(sql).text
  }

  private func table(_ name: String, _ measure: UnitQuestion.Measure) -> String {
    let text = dialect.identifier(FactColumns.prefix + (measure.kind.factName ?? ""))
    let number = FilterSQL(dialect: dialect).number(text)
    // Greater is infinite in one engine, and missing in the other.
    return """
      \(name) AS (
        SELECT member, _k, CASE lower(\(text)) WHEN 'true' THEN 1 WHEN 'false' THEN 0
          ELSE CASE WHEN abs(\(number)) < 1e308 THEN \(number) END END AS _v
        FROM units
      )
      """
  }
}
