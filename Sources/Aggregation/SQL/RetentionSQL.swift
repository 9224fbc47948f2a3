internal import Events

/// The SQL of a retention triangle and its pooled line.
struct RetentionSQL {
  let question: RetentionQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let cells = question.cells.map { [String($0.lowerBound), String($0.upperBound)] }
    return """
      WITH \(source.tables(naming: question.eventNames)),
      \(source.dayTable(readDays, asked: days, question.cohort, resolved)),
      \(cohortTable),
      \(source.literalTable("steps", ["first_period", "last_period"], cells)),
      marked AS (
        SELECT member, day, ts, \(condition(question.startKind.map { [$0] } ?? [], question.startFilter)) AS is_start,
          \(condition(question.returns, question.returnFilter)) AS is_return
        FROM qualifying
      ),
      starts AS (
      \(starts)
      ),
      \(hits),
      \(backs),
      sizes AS (SELECT place, count(*) AS size FROM starts GROUP BY place),
      states AS (
      \(states)
      ),
      returns AS (SELECT place, period, count(*) AS returned FROM backs GROUP BY place, period),
      cells AS (
        SELECT e.start AS cohort, e.place, z.size, e.period, e.complete,
          CASE WHEN e.has_begun THEN coalesce(r.returned, 0) END AS returned
        FROM sizes z
        JOIN states e ON e.place = z.place
        LEFT JOIN returns r ON r.place = z.place AND r.period = e.period
      ),
      \(pooled),
      lines AS (
        SELECT CAST(NULL AS DATE) AS cohort, size, period, returned, complete, rate, low, high FROM pooled
        UNION ALL
        SELECT cohort, size, period, returned, complete, CAST(returned AS DOUBLE) / size AS rate,
          \(wilsonLow) AS low, \(wilsonHigh) AS high
        FROM cells
      )
      SELECT cohort, CAST(size AS BIGINT) AS size, period, CAST(returned AS BIGINT) AS returned, complete, rate, low, high
      FROM lines
      ORDER BY cohort NULLS FIRST, period

      """
  }

  private var readDays: ClosedRange<CommunityDay> {
    let data = resolved.dataDays ?? days
    return min(data.lowerBound, days.lowerBound)...max(data.upperBound, days.upperBound)
  }

  /// Whether an event is of one of `kinds`, or activity where there are none, and meets a filter.
  private func condition(_ kinds: [String], _ filter: Filter?) -> String {
    let kind = kinds.isEmpty ? source.isActive : "event IN (\(source.list(kinds)))"
    guard let filter else { return "(\(kind))" }
    return "(\(kind) AND coalesce((\(filter.sql(source.dialect))), FALSE))"
  }

  private var starts: String {
    if question.isRecurring {
      return """
          SELECT q.member, d.place, min(q.ts) AS ts
          FROM marked q JOIN days d ON q.day = d.day
          WHERE q.is_start AND d.is_asked
          GROUP BY q.member, d.place
        """
    }
    return """
        SELECT f.member, d.place, f.ts
        FROM (SELECT member, min(ts) AS ts, min_by(day, ts) AS day FROM marked WHERE is_start GROUP BY member) f
        JOIN days d ON f.day = d.day
        WHERE d.is_asked
      """
  }

  /// `hits`: the periods in which each start's member returned.
  private var hits: String {
    let dialect = source.dialect
    guard let unit = question.rollingSeconds else {
      return """
        active AS (
          SELECT q.member, d.place, max(q.ts) AS last_ts
          FROM marked q JOIN days d ON q.day = d.day WHERE q.is_return GROUP BY q.member, d.place
        ),
        hits AS (
          SELECT s.member, s.place, a.place - s.place AS hit
          FROM starts s JOIN active a ON a.member = s.member AND a.last_ts >= s.ts
        )
        """
    }
    let hour = "3600000000"
    let (start, back) = (dialect.microseconds("s.ts"), dialect.microseconds("r.ts"))
    let period =
      question.clock == .rolling
      ? dialect.quotient("(\(back) - \(start))", "\(unit * 1_000_000)")
      : dialect.quotient(
        "(\(dialect.quotient(back, hour)) - \(dialect.quotient(start, hour)))", "\(unit / 3600)")
    return """
      hits AS (
        SELECT DISTINCT s.member, s.place, \(period) AS hit
        FROM starts s JOIN marked r ON r.member = s.member AND r.is_return AND r.ts >= s.ts
      )
      """
  }

  /// `backs`: the cells that each start's member is counted in, by the first period of each.
  private var backs: String {
    switch question.mode {
    case .on, .bracket:
      return """
        backs AS (
          SELECT DISTINCT h.member, h.place, k.first_period AS period
          FROM hits h JOIN steps k ON h.hit BETWEEN k.first_period AND k.last_period
        )
        """
    case .onOrAfter:
      return backs(reach: "SELECT member, place, max(hit) AS reach FROM hits GROUP BY member, place", none: -1)
    case .full, .streak:
      // In a row without a gap the n-th period is the first one and n − 1.
      let first = question.mode == .full ? 1 : 0
      return backs(
        reach: """
          SELECT member, place, max(hit) AS reach
            FROM (
              SELECT member, place, hit, row_number() OVER (PARTITION BY member, place ORDER BY hit) AS number
              FROM hits WHERE hit >= \(first)
            ) n WHERE hit = number - \(1 - first) GROUP BY member, place
          """, none: first - 1)
    }
  }

  private func backs(reach: String, none: Int) -> String {
    """
    reaches AS (
      \(reach)
    ),
    backs AS (
      SELECT s.member, s.place, k.first_period AS period
      FROM starts s LEFT JOIN reaches r ON r.member = s.member AND r.place = s.place
      JOIN steps k ON coalesce(r.reach, \(none)) >= k.first_period
    )
    """
  }

  /// `cohorts (place, start, …)`: of the calendar the days on which the periods begin, else microseconds of UTC.
  private var cohortTable: String {
    let first = resolved.calendar.start(of: question.cohort, holding: days.lowerBound)
    let count = resolved.periods(question.cohort).count
    let rows = (0..<count + (question.rollingSeconds == nil ? question.lastPeriod : 0)).map { place in
      let start = resolved.calendar.start(first, advancedBy: place, question.cohort)
      let end = resolved.calendar.start(start, advancedBy: 1, question.cohort)
      return [
        String(place), "DATE '\(start)'", "\(resolved.zone.start(of: start).microseconds)",
        "\(resolved.zone.start(of: end).microseconds)",
      ]
    }
    return source.literalTable("periods", ["place", "start", "begins", "ends"], rows)
      + ",\ncohorts AS (SELECT * FROM periods WHERE place < \(count))"
  }

  /// Whether each cell has begun, and ended, by as-of.
  private var states: String {
    let asOf = resolved.asOf.microseconds
    guard let unit = question.rollingSeconds.map({ $0 * 1_000_000 }) else {
      return """
          SELECT c.place, c.start, k.first_period AS period, b.begins < \(asOf) AS has_begun, e.ends <= \(asOf) AS complete
          FROM cohorts c CROSS JOIN steps k
          JOIN periods b ON b.place = c.place + k.first_period JOIN periods e ON e.place = c.place + k.last_period
        """
    }
    return """
        SELECT c.place, c.start, k.first_period AS period,
          c.begins + k.first_period * CAST(\(unit) AS BIGINT) < \(asOf) AS has_begun,
          c.ends + (k.last_period + 1) * CAST(\(unit) AS BIGINT) <= \(asOf) AS complete
        FROM cohorts c CROSS JOIN steps k
      """
  }

  private var pooled: String {
    let rate =
      switch question.pool {
      case .pooled: "CAST(sum(c.returned) AS DOUBLE) / sum(c.size)"
      case .simple: "avg(CAST(c.returned AS DOUBLE) / c.size)"
      case .mixpanel:
        "sum(CAST(c.returned AS DOUBLE) * c.size) / sum(CAST(c.size AS DOUBLE) * c.size)"
      }
    let sums = """
      sums AS (
        SELECT k.period, sum(c.size) AS size, sum(c.returned) AS returned, count(c.size) > 0 AS complete,
          \(rate) AS rate
        FROM (SELECT DISTINCT period FROM cells) k
        LEFT JOIN cells c ON c.period = k.period AND c.complete
        GROUP BY k.period
      )
      """
    let columns = "size, period, returned, complete, rate"
    switch (question.pool, question.isRecurring) {
    case (.pooled, false):
      return "\(sums),\npooled AS (SELECT \(columns), \(wilsonLow) AS low, \(wilsonHigh) AS high FROM sums)"
    case (.pooled, true): return "\(sums),\n\(clustered)"
    default:
      return
        "\(sums),\npooled AS (SELECT \(columns), CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high FROM sums)"
    }
  }

  /// The interval clustered by member; the quantile of t by its expansion, right to 2e-8.
  private var clustered: String {
    let quantile = StudentQuantile.expansion.enumerated().reduce("\(WilsonInterval.z)") { text, term in
      "\(text) + \(term.element) / power(g - 1, \(term.offset + 1))"
    }
    return """
      members AS (
        SELECT s.member, e.period, count(*) AS n, count(b.member) AS x
        FROM starts s JOIN states e ON e.place = s.place AND e.complete
        LEFT JOIN backs b ON b.member = s.member AND b.place = s.place AND b.period = e.period
        GROUP BY s.member, e.period
      ),
      spread AS (
        SELECT m.period, CAST(count(*) AS DOUBLE) AS g,
          sqrt(CAST(count(*) AS DOUBLE) / (count(*) - 1) * sum((m.x - t.rate * m.n) * (m.x - t.rate * m.n))) / sum(m.n)
            AS error
        FROM members m JOIN sums t ON t.period = m.period GROUP BY m.period
        HAVING count(*) >= \(ClusterSums.memberCountMin)
      ),
      halves AS (
        SELECT t.*, (\(quantile)) * s.error / nullif(t.rate * (1 - t.rate), 0) AS half
        FROM sums t LEFT JOIN spread s ON s.period = t.period AND t.rate > 0 AND t.rate < 1
      ),
      pooled AS (
        SELECT size, period, returned, complete, rate,
          1 / (1 + exp(half - logit)) AS low, 1 / (1 + exp(-half - logit)) AS high
        FROM (
          SELECT size, period, returned, complete, half, rate, ln(nullif(rate, 0) / nullif(1 - rate, 0)) AS logit
          FROM halves
        ) h
      )
      """
  }

  private var wilsonLow: String { "CASE WHEN returned = 0 THEN 0 ELSE \(wilson("-")) END" }
  private var wilsonHigh: String { "CASE WHEN returned = size THEN 1 ELSE \(wilson("+")) END" }

  /// An end of Wilson's 95 % interval of returned / size.
  private func wilson(_ sign: String) -> String {
    let z = WilsonInterval.z
    let p = "(CAST(returned AS DOUBLE) / size)"
    return """
      (\(p) + \(z * z) / (2 * size) \(sign) \(z) * sqrt(\(p) * (1 - \(p)) / size \
      + \(z * z) / (4.0 * size * size))) / (1 + \(z * z) / size)
      """
  }
}
