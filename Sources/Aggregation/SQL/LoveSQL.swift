internal import Events
internal import Segments

/// The SQL of love.
struct LoveSQL {
  let question: HealthQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let settings = resolved.store.settings.community
    let names = question.contributions(settings)
    let weights = names.map { "WHEN \(source.dialect.literal($0)) THEN \(settings.loveWeights[$0] ?? 1000)" }
    let spans = question.span.spans(days, resolved.calendar).map { span in
      let (year, month, _) = span.days.upperBound.civil
      return [
        "DATE '\(span.start)'", "DATE '\(span.days.upperBound)'", String(year * 12 + month),
        String(resolved.hasBegun(span.start)), String(resolved.hasEnded(before: span.end)),
      ]
    }
    return """
      WITH \(source.withPassiveEvents.tables),
      \(source.literalTable("spans", ["period", "last_day", "month", "has_begun", "complete"], spans)),
      gifts AS (
        SELECT member, day, year(day) * 12 + month(day) AS month,
          \(source.sum("CASE event \(weights.isEmpty ? "WHEN NULL THEN 0" : weights.joined(separator: " ")) END")) AS weight
        FROM qualifying WHERE \(source.isAmong(names)) GROUP BY member, day
      ),
      love AS (
        SELECT s.period, g.member, sum(g.weight * power(CAST(\(LoveRun.decay) AS DOUBLE), s.month - g.month)) / 1000 AS love
        FROM spans s JOIN gifts g ON g.day <= s.last_day GROUP BY s.period, g.member HAVING sum(g.weight) > 0
      )
      SELECT s.period, CASE WHEN s.has_begun THEN count(l.member) END AS members,
        CASE WHEN s.has_begun THEN coalesce(sum(l.love), CAST(0 AS DOUBLE)) END AS love,
        CASE WHEN s.has_begun THEN avg(l.love) END AS mean,
        CASE WHEN s.has_begun THEN \(source.dialect.quantile(0.5, of: "l.love")) END AS median,
        CASE WHEN s.has_begun THEN \(source.dialect.quantile(0.9, of: "l.love")) END AS p90, s.complete
      FROM spans s LEFT JOIN love l ON l.period = s.period
      GROUP BY s.period, s.has_begun, s.complete
      ORDER BY s.period

      """
  }
}
