internal import Events

/// The SQL of one outcome's measures: for each a table of units and their figure.
struct UnitMeasureSQL {
  private let sql: UnitSQL
  private let place: Int
  private let outcome: UnitQuestion.Outcome

  init(_ sql: UnitSQL, _ place: Int) {
    (self.sql, self.place, outcome) = (sql, place, sql.question.outcomes[place])
  }

  /// `value0`, and where there are such `denominator0` and `past0`.
  var tables: [String] {
    var tables = [table("value", outcome.measure, isPast: false)]
    if let denominator = outcome.denominator { tables.append(table("denominator", denominator, isPast: false)) }
    if hasPast { tables.append(table("past", outcome.measure, isPast: true)) }
    return tables
  }

  /// Whether the measure is taken over the days before, too.
  var hasPast: Bool { sql.question.readsPast(of: outcome) }

  private func table(_ name: String, _ measure: UnitQuestion.Measure, isPast: Bool) -> String {
    let events = measure.events.isEmpty ? sql.source.isActive : "event IN (\(sql.source.list(measure.events)))"
    let filter = measure.filter.map { " AND (\($0.sql(sql.dialect)))" } ?? ""
    let value = property(measure).map { ", \($0) AS _x" } ?? ""
    let isTap = outcome.isOfPush && !isPast
    let within: String
    if isTap {
      within = "e._t >= s._sent AND e._t < s._sent + \(outcome.windowSeconds * 1_000_000) AND e._push = s._push"
    } else if isPast {
      within = "e._d >= u._d - \(UnitQuestion.pastDayCount) AND e._d < u._d"
    } else {
      within = "e._d >= u._d AND e._d < u._d + \(outcome.windowDays)"
    }
    let cluster = sql.question.clusterColumn == nil ? "" : " AND e._c = u._k"
    let sends = isTap ? " LEFT JOIN sends s ON s.member = u.member AND s._k = u._k" : ""
    let midnight = measure.kind == .hoursToFirst ? " JOIN midnights m ON m._day = u._d" : ""
    let firsts = isPast ? " JOIN firsts f ON f.member = u.member AND f._first < u._d" : ""
    return """
      \(name)\(place) AS (
        SELECT u.member, u._k, \(figure(measure)) AS _v
        FROM units u\(midnight)\(firsts)\(sends)
        LEFT JOIN (SELECT member, _d, _t, _push, _c\(value) FROM events WHERE \(events)\(filter)) e
          ON e.member = u.member AND \(within)\(cluster)
        GROUP BY u.member, u._k\(measure.kind == .hoursToFirst ? ", m._start" : "")
      )
      """
  }

  private func figure(_ measure: UnitQuestion.Measure) -> String {
    switch measure.kind {
    case .occurred: "CASE WHEN count(e._t) > 0 THEN 1 ELSE 0 END"
    case .count: "count(e._t)"
    case .days: "count(DISTINCT e._d)"
    case .sum: "coalesce(sum(e._x), 0)"
    case .hoursToFirst:
      "CASE WHEN count(e._t) > 0 THEN CAST(greatest(0, min(e._t) - m._start) AS DOUBLE) / 3600000000.0E0 END"
    case .fact: preconditionFailure("facts are not made of events")
    }
  }

  /// The number that a sum adds; none beyond what is exact.
  private func property(_ measure: UnitQuestion.Measure) -> String? {
    guard let keys = measure.kind.property else { return nil }
    let text = PropertySQL(dialect: sql.dialect).text(at: keys, numbersAsStored: sql.dialect == .spark)
    let number = FilterSQL(dialect: sql.dialect).number(text)
    return "CASE WHEN abs(\(number)) <= 9007199254740992 THEN \(number) END"
  }
}

/// The sums of all outcomes by arm, over units whose windows have closed.
struct UnitFiguresSQL {
  private let sql: UnitSQL

  init(_ sql: UnitSQL) { self.sql = sql }

  var text: String {
    let each = sql.question.outcomes.indices.map(figures)
    return """
      SELECT outcome, arm, units, clusters, observed, sum, sum_squares, denominator, denominator_squares, products,
        delivered, past_units, past_sum, past_sum_squares, past_products
      FROM (
      \(each.joined(separator: "\nUNION ALL\n"))
      ) f ORDER BY _o, _nth

      """
  }

  private func figures(_ place: Int) -> String {
    let outcome = sql.question.outcomes[place]
    let (isRatio, hasPast) = (outcome.denominator != nil, UnitMeasureSQL(sql, place).hasPast)
    let last = UnitMaturity(sql.question, sql.resolved).lastDay(outcome)
    func join(_ name: String, _ alias: String) -> String {
      "\n  LEFT JOIN \(name) \(alias) ON \(alias).member = u.member AND \(alias)._k = u._k"
    }
    let value = outcome.isProportion ? "CASE WHEN v._v IN (0, 1) THEN v._v END" : "v._v"
    let joins =
      join("value\(place)", "v") + (isRatio ? join("denominator\(place)", "n") : "")
      + (hasPast ? join("past\(place)", "p") : "") + join("delivered", "d")
    let maturity = last.map { "u._d <= \($0.number)" } ?? "1 = 0"
    return """
      SELECT \(place) AS _o, _nth, \(sql.literal(outcome.name)) AS outcome, _name AS arm, \(sums(isRatio, hasPast))
      FROM (
        SELECT a._nth, a._name, u.member, u._k, CAST(\(value) AS DOUBLE) AS _v,
          CAST(\(isRatio ? "n._v" : "NULL") AS DOUBLE) AS _n, CAST(\(hasPast ? "p._v" : "NULL") AS DOUBLE) AS _p,
          d._v AS _delivered
        FROM arms a LEFT JOIN units u ON u._a = a._nth AND \(maturity)\(joins)
      ) r GROUP BY _nth, _name
      """
  }

  private func sums(_ isRatio: Bool, _ hasPast: Bool) -> String {
    let cluster = sql.question.clusterColumn == nil ? "member" : "_k"
    let isObserved = isRatio ? "_v IS NOT NULL AND _n IS NOT NULL" : "_v IS NOT NULL"
    func sum(_ value: String) -> String { "sum(CASE WHEN \(isObserved) THEN \(value) END)" }
    func past(_ value: String) -> String {
      "sum(CASE WHEN \(isObserved) AND _p IS NOT NULL THEN \(value) END)"
    }
    return """
      count(member) AS units, count(DISTINCT \(cluster)) AS clusters,
        CAST(coalesce(sum(CASE WHEN \(isObserved) THEN 1 ELSE 0 END), 0) AS BIGINT) AS observed, \(sum("_v")) AS sum,
        \(sum("_v * _v")) AS sum_squares, \(sum("_n")) AS denominator, \(sum("_n * _n")) AS denominator_squares,
        \(sum("_v * _n")) AS products, CAST(coalesce(sum(_delivered), 0) AS BIGINT) AS delivered,
        \(hasPast ? "CAST(coalesce(sum(CASE WHEN \(isObserved) AND _p IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT)" : "CAST(NULL AS BIGINT)") AS past_units,
        \(past("_p")) AS past_sum, \(past("_p * _p")) AS past_sum_squares, \(past("_v * _p")) AS past_products
      """
  }
}
