internal import Events

/// The SQL of where members stand, and how long they stay.
struct StatesSQL {
  let question: StatesQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var dialect: SQLDialect { source.dialect }
  private var asOf: Int64 { resolved.asOf.microseconds }
  private var states: [StatesDescription.State] { question.description.states }

  var text: String {
    switch question.table {
    case .states: head + stateRows
    case .transitions, .impossible: head + moveRows
    case .time: head + timeRows
    case .ageing: head + ageRows
    }
  }

  private var head: String {
    let known = states.enumerated().map {
      [String($0), dialect.literal($1.name), String($1.isStart), String($1.next.contains($0))]
    }
    let events = states.enumerated().flatMap { place, state in
      state.events.map { [dialect.literal($0), String(place)] }
    }
    let start = resolved.zone.start(of: days.lowerBound).microseconds
    let end = resolved.zone.start(of: days.upperBound + 1).microseconds
    return """
      WITH \(source.tables(naming: question.eventNames)),
      \(source.literalTable("states", ["place", "name", "is_start", "repeats"], known)),
      \(source.literalTable("names", ["name", "place"], events)),
      numbered AS (
        SELECT q.member, n.place AS state, \(dialect.microseconds("q.ts")) AS t,
          row_number() OVER (PARTITION BY q.member ORDER BY q.ts, n.name) AS number
        FROM qualifying q JOIN names n ON n.name = q.event
      ),
      entries AS (
        SELECT *, lag(state) OVER (PARTITION BY member ORDER BY number) AS before FROM numbered
      ),
      changes AS (
        SELECT e.* FROM entries e JOIN states s ON s.place = e.state
        WHERE e.before IS NULL OR e.before <> e.state OR s.repeats
      ),
      visits AS (
        SELECT member, state, before, t,
          lag(t) OVER (PARTITION BY member ORDER BY number) AS before_t,
          lead(t) OVER (PARTITION BY member ORDER BY number) AS next_t,
          lead(state) OVER (PARTITION BY member ORDER BY number) AS next
        FROM changes
      ),
      asked AS (SELECT * FROM visits WHERE t >= \(start) AND t < \(end))

      """
  }

  private var stateRows: String {
    """
    , \(stays),
    \(source.survivalTables),
    \(source.medianTable)
    SELECT s.name AS state, count(DISTINCT a.member) AS ever,
      count(CASE WHEN a.member IS NOT NULL AND a.next_t IS NULL THEN 1 END) AS now,
      count(a.member) AS visits, count(a.next_t) AS \(dialect.identifier("left")), m.length / 1e6 AS median_seconds
    FROM states s LEFT JOIN asked a ON a.state = s.place LEFT JOIN medians m ON m.state = s.place
    GROUP BY s.place, s.name, m.length ORDER BY s.place

    """
  }

  private var moveRows: String {
    let allowed =
      states.indices.flatMap { from in states[from].next.map { "a.before = \(from) AND a.state = \($0)" } }
      + ["a.before IS NULL AND s.is_start"]
    let gap = "a.t - a.before_t"
    let isListed = question.table == .impossible ? " WHERE NOT allowed" : ""
    let more =
      question.table == .impossible
      ? ""
      : ", CAST(transitions AS DOUBLE) / sum(transitions) OVER (PARTITION BY before) AS share, median_seconds, p90_seconds, allowed"
    return """
      , moves AS (
        SELECT a.before, a.state, b.name AS came, s.name AS went, count(*) AS transitions, count(DISTINCT a.member) AS members,
          \(dialect.quantile(0.5, of: gap)) / 1e6 AS median_seconds, \(dialect.quantile(0.9, of: gap)) / 1e6 AS p90_seconds,
          coalesce(max(CASE WHEN \(allowed.map { "(\($0))" }.joined(separator: " OR ")) THEN 1 ELSE 0 END), 0) = 1 AS allowed
        FROM asked a JOIN states s ON s.place = a.state LEFT JOIN states b ON b.place = a.before
        GROUP BY a.before, a.state, b.name, s.name
      )
      SELECT came AS \(dialect.identifier("from")), went AS \(dialect.identifier("to")), transitions, members\(more)
      FROM moves\(isListed)
      ORDER BY before NULLS FIRST, state

      """
  }

  /// Each visit: how long it lasted, or has lasted so far, and what it ended with.
  private var stays: String {
    "stays AS (SELECT state, next AS exit, coalesce(next_t, \(asOf)) - t AS length FROM asked)"
  }

  /// For each horizon a row of all exits, then one an exit that was taken.
  private var timeRows: String {
    let horizons = question.horizonSeconds.map { [dialect.literal(durationText($0)), String($0 * 1_000_000)] }
    let within = dialect.identifier("within")
    let to = dialect.identifier("to")
    return """
      , \(stays),
      \(source.survivalTables),
      \(source.literalTable("horizons", ["label", "upto"], horizons)),
      reached AS (
        SELECT s.place, s.name, h.label, h.upto, max(c.length) AS longest,
          coalesce(min(CASE WHEN c.length <= h.upto THEN c.survival END), 1) AS survival,
          max(CASE WHEN c.length <= h.upto THEN c.greenwood END) AS greenwood,
          coalesce(\(source.sum("CASE WHEN c.length >= h.upto THEN c.gone ELSE 0 END")), 0) AS at_risk
        FROM states s CROSS JOIN horizons h LEFT JOIN curve c ON c.state = s.place
        GROUP BY s.place, s.name, h.label, h.upto
      ),
      known AS (SELECT *, longest IS NOT NULL AND (upto <= longest OR survival = 0) AS is_known FROM reached),
      exits AS (SELECT state, exit, length, count(*) AS exited FROM stays WHERE exit IS NOT NULL GROUP BY state, exit, length),
      shares AS (
        SELECT e.state, e.exit, h.upto,
          sum(CASE WHEN e.length <= h.upto THEN c.before * e.exited / c.at_risk ELSE 0 END) AS share
        FROM exits e JOIN curve c ON c.state = e.state AND c.length = e.length CROSS JOIN horizons h
        GROUP BY e.state, e.exit, h.upto
      ),
      lines AS (
        SELECT place, name, CAST(NULL AS INT) AS exit, label, upto, at_risk,
          CASE WHEN is_known THEN 1 - survival END AS share,
          CASE WHEN is_known THEN \(source.greenwood("-")) END AS low,
          CASE WHEN is_known THEN \(source.greenwood("")) END AS high
        FROM known
        UNION ALL
        SELECT k.place, k.name, s.exit, k.label, k.upto, k.at_risk, CASE WHEN k.is_known THEN s.share END,
          CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE)
        FROM known k JOIN shares s ON s.state = k.place AND s.upto = k.upto
      )
      SELECT l.name AS state, e.name AS \(to), l.label AS \(within), l.at_risk, l.share, l.low, l.high
      FROM lines l LEFT JOIN states e ON e.place = l.exit
      ORDER BY l.place, l.upto, l.exit NULLS FIRST

      """
  }

  private var ageRows: String {
    let limits = [0] + question.horizonSeconds
    let rows = limits.indices.map { place in
      let end = place + 1 < limits.count ? String(limits[place + 1] * 1_000_000) : String(Int64.max)
      let label = place == 0 ? "0s" : durationText(limits[place])
      return [dialect.literal(label), String(limits[place] * 1_000_000), end]
    }
    return """
      , ages AS (SELECT state, \(asOf) - t AS age FROM asked WHERE next_t IS NULL),
      \(source.literalTable("spans", ["since", "low", "high"], rows))
      SELECT s.name AS state, p.since, count(a.age) AS members
      FROM states s CROSS JOIN spans p LEFT JOIN ages a ON a.state = s.place AND a.age >= p.low AND a.age < p.high
      GROUP BY s.place, s.name, p.since, p.low ORDER BY s.place, p.low

      """
  }
}
