internal import Events

/// The SQL of the triangle: the units of each rule from ``PushSQL``, their credits by session, and planned units
/// against the holdout.
struct TriangleSQL {
  let question: PushQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private static let rules = PushQuestion.Attribution.allCases
  private var dialect: SQLDialect { source.dialect }
  private var groups: [String] { question.by.indices.map { "g\($0 + 1)" } }
  private var by: String { groups.joined(separator: ", ") }
  /// The groups without the arm: what a planned unit and its holdout agree in besides push and day.
  private var strata: [String] { zip(groups, question.by).filter { $1 != PushQuestion.armColumn }.map(\.0) }

  private func push(_ rule: PushQuestion.Attribution) -> PushSQL {
    PushSQL(question: question.alone(rule), resolved: resolved, days: days, source: source)
  }

  private func list(_ alias: String, _ names: [String]) -> String {
    names.map { "\(alias).\($0)" }.joined(separator: ", ")
  }

  private func same(_ a: String, _ b: String, _ names: [String]) -> String {
    names.map { "\(a).\($0) IS NOT DISTINCT FROM \(b).\($0)" }.joined(separator: " AND ")
  }

  var text: String {
    let direct = push(.direct)
    let rules = Self.rules.enumerated().map { place, rule in
      let push = push(rule)
      return """
        rule\(place) AS (
          WITH \([push.units, push.latest, push.each(0)].joined(separator: ",\n"))
          SELECT member, push, \(by), x, s FROM each0
        )
        """
    }
    let sent = """
      sent AS (
        WITH \(direct.units)
        SELECT \(by), count(*) AS sent FROM units GROUP BY \(by)
      )
      """
    let parts =
      [source.tables(naming: question.eventNames), direct.events, direct.sessions] + rules
      + [sent, direct.figures(over: Self.rules.indices.map { "rule\($0)" }), credits, plans, effects]
    return "WITH \(parts.joined(separator: ",\n"))\n\(rows)"
  }

  /// Credited opens with the sessions that they are for, and how often each session is credited.
  private var credits: String {
    """
    credits AS (
      SELECT 0 AS nth, c.member, \(list("c", groups)), coalesce(max(t.t), c.s) AS s
      FROM rule0 c LEFT JOIN starts t ON t.member = c.member AND t.t <= c.s
      WHERE c.x = 1 GROUP BY c.member, c.push, \(list("c", groups)), c.s
      UNION ALL SELECT 1 AS nth, member, \(by), s FROM rule1 WHERE x = 1
      UNION ALL SELECT 2 AS nth, member, \(by), s FROM rule2 WHERE x = 1
    ),
    touched AS (SELECT nth, member, s, count(*) AS n FROM credits GROUP BY nth, member, s),
    crossed AS (SELECT member, s, count(*) AS n FROM touched GROUP BY member, s),
    shared AS (
      SELECT c.nth, \(list("c", groups)), sum(CASE WHEN r.n > 1 THEN 1 ELSE 0 END) AS rules,
        sum(CASE WHEN t.n > 1 THEN 1 ELSE 0 END) AS pushes
      FROM credits c JOIN touched t ON t.nth = c.nth AND t.member = c.member AND t.s = c.s
      JOIN crossed r ON r.member = c.member AND r.s = c.s
      GROUP BY c.nth, \(list("c", groups))
    )
    """
  }

  /// Planned units of one arm, their whole days, and whether the member was active in them.
  private var plans: String {
    let names = zip(groups, question.by).map { "\(dialect.identifier($1)) AS \($0)" }.joined(separator: ", ")
    let anchors = ((days.lowerBound - 1).number...(days.upperBound + 1).number).map { number -> [String] in
      let day = CommunityDay(number)
      let end = resolved.zone.start(of: day + question.dayCount)
      return ["DATE '\(day)'", "\(resolved.zone.start(of: day).microseconds)", "\(end.microseconds)"]
    }
    let order = (["t"] + groups.map { "\($0) NULLS LAST" }).joined(separator: ", ")
    return """
      \(source.literalTable("anchors", ["anchor", "begins", "ends"], anchors)),
      plans AS (
        SELECT p.*, row_number() OVER (PARTITION BY member, push ORDER BY \(order)) AS nth
        FROM (
          SELECT member, day, \(dialect.microseconds("ts")) AS t, \(dialect.identifier(PushQuestion.pushColumn)) AS push,
            \(dialect.identifier(PushQuestion.armColumn)) AS a, \(names)
          FROM qualifying WHERE event = \(dialect.literal(question.planned))
        ) p
        WHERE push IS NOT NULL AND \(push(.direct).sendSpan)
      ),
      single AS (
        SELECT member, push FROM plans GROUP BY member, push
        HAVING count(DISTINCT a) + max(CASE WHEN a IS NULL THEN 1 ELSE 0 END) = 1
      ),
      ripe AS (
        SELECT p.push, CASE WHEN max(w.ends) <= \(resolved.asOf.microseconds) THEN 1 ELSE 0 END AS is_ripe
        FROM plans p JOIN anchors w ON w.anchor = p.day GROUP BY p.push
      ),
      planned AS (
        SELECT p.member, p.push, p.day, \(list("p", groups)), w.begins, w.ends, r.is_ripe,
          CASE WHEN p.a = \(dialect.literal(question.holdout)) THEN 1 ELSE 0 END AS is_held
        FROM plans p JOIN single k ON k.member = p.member AND k.push = p.push
        JOIN anchors w ON w.anchor = p.day JOIN ripe r ON r.push = p.push
        WHERE p.nth = 1
      ),
      seen AS (
        SELECT p.member, p.push, p.day, \(list("p", groups)), p.is_held,
          CASE WHEN count(e.t) > 0 THEN 1 ELSE 0 END AS x
        FROM planned p
        LEFT JOIN events e ON e.member = p.member AND e.is_active = 1 AND e.t >= p.begins AND e.t < p.ends
        WHERE p.is_ripe = 1 GROUP BY p.member, p.push, p.day, \(list("p", groups)), p.is_held
      )
      """
  }

  /// Differences from the holdout of the same push and day, with residuals by member.
  private var effects: String {
    let key = ["push", "day"] + strata
    return """
      treated AS (
        SELECT push, day, \(by), count(*) AS n, sum(x) AS x FROM seen WHERE is_held = 0 GROUP BY push, day, \(by)
      ),
      held AS (
        SELECT \(key.joined(separator: ", ")), count(*) AS n, sum(x) AS x
        FROM seen WHERE is_held = 1 GROUP BY \(key.joined(separator: ", "))
      ),
      pairs AS (
        SELECT t.push, t.day, \(list("t", groups)), CAST(t.n AS DOUBLE) AS n, CAST(t.x AS DOUBLE) AS x,
          CAST(h.n AS DOUBLE) AS hn, CAST(h.x AS DOUBLE) AS hx
        FROM treated t JOIN held h ON \(same("t", "h", key))
      ),
      residuals AS (
        SELECT \(list("p", groups)), o.member, o.x - p.x / p.n AS u
        FROM pairs p JOIN seen o ON o.is_held = 0 AND \(same("p", "o", ["push", "day"] + groups))
        UNION ALL
        SELECT \(list("p", groups)), o.member, -(p.n / p.hn) * (o.x - p.hx / p.hn) AS u
        FROM pairs p JOIN seen o ON o.is_held = 1 AND \(same("p", "o", key))
      ),
      squares AS (
        SELECT \(by), CAST(count(*) AS DOUBLE) AS g, sum(u * u) AS squares
        FROM (SELECT \(by), member, sum(u) AS u FROM residuals GROUP BY \(by), member) m
        GROUP BY \(by) HAVING count(*) >= \(ClusterSums.memberCountMin)
      ),
      effects AS (
        SELECT \(by), CAST(sum(n) AS BIGINT) AS n, sum(x - n * hx / hn) / sum(n) AS rate FROM pairs GROUP BY \(by)
      ),
      drawn AS (SELECT \(by), count(*) AS n FROM planned WHERE is_held = 0 GROUP BY \(by))
      """
  }

  private var rows: String {
    let rules = (Self.rules.map(\.rawValue) + ["incremental"]).enumerated().map { "(\($0), \(dialect.literal($1)))" }
    let names = zip(groups, question.by).map { "s.\($0) AS \(dialect.identifier($1)), " }.joined()
    let quantile = StudentQuantile.expansion.enumerated().reduce("\(WilsonInterval.z)") { text, term in
      "\(text) + \(term.element) / power(v.g - 1, \(term.offset + 1))"
    }
    let error = "sqrt(v.g / (v.g - 1) * v.squares) / e.n"
    let half = "CASE WHEN v.squares > \(HoldoutEffects.squaresMin) THEN (\(quantile)) * \(error) END"
    func end(_ sign: String) -> String {
      """
      CASE WHEN r.nth < 3 THEN 1 / (1 + exp(\(sign == "-" ? "" : "-")f.half - f.logit))
              WHEN r.nth = 4 THEN e.rate \(sign) \(half) END
      """
    }
    return """
      SELECT \(names)r.rule,
        CAST(CASE WHEN r.nth < 4 THEN coalesce(n.sent, 0) ELSE coalesce(b.n, 0) END AS BIGINT) AS units,
        CAST(CASE WHEN r.nth < 4 THEN coalesce(f.n, 0) ELSE coalesce(e.n, 0) END AS BIGINT) AS matured,
        CASE WHEN r.nth < 4 THEN CAST(coalesce(f.x, 0) AS DOUBLE) ELSE e.rate * e.n END AS opened,
        CASE WHEN r.nth < 4 THEN f.rate ELSE e.rate END AS rate,
        \(end("-")) AS low,
        \(end("+")) AS high,
        CAST(CASE WHEN r.nth < 3 THEN coalesce(h.rules, 0) END AS BIGINT) AS other_rules,
        CAST(CASE WHEN r.nth < 3 THEN coalesce(h.pushes, 0) END AS BIGINT) AS other_pushes
      FROM (SELECT \(by) FROM sent UNION SELECT \(by) FROM drawn) s
      CROSS JOIN (SELECT * FROM (VALUES \(rules.joined(separator: ", "))) v (nth, rule)) r
      LEFT JOIN sent n ON \(same("n", "s", groups))
      LEFT JOIN figures f ON f.outcome = r.nth AND \(same("f", "s", groups))
      LEFT JOIN shared h ON h.nth = r.nth AND \(same("h", "s", groups))
      LEFT JOIN drawn b ON \(same("b", "s", groups))
      LEFT JOIN effects e ON \(same("e", "s", groups))
      LEFT JOIN squares v ON \(same("v", "s", groups))
      ORDER BY \(groups.map { "s.\($0) NULLS LAST" }.joined(separator: ", ")), r.nth

      """
  }
}
