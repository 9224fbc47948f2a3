internal import Events
internal import Segments

/// The SQL of joins, leaves and the leave rate.
struct FollowersSQL {
  let question: FollowersQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let count = resolved.periods(question.granularity).count
    return """
      WITH \(source.withPassiveEvents.tables),
      \(source.dayTable(days, asked: days, question.granularity, resolved)),
      \(source.periodTable(count: count, asked: days, question.granularity, resolved)),
      \(source.followerTables(question, resolved, from: "qualifying")),
      daily AS (
        SELECT d.day, d.period, p.complete, \(isUpTo(resolved.hasBegun)) AS has_begun,
          \(isUpTo { resolved.hasEnded(before: $0 + 1) }) AS has_ended,
          coalesce(m.joins, 0) AS joins, coalesce(m.leaves, 0) AS leaves, o.opening
        FROM days d JOIN periods p ON p.place = d.place LEFT JOIN moves m ON m.day = d.day
        JOIN openings o ON o.day = d.day
      ),
      lines AS (
        SELECT CAST(NULL AS DATE) AS period, count(day) > 0 AS complete, \(sums) FROM daily WHERE has_ended
        UNION ALL
        SELECT period, complete, \(sums) FROM (
          SELECT period, complete, CASE WHEN has_begun THEN day END AS day, CASE WHEN has_begun THEN joins END AS joins,
            CASE WHEN has_begun THEN leaves END AS leaves, CASE WHEN has_begun THEN opening END AS opening
          FROM daily
        ) begun GROUP BY period, complete
      )
      SELECT l.period,
        CASE WHEN k.has_joins THEN l.joins END AS joins,
        CASE WHEN k.has_leaves THEN l.leaves END AS leaves,
        CASE WHEN k.has_joins AND k.has_leaves THEN l.joins - l.leaves END AS net,
        o.opening,
        CASE WHEN l.lowest >= 0 AND l.known_days = l.all_days THEN \(source.ratio("l.leaves", of: "l.openings")) END AS leave_rate,
        l.complete
      FROM lines l CROSS JOIN known k LEFT JOIN openings o ON o.day = l.first_day
      ORDER BY l.period NULLS FIRST

      """
  }

  private var sums: String {
    """
    \(source.sum("joins")) AS joins, \(source.sum("leaves")) AS leaves, \(source.sum("opening")) AS openings,
        min(opening) AS lowest, count(opening) AS known_days, count(day) AS all_days, min(day) AS first_day
    """
  }

  /// A condition on a day of `d` that holds up to the last one for which `holds` does.
  private func isUpTo(_ holds: (CommunityDay) -> Bool) -> String {
    let numbers = days.lowerBound.number...days.upperBound.number
    let last = numbers.last { holds(CommunityDay($0)) }.map { CommunityDay($0) } ?? days.lowerBound - 1
    return "d.day <= DATE '\(last)'"
  }
}
