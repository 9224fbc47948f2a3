internal import Events

/// The SQL of sessions.
struct SessionsSQL {
  let question: SessionsQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  private var group: GroupSQL { GroupSQL(by: question.by, days: days, source: source) }

  var text: String {
    let count = resolved.periods(question.granularity).count
    let ts = source.dialect.microseconds("ts")
    return """
      WITH \(group.tables),
      \(source.dayTable(days, asked: days, question.granularity, resolved)),
      \(source.periodTable(count: count, asked: days, question.granularity, resolved)),
      steps AS (
        SELECT member, day, ts,
          CASE WHEN \(ts) - lag(\(ts)) OVER (PARTITION BY member ORDER BY ts) <= \(question.gapSeconds * 1_000_000)
            THEN 0 ELSE 1 END AS begins
        FROM qualifying
      ),
      numbered AS (
        SELECT member, day, ts,
          -- All events of one instant, in whichever order they came, belong together.
          sum(begins) OVER (PARTITION BY member ORDER BY ts RANGE UNBOUNDED PRECEDING) AS session
        FROM steps
      ),
      sessions AS (
        SELECT member, min_by(day, ts) AS day, count(*) AS events, max(\(ts)) - min(\(ts)) AS length
        FROM numbered GROUP BY member, session
      ),
      figures AS (
        SELECT d.place\(group.column(of: "s.member")), count(*) AS sessions, count(DISTINCT s.member) AS members,
          sum(s.events) AS events,
          CAST(sum(s.length) AS DOUBLE) / count(*) / 1e6 AS mean_seconds,
          \(source.dialect.quantile(0.5, of: "s.length")) / 1e6 AS median_seconds,
          \(source.dialect.quantile(0.9, of: "s.length")) / 1e6 AS p90_seconds
        FROM sessions s JOIN days d ON s.day = d.day GROUP BY d.place\(group.key)
      )
      SELECT p.start AS period, \(group.values)CASE WHEN p.has_begun THEN coalesce(f.sessions, 0) END AS sessions,
        CASE WHEN p.has_begun THEN coalesce(f.members, 0) END AS members,
        CAST(CASE WHEN p.has_begun THEN coalesce(f.events, 0) END AS BIGINT) AS events,
        f.mean_seconds, f.median_seconds, f.p90_seconds, p.complete
      FROM periods p\(group.crossJoin) LEFT JOIN figures f ON f.place = p.place\(group.isSame(in: "f"))
      ORDER BY period\(group.order)

      """
  }
}
