internal import Events
internal import Segments

/// The SQL of the onion, of the absence factor and of Gini's coefficient.
struct ContributionSQL {
  let question: HealthQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    let names = question.contributions(resolved.store.settings.community)
    return """
      WITH \(source.withPassiveEvents.tables),
      \(source.spanTable(resolved, question.span.spans(days, resolved.calendar))),
      counts AS (
        SELECT s.period, q.member, count(*) AS n
        FROM qualifying q JOIN spans s ON q.day BETWEEN s.first_day AND s.last_day
        WHERE \(source.isAmong(names, column: "q.event")) GROUP BY s.period, q.member
      ),
      ranked AS (
        SELECT period, n, (sum(n) OVER w) - n AS before, sum(n) OVER (PARTITION BY period) AS total,
          row_number() OVER w AS place, count(*) OVER (PARTITION BY period) AS size
        FROM counts WINDOW w AS (PARTITION BY period ORDER BY n DESC, member ROWS UNBOUNDED PRECEDING)
      ),
      \(question.view == .onion ? onion : absence)

      """
  }

  private var onion: String {
    let layers = ["core", "regular", "casual"].enumerated().map { ["'\($0.element)'", String($0.offset)] }
    return """
      layers AS (
        SELECT period, CASE WHEN 100 * before < 80 * total THEN 'core' WHEN 100 * before < 95 * total THEN 'regular'
          ELSE 'casual' END AS layer, count(*) AS members, \(source.sum("n")) AS contributions
        FROM ranked GROUP BY 1, 2
      ),
      wholes AS (SELECT period, count(*) AS size, \(source.sum("n")) AS total FROM counts GROUP BY period),
      \(source.literalTable("names", ["layer", "place"], layers))
      SELECT s.period, m.layer,
        CASE WHEN s.has_begun THEN coalesce(l.members, 0) END AS members,
        CASE WHEN s.has_begun THEN coalesce(l.contributions, 0) END AS contributions,
        CASE WHEN s.has_begun THEN \(source.ratio("coalesce(l.members, 0)", of: "w.size")) END AS member_share,
        CASE WHEN s.has_begun THEN \(source.ratio("coalesce(l.contributions, 0)", of: "w.total")) END
          AS contribution_share,
        s.complete
      FROM spans s CROSS JOIN names m LEFT JOIN layers l ON l.period = s.period AND l.layer = m.layer
        LEFT JOIN wholes w ON w.period = s.period
      ORDER BY s.period, m.place
      """
  }

  private var absence: String {
    """
    spreads AS (
      SELECT period, max(size) AS contributors, \(source.sum("n")) AS contributions,
        min(CASE WHEN 2 * (before + n) > total THEN place END) AS absence_factor,
        CAST(sum((size + 1 - 2 * place) * n) AS DOUBLE) / (CAST(max(size) AS DOUBLE) * CAST(sum(n) AS DOUBLE)) AS gini
      FROM ranked GROUP BY period
    )
    SELECT s.period,
      CASE WHEN s.has_begun THEN coalesce(r.contributors, 0) END AS contributors,
      CASE WHEN s.has_begun THEN coalesce(r.contributions, 0) END AS contributions,
      r.absence_factor, r.gini, s.complete
    FROM spans s LEFT JOIN spreads r ON r.period = s.period
    ORDER BY s.period
    """
  }
}

extension SourceSQL {
  /// `spans (period, first_day, last_day, has_begun, complete)`.
  func spanTable(_ resolved: ResolvedQuestion, _ spans: [ReportInterval.Span]) -> String {
    let rows = spans.map { span in
      [
        "DATE '\(span.start)'", "DATE '\(span.days.lowerBound)'", "DATE '\(span.days.upperBound)'",
        String(resolved.hasBegun(span.start)), String(resolved.hasEnded(before: span.end)),
      ]
    }
    return literalTable("spans", ["period", "first_day", "last_day", "has_begun", "complete"], rows)
  }
}
