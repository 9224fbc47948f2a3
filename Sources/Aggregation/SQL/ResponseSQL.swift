internal import Events
internal import Segments

/// The SQL of topics and their first answers: the inputs of the time to first response, and newcomers whole.
struct ResponseSQL {
  let question: HealthQuestion
  let resolved: ResolvedQuestion
  let days: ClosedRange<CommunityDay>
  let source: SourceSQL

  var text: String {
    "WITH \(source.withPassiveEvents.tables),\n\(kept),\n\(question.view == .response ? waits : newcomers)"
  }

  private var spans: [ReportInterval.Span] { question.span.spans(days, resolved.calendar) }

  private var kept: String {
    let settings = resolved.store.settings.community
    let (opens, replies) = (question.opens(settings), question.replies(settings))
    return """
      kept AS (
        SELECT member, day, \(source.dialect.microseconds("ts")) AS instant, \(source.isAmong(opens)) AS is_opening,
          \(source.isAmong(replies)) AS is_reply, \(source.dialect.identifier(question.topic)) AS topic
        FROM qualifying
        WHERE \(source.isAmong(opens + replies)) AND \(source.dialect.identifier(question.topic)) IS NOT NULL
      )
      """
  }

  private var waits: String {
    """
    topics AS (
      SELECT k.topic, k.instant, min(k.day) AS day, min(k.member) AS low, max(k.member) AS high
      FROM kept k JOIN (SELECT topic, min(instant) AS instant FROM kept WHERE is_opening GROUP BY topic) f
        ON f.topic = k.topic AND f.instant = k.instant
      WHERE k.is_opening GROUP BY k.topic, k.instant
    ),
    answers AS (
      SELECT t.topic, min(k.instant) AS instant FROM topics t JOIN kept k ON k.topic = t.topic AND k.is_reply AND k.instant >= t.instant
        AND NOT (t.low = t.high AND k.member = t.low)
      GROUP BY t.topic
    ),
    \(source.spanTable(resolved, spans))
    SELECT s.period, coalesce(a.instant, \(resolved.asOf.microseconds)) - t.instant AS microseconds,
      a.instant IS NOT NULL AS is_answered, count(*) AS topics
    FROM topics t JOIN spans s ON t.day BETWEEN s.first_day AND s.last_day LEFT JOIN answers a ON a.topic = t.topic
    GROUP BY s.period, coalesce(a.instant, \(resolved.asOf.microseconds)) - t.instant, a.instant IS NOT NULL
    ORDER BY s.period, is_answered DESC, microseconds

    """
  }

  private var newcomers: String {
    let (day, stay) = (NewcomersRun.answerMicroseconds, NewcomersRun.stayMicroseconds)
    let passive = resolved.store.settings.schema.passiveEvents.sorted()
    let groups = NewcomersRun.groups.enumerated().map { [String($0.offset), "'\($0.element)'"] }
    return """
      active AS (
        SELECT member, day, \(source.dialect.microseconds("ts")) AS instant FROM qualifying
        WHERE NOT \(source.isAmong(passive))
      ),
      posts AS (
        SELECT k.member, k.instant, min(k.day) AS day, min(k.topic) AS topic
        FROM kept k JOIN (SELECT member, min(instant) AS instant FROM kept WHERE is_opening GROUP BY member) f
          ON f.member = k.member AND f.instant = k.instant
        WHERE k.is_opening GROUP BY k.member, k.instant
      ),
      answered AS (
        SELECT DISTINCT p.member FROM posts p JOIN kept k ON k.topic = p.topic AND k.is_reply
          AND k.member <> p.member AND k.instant >= p.instant AND k.instant < p.instant + \(day)
      ),
      starts AS (
        SELECT a.member, a.instant, min(a.day) AS day, 0 AS place
        FROM active a JOIN (SELECT member, min(instant) AS instant FROM active GROUP BY member) f
          ON f.member = a.member AND f.instant = a.instant
        GROUP BY a.member, a.instant
        UNION ALL
        SELECT p.member, p.instant, p.day, CASE WHEN a.member IS NULL THEN 2 ELSE 1 END AS place
        FROM posts p LEFT JOIN answered a ON a.member = p.member
      ),
      stays AS (
        SELECT DISTINCT s.member, s.place FROM starts s JOIN active a ON a.member = s.member
          AND a.instant >= s.instant + \(day) AND a.instant < s.instant + \(stay)
      ),
      \(lineTable(stay)),
      \(source.literalTable("names", ["place", "name"], groups)),
      tallies AS (
        SELECT l.number, s.place, count(*) AS newcomers,
          \(source.sum("CASE WHEN s.instant + \(stay) <= \(resolved.asOf.microseconds) THEN 1 ELSE 0 END")) AS matured,
          \(source.sum(retained(stay))) AS retained
        FROM starts s JOIN lines l ON s.day BETWEEN l.first_day AND l.last_day
        LEFT JOIN stays r ON r.member = s.member AND r.place = s.place
        GROUP BY l.number, s.place
      ),
      counted AS (
        SELECT l.*, n.place, n.name, coalesce(t.newcomers, 0) AS newcomers, coalesce(t.matured, 0) AS matured,
          coalesce(t.retained, 0) AS retained
        FROM lines l CROSS JOIN names n LEFT JOIN tallies t ON t.number = l.number AND t.place = n.place
      )
      SELECT period, name AS "group", \(begun("newcomers")) AS newcomers, \(begun("matured")) AS matured,
        \(begun("retained")) AS retained, \(begun(source.ratio("retained", of: "matured"))) AS rate,
        \(begun(source.wilson("retained", of: "matured", "-"))) AS low,
        \(begun(source.wilson("retained", of: "matured", "+"))) AS high, complete
      FROM counted ORDER BY number, place

      """.replacing("\"group\"", with: source.dialect.identifier("group"))
  }

  private func retained(_ stay: Int64) -> String {
    "CASE WHEN r.member IS NOT NULL AND s.instant + \(stay) <= \(resolved.asOf.microseconds) THEN 1 ELSE 0 END"
  }

  private func begun(_ value: String) -> String { "CASE WHEN has_begun THEN \(value) END" }

  /// The range and each interval.
  private func lineTable(_ stay: Int64) -> String {
    func isMature(before day: CommunityDay) -> String {
      String(resolved.zone.start(of: day).microseconds + stay <= resolved.asOf.microseconds)
    }
    let range = [
      "0", "CAST(NULL AS DATE)", "DATE '\(days.lowerBound)'", "DATE '\(days.upperBound)'", "true",
      isMature(before: days.upperBound + 1),
    ]
    let rows = spans.enumerated().map { place, span in
      [
        String(place + 1), "DATE '\(span.start)'", "DATE '\(span.days.lowerBound)'", "DATE '\(span.days.upperBound)'",
        String(resolved.hasBegun(span.start)), isMature(before: span.end),
      ]
    }
    return source.literalTable(
      "lines", ["number", "period", "first_day", "last_day", "has_begun", "complete"],
      question.span == .range ? rows : [range] + rows)
  }
}
