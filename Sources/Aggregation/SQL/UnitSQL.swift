internal import Events

/// The SQL of the sums of an experiment's units: planned rows, units, their sends, a figure for each measure, sums.
///
/// Names of its own begin with an underscore, as no dimension does. A unit is a member and `_k`: the push or the
/// community, or nothing.
struct UnitSQL {
  let question: UnitQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  init(question: UnitQuestion, resolved: ResolvedQuestion, days: ClosedRange<CommunityDay>, source: SourceSQL) {
    (self.question, self.resolved, self.days) = (question, resolved, days)
    // The filter is on planned rows alone.
    var columns = Set(source.columns).subtracting(question.segments)
    if question.readsEvents { columns.insert(UnitQuestion.armColumn) }
    if let cluster = question.clusterColumn { columns.insert(cluster) }
    if resolved.dimensions.contains(UnitQuestion.pushColumn) { columns.insert(UnitQuestion.pushColumn) }
    self.source = SourceSQL(
      dialect: source.dialect, files: source.files, columns: columns.sorted(), facts: source.facts,
      factsFile: source.factsFile, passiveEvents: source.passiveEvents, filter: nil, asOf: source.asOf,
      foreignZone: source.foreignZone)
  }

  var dialect: SQLDialect { source.dialect }
  func literal(_ text: String) -> String { dialect.literal(text) }

  /// The column that tells a member's units apart.
  private var key: String {
    switch question.unit {
    case .member: "''"
    case .send: "_push"
    case .cluster: "_c"
    }
  }

  private func column(_ name: String) -> String {
    resolved.dimensions.contains(name) ? dialect.identifier(name) : "CAST(NULL AS STRING)"
  }

  var text: String {
    guard case .event(let name) = question.assignment else { return FactUnitSQL(self).text }
    let measures = question.outcomes.indices.flatMap { UnitMeasureSQL(self, $0).tables }
    let parts =
      [source.tables(naming: question.eventNames), events, arms, planned(name), units, pairs, sends, delivered, firsts]
      + (question.measures.contains { $0.kind == .hoursToFirst } ? [midnights] : []) + measures
    return "WITH \(parts.joined(separator: ",\n"))\n" + UnitFiguresSQL(self).text
  }

  private var events: String {
    let day = dialect == .duckdb ? "(day - DATE '1970-01-01')" : "datediff(day, DATE '1970-01-01')"
    return """
      events AS (
        SELECT *, \(day) AS _d, \(dialect.microseconds("ts")) AS _t, \(column(UnitQuestion.pushColumn)) AS _push,
          \(question.clusterColumn.map(column) ?? "CAST(NULL AS STRING)") AS _c
        FROM qualifying
      )
      """
  }

  /// The arms of the experiment by their places.
  var arms: String {
    source.literalTable("arms", ["_nth", "_name"], question.arms.enumerated().map { ["\($0)", literal($1)] })
  }

  private func planned(_ name: String) -> String {
    let filter = question.filter.map { "\n    AND (\($0.sql(dialect)))" } ?? ""
    return """
      planned AS (
        SELECT member, _d, _t, \(dialect.identifier(UnitQuestion.armColumn)) AS _arm, _push, _c
        FROM events WHERE event = \(literal(name))
          AND _d BETWEEN \(days.lowerBound.number) AND \(days.upperBound.number)\(filter)
      )
      """
  }

  /// Those in one arm of the experiment, with the place of it and the anchor.
  private var units: String {
    let oneArm = "min(_arm) = max(_arm) AND count(_arm) = count(*)"
    let found: String
    switch question.unit {
    case .member where question.keepsFirstArm:
      let order = "_d, _t, _push NULLS LAST, _arm NULLS LAST"
      found = """
        SELECT member, '' AS _k, _d, _arm
          FROM (SELECT *, row_number() OVER (PARTITION BY member ORDER BY \(order)) AS _row FROM planned) p
          WHERE _row = 1
        """
    case .member, .send:
      let condition = question.unit == .send ? " WHERE _push IS NOT NULL" : ""
      let group = question.unit == .send ? "member, _push" : "member"
      found = """
        SELECT member, \(key) AS _k, min(_d) AS _d, max(_arm) AS _arm
          FROM planned\(condition) GROUP BY \(group) HAVING \(oneArm)
        """
    case .cluster:
      found = """
        SELECT p.member, p._c AS _k, min(p._d) AS _d, max(c._arm) AS _arm
          FROM planned p JOIN (
            SELECT _c, max(_arm) AS _arm FROM planned WHERE _c IS NOT NULL GROUP BY _c HAVING \(oneArm)
          ) c ON c._c = p._c
          GROUP BY p.member, p._c
        """
    }
    return """
      units AS (
        SELECT u.member, u._k, u._d, a._nth AS _a
        FROM (
          \(found)
        ) u JOIN arms a ON a._name = u._arm
      )
      """
  }

  /// The pushes that were planned for a unit on its anchor day.
  private var pairs: String {
    let same =
      switch question.unit {
      case .member: ""
      case .send: " AND p._push = u._k"
      case .cluster: " AND p._c = u._k"
      }
    return """
      pairs AS (
        SELECT DISTINCT u.member, u._k, u._d, p._push
        FROM units u JOIN planned p ON p.member = u.member AND p._d = u._d\(same)
        WHERE p._push IS NOT NULL
      )
      """
  }

  private var sends: String {
    """
    sends AS (
      SELECT p.member, p._k, p._d, p._push, min(e._t) AS _sent
      FROM pairs p LEFT JOIN events e ON e.member = p.member AND e.event = \(literal(question.sent))
        AND e._push = p._push AND e._d >= p._d - 1
      GROUP BY p.member, p._k, p._d, p._push
    )
    """
  }

  /// Where no push was planned by name, any send of the anchor day is a delivery.
  private var delivered: String {
    """
    delivered AS (
      SELECT u.member, u._k, max(CASE WHEN s._sent IS NOT NULL OR s._push IS NULL AND x.member IS NOT NULL THEN 1 ELSE 0 END) AS _v
      FROM units u LEFT JOIN sends s ON s.member = u.member AND s._k = u._k
      LEFT JOIN (SELECT DISTINCT member, _d FROM events WHERE event = \(literal(question.sent))) x
        ON x.member = u.member AND x._d = u._d
      GROUP BY u.member, u._k
    )
    """
  }

  /// The day of each member's first activity.
  private var firsts: String {
    "firsts AS (SELECT member, min_by(_d, _t) AS _first FROM events WHERE \(source.isActive) GROUP BY member)"
  }

  private var midnights: String {
    source.literalTable(
      "midnights", ["_day", "_start"],
      (days.lowerBound.number...days.upperBound.number).map { number in
        ["\(number)", "\(resolved.zone.start(of: CommunityDay(number)).microseconds)"]
      })
  }
}
